"""Job titles and grounds of authority in the genitive, and words that agree with who signs.

'в лице Генерального директора …, действующего на основании Устава': adjectives and the first noun change,
what depends on the noun stays as it is.
"""

import re

from crm.documents.words.lists import (
    ABBREVIATED_ADJECTIVES,
    CALLED_BY_FORM,
    GENITIVE_ALREADY,
    HEAD_ABBREVIATIONS,
    STILL_PREFIXES,
    VERBAL,
)
from crm.documents.words.nouns import adjective, in_a, like, masculine, neuter

_WORD = re.compile(r"(?:[A-Za-z]+-)?[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_GOVERNED = re.compile(r".*(ом|ем|ём|им|ым|ой|ей|ами|ями|ью)$")
_PREPOSITIONS = frozenset(("по", "в", "на", "о", "об", "с", "со", "к", "при", "для", "за", "из", "от", "под",
                            "над", "у"))


def _noun(word: str) -> str:
    low = word.lower()
    if low.endswith(("ость", "ись", "ть")) and not low.endswith(("тель", "гость", "зять")):
        return like(low[:-1] + "и", word)
    if low[-1] in "ая":
        return like(in_a(low), word)
    if low[-1] in "ое":
        return like(neuter(low), word)
    return like(masculine(low), word)


def _still(side: str) -> bool:
    return side.isascii() or side.lower() in STILL_PREFIXES


def _compound(word: str) -> str:
    """Both sides of инженер-программист; in вице-президент the first stays."""
    sides = word.split("-")
    last = len(sides) - 1
    return "-".join(side if place < last and _still(side) else _noun(side)
                    for place, side in enumerate(sides))


def _is_adjective(word: str) -> bool:
    return adjective(word.lower()) is not None and word.lower() not in ("герой", "гений", "викарий")


def _group(words: list[str], start: int) -> int:
    """Put one group, adjectives and a noun, into the genitive in place; the answer is where it ends."""
    after_verbal = False
    for at in range(start, len(words)):
        word, low = words[at], words[at].lower()
        if low in HEAD_ABBREVIATIONS:
            return len(words)
        if low in ABBREVIATED_ADJECTIVES or (low.endswith("о") and at + 1 < len(words)
                                             and _is_adjective(words[at + 1])):
            continue
        if not _WORD.fullmatch(word) or low in _PREPOSITIONS:
            return len(words) if at > start else at + 1
        if after_verbal and (_GOVERNED.match(low) or low == "обязанности"):
            return len(words)
        if _is_adjective(word):
            words[at] = like(adjective(low) or low, word)
            after_verbal = low in VERBAL
            continue
        words[at] = _compound(word)
        return at + 1
    return len(words)


def phrase_genitive(phrase: str) -> str:
    """A title or a document's name in the genitive; so is a next group after 'и', a comma or a dash."""
    words = re.findall(r"[^\s,]+|,", phrase)
    at = _group(words, 0)
    while at + 1 < len(words) and words[at] in ("и", ",", "-", "–", "—"):
        at = _group(words, at + 1)
    return " ".join(words).replace(" ,", ",")


def job_genitive(title: str) -> str:
    """A job title in the genitive: 'Генерального директора', 'Заведующей аптекой'; Latin ones stay."""
    return phrase_genitive(title)


def basis_genitive(basis: str) -> str:
    """The ground of authority in the genitive: 'Устава', 'доверенности № 5 от 01.02.2026'.

    What is already in the genitive, as people often type it, stays.
    """
    words = basis.lower().split()
    adjectives = sum(word.endswith(("ого", "его", "ой", "ей")) for word in words[:2])
    if adjectives < len(words) and words[adjectives] in GENITIVE_ALREADY:
        return " ".join(basis.split())
    return phrase_genitive(basis)


def acting(gender: str) -> str:
    """'действующего' or 'действующей', by the signatory's gender."""
    return "действующей" if gender == "f" else "действующего"


def called(legal_name: str, *, person: bool = False, gender: str = "") -> str:
    """'именуемое', 'именуемый' or 'именуемая', agreeing with the legal form, or with a person's gender.

    `person` is True for a sole trader or a private person. An unknown form is treated as an organisation.
    """
    if person:
        return "именуемая" if gender == "f" else "именуемый"
    words = re.findall(r"[а-яё]+", legal_name.lower())
    for word in words[:4]:
        for ending, forms in CALLED_BY_FORM.items():
            if word in forms:
                return f"именуем{ending}"
    return "именуемое"
