"""Dates and sums as files spell them. The order of day and month is found from the whole column."""

import datetime as dt
import re
from collections.abc import Iterable

from crm.core.money import parse_decimal, to_minor

_PARTS = re.compile(r"^(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})(?:[ T]\d{1,2}:\d{2}(?::\d{2})?.*)?$")
ORDERS = ("ymd", "dmy", "mdy")


def date_order(cells: Iterable[str], default: str = "dmy") -> str:
    """'ymd', 'dmy' or 'mdy': the one that fits every date of the columns; `default` when both fit."""
    can_be_day_first = can_be_month_first = True
    for cell in cells:
        match = _PARTS.match(cell)
        if not match:
            continue
        first, second = int(match[1]), int(match[2])
        if len(match[1]) == 4:
            return "ymd"
        if first > 12:
            can_be_month_first = False
        if second > 12:
            can_be_day_first = False
    if can_be_month_first != can_be_day_first:
        return "mdy" if can_be_month_first else "dmy"
    return default


def parse_date(text: str, order: str) -> dt.date | None:
    """A date in the column's order, nothing for an empty cell; ValueError for a day that does not exist."""
    if not text:
        return None
    match = _PARTS.match(text)
    if not match:
        raise ValueError(text)
    parts = [int(match[1]), int(match[2]), int(match[3])]
    if len(match[1]) == 4:
        year, month, day = parts
    elif order == "mdy":
        month, day, year = parts
    else:
        day, month, year = parts
    if year < 100:
        year += 2000 if year < 70 else 1900
    found = dt.date(year, month, day)
    if not 1800 <= found.year <= 2200:
        raise ValueError(text)
    return found


def parse_amount(text: str, currency: str) -> int:
    """Minor units; an empty cell is nothing. ValueError for text and for sums below zero."""
    if not text:
        return 0
    minor = to_minor(parse_decimal(text), currency)
    if minor < 0:
        raise ValueError(text)
    return minor
