"""Days and moments for people: the company's zone, short words, periods of reports."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import g, has_app_context
from flask_babel import gettext as _

from crm.core.db import utcnow

FIRST_YEAR, LAST_YEAR = 1900, 2200
PERIODS = ("day", "week", "month", "quarter", "year")
_NUMERIC = re.compile(r"^(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?$")
_WEEKDAYS = {name: number for number, names in enumerate((
    ("пн", "mon", "monday", "понедельник"), ("вт", "tue", "tuesday", "вторник"),
    ("ср", "wed", "wednesday", "среда"), ("чт", "thu", "thursday", "четверг"),
    ("пт", "fri", "friday", "пятница"), ("сб", "sat", "saturday", "суббота"),
    ("вс", "sun", "sunday", "воскресенье"))) for name in names}
_NEAR = {"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2}


class TooFar(ValueError):  # noqa: N818 - reads like the trade
    """A day that exists but that nobody means: the days and weeks around it may lie beyond the calendar."""


def zone() -> ZoneInfo:
    """The company's time zone; UTC outside a request or command."""
    return ZoneInfo(g.get("timezone", "UTC") if has_app_context() else "UTC")


def today() -> dt.date:
    """The company's present day."""
    return utcnow().astimezone(zone()).date()


def parse_day(text: str, now: dt.date | None = None) -> dt.date:
    """'2026-11-22', '22.11.2026', '22.11', 'tomorrow', 'пт'; ValueError for a day that does not exist, TooFar for one that lies
    outside of 1900 to 2200.
    """
    day = _typed_day(text, now or today())
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise TooFar(text)
    return day


def _typed_day(text: str, now: dt.date) -> dt.date:
    clean = text.strip().lower()
    if clean in _NEAR:
        return now + dt.timedelta(days=_NEAR[clean])
    if clean in _WEEKDAYS:
        return now + dt.timedelta(days=(_WEEKDAYS[clean] - now.weekday() - 1) % 7 + 1)
    if match := _NUMERIC.match(clean):
        day, month, year = int(match[1]), int(match[2]), match[3]
        full = now.year if year is None else int(year) + (2000 if len(year) == 2 else 0)
        return dt.date(full, month, day)
    return dt.date.fromisoformat(clean)


@lru_cache(maxsize=4096)
def _day_text(day: dt.date, this_year: int, locale: str) -> str:
    pattern = "d MMM" if day.year == this_year else "d MMM y"
    text = format_date(day, pattern, locale=locale).replace(".", "")
    return text.replace(" г", "") if locale == "ru" else text


def day_text(day: dt.date | None, locale: str, now: dt.date | None = None) -> str:
    """'22 нояб' this year, '22 нояб 2025' otherwise, nothing for None; `now` is the present day, where it is known already."""
    return "" if day is None else _day_text(day, (now or today()).year, locale)


def near_text(day: dt.date | None, locale: str, now: dt.date | None = None) -> str:
    """'today', 'tomorrow', 'yesterday' or the day; `now` is the present day, where it is known already."""
    if day is None:
        return ""
    now = now or today()
    away = (day - now).days
    if away not in (-1, 0, 1):
        return _day_text(day, now.year, locale)
    return (_("today"), _("tomorrow"), _("yesterday"))[away]


def moment_text(moment: dt.datetime | None, locale: str) -> str:
    """Day and time in the company's zone: 'today, 14:05' or '22 нояб, 14:05'."""
    if moment is None:
        return ""
    local = moment.astimezone(zone())
    return f"{near_text(local.date(), locale)}, {local:%H:%M}"


@lru_cache(maxsize=512)
def long_day(day: dt.date, locale: str) -> str:
    """'суббота, 22 ноября' for the head of the desk."""
    return format_date(day, "EEEE, d MMMM", locale=locale)


def month_text(day: dt.date, locale: str) -> str:
    """'ноябрь 2026'."""
    return format_datetime(dt.datetime(day.year, day.month, 1), "LLLL y", locale=locale)  # noqa: DTZ001


@dataclass(frozen=True)
class Period:
    """Days of a report, both ends included."""

    start: dt.date
    end: dt.date
    name: str = "custom"

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days + 1

    def previous(self) -> "Period":
        """The period just before: the calendar one for named periods, the same number of days otherwise."""
        if self.name in PERIODS:
            return period(self.name, self.start - dt.timedelta(days=1))
        return Period(self.start - dt.timedelta(days=self.days), self.start - dt.timedelta(days=1))


def period(name: str, day: dt.date) -> Period:
    """The calendar day, week (from Monday), month, quarter or year that holds `day`."""
    if name == "day":
        return Period(day, day, name)
    if name == "week":
        start = day - dt.timedelta(days=day.weekday())
        return Period(start, start + dt.timedelta(days=6), name)
    if name == "year":
        return Period(dt.date(day.year, 1, 1), dt.date(day.year, 12, 31), name)
    first = day.month if name == "month" else (day.month - 1) // 3 * 3 + 1
    last = first if name == "month" else first + 2
    return Period(dt.date(day.year, first, 1),
                  dt.date(day.year, last, calendar.monthrange(day.year, last)[1]), name)
