"""Days as papers write them."""

import datetime as dt

_MONTHS = ("января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября",
           "ноября", "декабря")
_EN_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
              "October", "November", "December")
NBSP = "\u00a0"


def date_in_words(day: dt.date | None, lang: str = "ru") -> str:
    """'«21» ноября 2026 г.' or '21 November 2026'; nothing for None."""
    if day is None:
        return ""
    if lang == "ru":
        return f"«{day.day:02d}»{NBSP}{_MONTHS[day.month - 1]} {day.year}{NBSP}г."
    return f"{day.day}{NBSP}{_EN_MONTHS[day.month - 1]} {day.year}"


def date_plain(day: dt.date | None, lang: str = "ru") -> str:
    """'21.11.2026' or '21 Nov 2026', which no country reads wrongly; nothing for None."""
    if day is None:
        return ""
    if lang == "ru":
        return f"{day.day:02d}.{day.month:02d}.{day.year}"
    return f"{day.day}{NBSP}{_EN_MONTHS[day.month - 1][:3]}{NBSP}{day.year}"


def date_long(day: dt.date | None, lang: str = "ru") -> str:
    """'21 ноября 2026 г.' for a running text, or '21 November 2026'; nothing for None."""
    if day is None or lang != "ru":
        return date_in_words(day, lang)
    return f"{day.day}{NBSP}{_MONTHS[day.month - 1]} {day.year}{NBSP}г."
