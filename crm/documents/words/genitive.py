"""Full names in the genitive: 'в лице … Иванова Ивана Ивановича'.

Rules of the endings by A. Zaliznyak and the academic grammar, without a dictionary. The answer is a proposal:
a person confirms it, so whatever is known to be doubtful is flagged.
"""

import re
from dataclasses import dataclass

from crm.documents.words.nouns import VOWELS, adjective, in_a, like, masculine

_TURKIC = r"(оглы|оғлы|углы|угли|улы|ұлы|уулу|оглу)$"
_TURKIC_F = r"(кызы|қызы|гызы|кизи|қизи)$"
_PATRONYMIC_M = re.compile(rf"(.{{2,}}(ович|евич|ьич)|ильич|фомич|лукич|кузьмич|никитич|саввич|.{{2,}}[тмнлк]ич)$|{_TURKIC}")
_PATRONYMIC_F = re.compile(rf".{{2,}}(овна|евна|ична|инична)$|{_TURKIC_F}")

_MEN_IN_A = frozenset("""никита илья кузьма фома лука савва данила гаврила гаврила миша саша лёша паша вова дима
    ваня петя коля костя толя юра лёня серёжа муса мустафа иса яша гоша алёша федя митя сава кирила добрыня
    иона фока мина джошуа лёва сеня гриша стёпа жора гена витя""".split())
_WOMEN_OTHERWISE = frozenset("""любовь нинель адель гузель айгуль асель юдифь эсфирь рахиль руфь рашель мишель
    николь изабель аннабель жизель даниэль габриэль кармен элен ирен марлен эллен катрин карин жаклин айгерим
    нургуль гульназ айнур эдит ингрид элизабет маргарет сесиль суламифь агарь нурсель бибигуль айсель
    марьям мириам сабрин мадлен вивьен""".split())
_WOMEN_STILL = frozenset("нинель рашель мишель николь изабель аннабель даниэль габриэль сесиль жизель".split())
_FRENCH = frozenset("дюма тома дега петипа люка золя фермá труа гавальда-".split())
_NOT_ADJECTIVE_OI = frozenset("прибой герой козодой водопой зверобой ковбой разбой гобой отбой перебой".split())
_ADJECTIVE_SOFT = re.compile(r"([гкхжшщ]ий|[^ео]ний|нний|чий)$")
_STILL_IH = re.compile(r"(ых|[кгхжшщ]их|[срдлзв]них|ьих)$")
_NOUN_INA = frozenset("калина малина рябина бузина кручина лещина дубина година десятина щетина".split())
_PARTICLES = frozenset("""фон ван де дер ден да ди ла ле дю дос эль аль ибн бен бин абу тер сен мак бонч кара хан
    мелик грум шах мир корвин хаджи тэр о""".split())
_SURNAME_F = re.compile(r".*[аеёиоуыэюя].*([оеё]ва|[иы]на)$|(ск|цк)ая$|[аеёиоуыэюя].*(ая|яя)$")
_SURNAME_M = re.compile(r"([оеё]в|[иы]н|[сц]кий|[сц]кой)$")


@dataclass(frozen=True)
class Proposal:
    """A name in the genitive; `gender` m, f or unknown (empty); `doubts`: codes of what a person should look at.

    Codes: no_patronymic, gender, double, falling_vowel, noun_or_surname, foreign.
    """

    text: str
    gender: str
    doubts: tuple[str, ...] = ()

    @property
    def doubtful(self) -> bool:
        """True when somebody should read it before it goes on paper."""
        return bool(self.doubts)


@dataclass(frozen=True)
class Parts:
    """A full name cut into its parts; `order` tells whether the surname stood first."""

    surname: tuple[str, ...]
    first: tuple[str, ...]
    patronymic: tuple[str, ...]
    surname_first: bool = True


def _is_patronymic(word: str) -> bool:
    low = word.lower()
    return bool(_PATRONYMIC_M.search(low) or _PATRONYMIC_F.search(low))


def _is_initial(word: str) -> bool:
    return word.endswith(".") or len(word) == 1


def split_name(name: str) -> Parts:
    """Cut 'Surname First Patronymic' or 'First Patronymic Surname'; of two words the first is the surname.

    Two words are turned round when only the second one has the ending of a Russian surname.
    """
    words = tuple(name.split())
    ends = [place for place, word in enumerate(words) if place and _is_patronymic(word)]
    if ends:
        last = ends[-1] if len(words) < 4 or ends[-1] != len(words) - 1 or len(ends) == 1 else len(words) - 1
        start = last - 1 if re.search(f"^{_TURKIC}|^{_TURKIC_F}", words[last].lower()) and last > 1 else last
        if last == len(words) - 1 and start >= 2:
            return Parts(words[:start - 1], words[start - 1:start], words[start:])
        if last < len(words) - 1:
            return Parts(words[last + 1:], words[:start], words[start:last + 1], False)
        return Parts((), words[:start], words[start:], False)
    if len(words) == 2 and _russian_surname(words[1]) and not _russian_surname(words[0]):
        return Parts(words[1:], words[:1], (), False)
    particles = 1
    while particles < len(words) - 1 and words[particles - 1].lower() in _PARTICLES:
        particles += 1
    if words and _is_initial(words[0]):
        place = next((at for at, word in enumerate(words) if not _is_initial(word)), len(words))
        return Parts(words[place:], words[:place], (), False)
    return Parts(words[:particles], words[particles:], ())


def _russian_surname(word: str) -> bool:
    low = word.lower()
    return bool(_SURNAME_M.search(low) and _vowels(low) > 1 or _SURNAME_F.search(low))


def _vowels(word: str) -> int:
    return sum(letter in VOWELS for letter in word)


def gender_of(name: str) -> str:
    """'m', 'f' or '' for a full name: by the patronymic, else by the first name and the surname together."""
    return _gender(split_name(name))


def _gender(parts: Parts) -> str:
    if parts.patronymic:
        return "f" if _PATRONYMIC_F.search(parts.patronymic[-1].lower()) else "m"
    surname = parts.surname[-1].lower() if parts.surname else ""
    first = parts.first[0].lower() if parts.first else ""
    if any(word.lower() == "тхи" for word in parts.first):
        return "f"
    if first in _MEN_IN_A:
        return "m"
    if first in _WOMEN_OTHERWISE or _SURNAME_F.search(surname):
        return "f"
    if _SURNAME_M.search(surname):
        return "m"
    if not first or _is_initial(first) or first[-1] in "еиоуыэю":
        return ""
    return "f" if first[-1] in "ая" else "m"


def _by_hyphen(word: str, decline: object) -> str:
    return "-".join(decline(part) for part in word.split("-"))  # type: ignore[operator]


def first_name(word: str, gender: str) -> str:
    """One first name in the genitive."""
    low = word.lower()
    if _is_initial(word):
        return word
    if low[-1] in "ая":
        return like(in_a(low), word)
    if gender == "f":
        return like(low[:-1] + "и", word) if low.endswith("ь") and low not in _WOMEN_STILL else word
    if low in ("данило", "михайло", "гаврило", "кирило", "павло"):
        return like(low[:-1] + ("ы" if low != "павло" else "а"), word)
    return like(masculine(low) if low in ("лев", "павел", "пётр", "петр") else _plain_masculine(low), word)


def _plain_masculine(low: str) -> str:
    """First names and foreign surnames keep their vowels: Марек, Анджей."""
    if low.endswith(("й", "ь")):
        return low[:-1] + "я"
    return low + "а" if low[-1] in "бвгджзклмнпрстфхцчшщ" else low


def patronymic(words: tuple[str, ...]) -> tuple[str, ...]:
    """A patronymic in the genitive; those in оглы and кызы do not change."""
    if not words or not re.search(r"(ич|на)$", words[-1].lower()):
        return words
    low = words[-1].lower()
    return (*words[:-1], like(low + "а" if low.endswith("ич") else low[:-1] + "ы", words[-1]))


def surname_part(word: str, gender: str) -> str:
    """One surname, or one side of a double one, in the genitive."""
    low = word.lower()
    if len(low) < 2 or _is_initial(word) or low[-1] in "еёиоуыэю" or low in _FRENCH or low in _PARTICLES:
        return word
    return like(_surname_f(low) if gender == "f" else _surname_m(low), word)


def _surname_f(low: str) -> str:
    if re.search(r"(ая|яя)$", low) and _vowels(low) > 2 or low.endswith(("ская", "цкая")):
        return adjective(low) or low
    if re.search(r"([оеё]ва|[иы]на)$", low) and _vowels(low[:-3]) and low not in _NOUN_INA:
        return low[:-1] + "ой"
    return in_a(low) if low[-1] in "ая" else low


def _surname_m(low: str) -> str:
    if low[-1] in "ая":
        return in_a(low)
    if _STILL_IH.search(low) and _vowels(low) > 1:
        return low
    if low.endswith("ый") or low.endswith("ий") and _ADJECTIVE_SOFT.search(low) and _vowels(low) > 1:
        return adjective(low) or low
    if low.endswith("ой") and _vowels(low) > 1 and low not in _NOT_ADJECTIVE_OI:
        return low[:-2] + "ого"
    return masculine(low)


def surname(word: str, gender: str) -> str:
    """A surname in the genitive; of a double one the first side stays when it is a foreign particle or one syllable."""
    sides = word.split("-")
    done = [side if place < len(sides) - 1 and (_vowels(side.lower()) < 2 and not _russian_surname(side))
            else surname_part(side, gender) for place, side in enumerate(sides)]
    return "-".join(done)


def _doubts(parts: Parts, gender: str) -> tuple[str, ...]:
    last = parts.surname[-1].lower() if parts.surname else ""
    found = []
    if not parts.patronymic:
        found.append("no_patronymic")
    if not gender:
        found.append("gender")
    if "-" in last or len(parts.surname) > 1:
        found.append("double")
    if gender != "f" and re.search(r"([оеё]к|[еёо]л|ель|ень|ер|ец|оть|ей)$", last):
        found.append("falling_vowel")
    if gender != "m" and (last in _NOUN_INA or re.search(r"[оеё]ва$|[иы]на$", last) and not _vowels(last[:-3])) or (
            gender != "f" and re.search(r"(ой|чий|[гкх]их)$", last)):
        found.append("noun_or_surname")
    if re.search(r"[аяеиоуэюы]а$|ья$", last) or last in _FRENCH:
        found.append("foreign")
    return tuple(found)


def full_name_genitive(name: str) -> Proposal:
    """A full name in the genitive, in the order in which it was typed; Latin letters stay as they are."""
    if not re.search("[а-яё]", name.lower()):
        return Proposal(" ".join(name.split()), "", ("foreign",) if name.strip() else ())
    parts = split_name(name)
    gender = _gender(parts)
    surnames = tuple(surname(word, gender or "m") for word in parts.surname)
    firsts = parts.first
    if parts.patronymic or len(firsts) < 2 or _is_initial(firsts[0]):
        firsts = tuple(_by_hyphen(word, lambda side: first_name(side, gender or "m")) for word in firsts)
    words = surnames + firsts + patronymic(parts.patronymic)
    if not parts.surname_first:
        words = firsts + patronymic(parts.patronymic) + surnames
    return Proposal(" ".join(words), gender, _doubts(parts, gender))


def short_name(name: str) -> str:
    """'Иванов И. И.' with no-break spaces, from a full name in either order; a single word stays."""
    parts = split_name(name)
    given = parts.first + (parts.patronymic[:1] if parts.patronymic else ())
    initials = [word if _is_initial(word) else f"{word[0]}." for word in given if word[:1].isalpha()]
    return "\u00a0".join([" ".join(parts.surname), *initials]).strip("\u00a0")
