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


def words_filter(column: Any, query: str) -> list[sa.ColumnElement[bool]]:
    """Every word of the query occurs in the folded column; % and _ mean themselves; +7 (901) finds 7901."""
    words = []
    for word in fold(query).split():
        digits = NOT_DIGIT.sub("", word)
        looks_like_phone = len(digits) >= 3 and not re.sub(r"[\d()+\-]", "", word)
        words.append(digits if looks_like_phone else word)
    return [column.contains(word, autoescape=True) for word in words[:8]]
