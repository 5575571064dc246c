"""Folding of names for search and sorting, the same on both databases.

SQLite folds ASCII only in LIKE and lower(), and both databases sort Ё before А, so what is searched and
sorted is stored folded beside what is shown.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

NOT_DIGIT = re.compile(r"\D")
PHONE_PART = re.compile(r"[\d()+\-\u2010-\u2015.]*\d[\d()+\-\u2010-\u2015.]*")


_UNSEEN = frozenset("\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff")


def visible(text: str) -> str:
    """Without control characters but line breaks and tabs, and without signs that turn or hide what stands beside them
    (Unicode Technical Report 36, 2.6): a name must read as what it is. Joiners of emoji and of Persian stay.
    """
    return "".join(char for char in text if (char >= " " or char in "\n\t") and char not in _UNSEEN)


def fold(text: str | None) -> str:
    """Case-folded, ё as е, NFC (a Mac may send й as two characters), one space between words."""
    return " ".join(unicodedata.normalize("NFC", text or "").casefold().replace("ё", "е").split())


def search_text(*fields: str | None, phones: Iterable[str] = ()) -> str:
    """What a search looks in: the folded fields and the bare digits of phones."""
    digits = [NOT_DIGIT.sub("", phone) for phone in phones]
    return fold(" ".join([*(field for field in fields if field), *digits]))


def sort_key(text: str | None) -> str:
    """A key that puts Ё right after Е, and does not part capitals from small letters. 120 characters at most."""
    return unicodedata.normalize("NFC", text or "").casefold().replace("ё", "е\u044f\u044f")[:120]


def folded_key(column: Any) -> sa.ColumnElement[str]:
    """A column of `sort_key` as words are folded for a search: ё as е."""
    return sa.func.replace(column, "е\u044f\u044f", "е")


def words_filter(column: Any, query: str) -> list[sa.ColumnElement[bool]]:
    """Every word of the query occurs in the folded column; % and _ mean themselves.

    '+7 (901) 123-45-67', '8 901 123' and '9011234567' all find the digits 79011234567.
    """
    return [sa.or_(*(sa.and_(*(column.contains(part, autoescape=True) for part in parts)) for parts in choices))
            for choices in asked_words(query)]


def asked_words(query: str) -> list[list[list[str]]]:
    """What a query asks for: each of its words, in one of some ways, each way some parts that all occur in the text."""
    found, words = [], fold(query).split()[:12]
    while words:
        length = _phone_length(words)
        run, words = words[:length or 1], words[length or 1:]
        choices = [[digits] for digits in _spellings(run)] if length else [run]
        if length and (len(run) > 1 or not run[0].isdecimal()):  # it may be two numbers, or a document's number, after all
            choices.append(run)
        found.append(choices)
    return found


def _phone_length(words: list[str]) -> int:
    """How many words at the beginning make one phone number as people space it; 0 when none."""
    length = 0
    while length < len(words) and PHONE_PART.fullmatch(words[length]):
        length += 1
    return length if len(NOT_DIGIT.sub("", "".join(words[:length]))) >= 3 else 0


def _spellings(run: list[str]) -> list[str]:
    """The digits as typed and, where they begin with the 8 or 0 of a call within the country, without it."""
    typed = "".join(run)
    digits = NOT_DIGIT.sub("", typed)
    if typed.startswith("8") and len(digits) >= 4:
        return [digits, "7" + digits[1:]]
    return [digits, digits.lstrip("0")] if typed.startswith(("0", "(0")) and len(digits) >= 6 else [digits]
