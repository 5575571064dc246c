"""Full names in the genitive: 'в лице … Иванова Ивана Ивановича'.

Rules of endings after the academic grammar of Russian, without a dictionary. The answer is a proposal that a
person confirms, so whatever is known to be doubtful is flagged.
"""

import re
from dataclasses import dataclass

from crm.documents.words import lists
from crm.documents.words.nouns import CONSONANTS, adjective, in_a, like, masculine, plain_masculine, vowels

_TURKIC_M = r"(оглы|оғлы|углы|угли|улы|ұлы|уулу|оглу)$"
_TURKIC_F = r"(кызы|қызы|гызы|кизи|қизи)$"
_PATRONYMIC_M = re.compile(rf"(.[оеё]вич|(иль|фом|лук|кузьм|никит|савв|ион|фок|мин)ич|силыч)$|{_TURKIC_M}")
_PATRONYMIC_F = re.compile(rf"(.[оеё]вна|..ична)$|{_TURKIC_F}")
_SURNAME_F = re.compile(r"[аеёиоуыэюя].*([оеё]ва|[иы]на|ая|яя)$")
_SURNAME_M = re.compile(r"[аеёиоуыэюя].*([оеё]в|[иы]н|[сц]кий|[сц]кой)$|[аеёиоуыэюя].*(ый|ний|ой)$")
_SOFT_ADJECTIVE = re.compile(r"([гкхжшщ]ий|[^ео]ний|нний|(?<!топ)чий)$")
_SIBERIAN = re.compile(r"(ых|[кгхжшщн]их|ьих)$")


@dataclass(frozen=True)
class Proposal:
    """A name in the genitive; `gender` m, f or unknown (empty); `doubts`: why a person should look at it.

    Codes of doubts: no_patronymic, gender, double, falling_vowel, noun_or_surname, foreign.
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
    """A full name cut into its parts; `surname_first` keeps the order in which it was typed."""

    surname: tuple[str, ...]
    first: tuple[str, ...]
    patronymic: tuple[str, ...]
    surname_first: bool = True

    @property
    def eastern(self) -> str:
        """'korean' or 'vietnamese' for a name of three words by its family name, else nothing."""
        if self.patronymic or len(self.first) < 2 or not self.surname:
            return ""
        family = self.surname[0].lower()
        return "korean" if family in lists.KOREAN else "vietnamese" if family in lists.VIETNAMESE else ""


def _is_initial(word: str) -> bool:
    return word.endswith(".") or len(word) == 1


def _russian_surname(word: str) -> bool:
    return bool(_SURNAME_M.search(word.lower()) or _SURNAME_F.search(word.lower()))


def _patronymic_place(words: tuple[str, ...]) -> int:
    """Where the patronymic stands, 0 when there is none; of two alike (Аркадьевич Абрамович) the first."""
    lows = [word.lower() for word in words]
    places = [at for at, word in enumerate(lows)
              if at and (_PATRONYMIC_M.search(word) or _PATRONYMIC_F.search(word))]
    if not places and len(words) == 3 and lows[2].endswith(("ич", "ыч")) and not _is_initial(words[1]):
        return 2
    if not places:
        return 0
    return places[0] if len(words) == 3 else places[-1]


def split_name(name: str) -> Parts:
    """Cut 'Surname First Patronymic' or 'First Patronymic Surname'; of two words the first is the surname.

    Two words are turned round when only the second one has the ending of a Russian surname.
    """
    words = tuple(name.split())
    place = _patronymic_place(words)
    if place:
        turkic = re.match(f"({_TURKIC_M})|({_TURKIC_F})", words[place].lower())
        start = place - 1 if turkic and place > 1 else place
        if place < len(words) - 1 or start == 1:
            return Parts(words[place + 1:], words[:start], words[start:place + 1], False)
        return Parts(words[:start - 1], words[start - 1:start], words[start:])
    if words and _is_initial(words[0]):
        family = next((at for at, word in enumerate(words) if not _is_initial(word)), len(words))
        return Parts(words[family:], words[:family], (), False)
    if len(words) == 2 and _turned(*words):
        return Parts(words[1:], words[:1], (), False)
    family = 1
    while family < len(words) - 1 and words[family - 1].lower() in lists.PARTICLES:
        family += 1
    return Parts(words[:family], words[family:], ())


def _turned(one: str, two: str) -> bool:
    """True for 'Иван Иванов' and 'Ольга Гурвич': a first name and then a surname."""
    if one.lower() in lists.FIRST_NAMES or two.lower() in lists.FIRST_NAMES:
        return two.lower() not in lists.FIRST_NAMES
    return _russian_surname(two) and not _russian_surname(one)


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
    if first in lists.MEN_IN_A:
        return "m"
    if first in lists.WOMEN_OTHERWISE or _SURNAME_F.search(surname):
        return "f"
    if _SURNAME_M.search(surname):
        return "m"
    if not first or _is_initial(first) or first[-1] in "еиоуыэю":
        return ""
    return "f" if first[-1] in "ая" else "m"


def first_name(word: str, gender: str) -> str:
    """A first name in the genitive; of a man's double one the first side stays (Касым-Жомарта), as a rule."""
    sides = word.split("-")
    last = len(sides) - 1
    return "-".join(
        side if place < last and gender != "f" and side.lower() not in lists.DECLINED_BEFORE_HYPHEN
        else _first_name(side, gender) for place, side in enumerate(sides))


def _first_name(word: str, gender: str) -> str:
    low = word.lower()
    if not low or _is_initial(word):
        return word
    if low[-1] in "ая":
        return like(in_a(low), word)
    if gender == "f":
        return like(low[:-1] + "и", word) if low.endswith("ь") and low not in lists.WOMEN_STILL else word
    if low in lists.MEN_IN_O:
        return like(lists.MEN_IN_O[low], word)
    # Лев, Павел and Пётр lose a vowel; Марек and Анджей do not.
    return like(masculine(low) if low in lists.FALLING else plain_masculine(low), word)


def _given_names(parts: Parts, gender: str) -> tuple[str, ...]:
    done = tuple(first_name(word, gender) for word in parts.first)
    return (*parts.first[:-1], done[-1]) if parts.eastern and gender == "m" else done


def _patronymic(words: tuple[str, ...]) -> tuple[str, ...]:
    if not words or not re.search(r"([иы]ч|на)$", words[-1].lower()):
        return words
    low = words[-1].lower()
    return (*words[:-1], like(low[:-1] + "ы" if low.endswith("на") else low + "а", words[-1]))


def surname(word: str, gender: str) -> str:
    """A surname in the genitive; in a double one a particle or a single foreign syllable in front stays."""
    sides = word.split("-")
    last = len(sides) - 1
    return "-".join(
        side if place < last and vowels(side) < 2 and not _russian_surname(side) else _surname(side, gender)
        for place, side in enumerate(sides))


def _surname(word: str, gender: str) -> str:
    low = word.lower()
    if len(low) < 2 or _is_initial(word) or low[-1] in "еёиоуыэю":
        return word
    if low in lists.STILL_IN_A or low in lists.PARTICLES:
        return word
    return like(_surname_f(low) if gender == "f" else _surname_m(low), word)


def _surname_f(low: str) -> str:
    if low[-2:] in ("ая", "яя") and vowels(low) > 2:
        return adjective(low) or low
    if re.search(r"([оеё]ва|[иы]на)$", low) and vowels(low[:-3]) and low not in lists.NOUNS_IN_INA:
        return low[:-1] + "ой"
    return in_a(low) if low[-1] in "ая" else low


def _surname_m(low: str) -> str:
    if low[-1] in "ая":
        return in_a(low)
    if vowels(low) > 1 and low not in lists.FALLING:
        if _SIBERIAN.search(low) and low not in lists.NOUNS_IN_IH:
            return low
        if low.endswith("ый") or _SOFT_ADJECTIVE.search(low):
            return adjective(low) or low
        if low.endswith("ой") and low not in lists.NOUNS_IN_OI:
            return low[:-2] + "ого"
    return masculine(low)


def _doubts(parts: Parts, gender: str) -> tuple[str, ...]:
    last = parts.surname[-1].lower() if parts.surname else ""
    short_noun = bool(re.search(r"([оеё]ва|[иы]на)$", last)) and not vowels(last[:-3])
    signs = {
        "no_patronymic": not parts.patronymic,
        "gender": not gender,
        "double": "-" in last or len(parts.surname) > 1,
        "falling_vowel": gender != "f" and bool(
            re.search(rf"([оеё]к|[её]л|ель|ень|оть|[бв]ей|[{CONSONANTS}]{{2}}ец)$", last)),
        "noun_or_surname": (gender != "m" and (last in lists.NOUNS_IN_INA or short_noun)) or (
            gender != "f" and bool(re.search(r"([^сц]кой|[^к]ой|чий|[гкхн]их)$", last))),
        "foreign": bool(re.search(r"[аяеиоуэюы]а$", last)) or last in lists.STILL_IN_A,
    }
    return tuple(code for code, found in signs.items() if found)


def full_name_genitive(name: str) -> Proposal:
    """A full name in the genitive, in the order in which it was typed; Latin letters stay as they are."""
    if not re.search("[а-яё]", name.lower()):
        return Proposal(" ".join(name.split()), "", ("foreign",) if name.strip() else ())
    parts = split_name(name)
    gender = _gender(parts)
    sure = gender or "m"
    given = _given_names(parts, sure) + _patronymic(parts.patronymic)
    surnames = parts.surname if parts.eastern == "korean" else tuple(surname(w, sure) for w in parts.surname)
    words = surnames + given if parts.surname_first else given + surnames
    return Proposal(" ".join(words), gender, _doubts(parts, gender))


def short_name(name: str) -> str:
    """'Иванов И. И.' with no-break spaces, from a full name in either order; a single word stays."""
    parts = split_name(name)
    given = " ".join(parts.first + parts.patronymic[:1]).replace(".", ". ").split()
    initials = [f"{word[0].upper()}." for word in given if word[0].isalpha()]
    return "\u00a0".join([" ".join(parts.surname), *initials]).strip("\u00a0")
