"""Days and periods."""

import datetime as dt

import pytest

from crm.core.dates import Period, parse_day, period

SUNDAY = dt.date(2026, 11, 22)


@pytest.mark.parametrize(("typed", "day"), [
    ("2026-11-30", dt.date(2026, 11, 30)), ("30.11.2026", dt.date(2026, 11, 30)), ("30.11", dt.date(2026, 11, 30)),
    ("5.1.27", dt.date(2027, 1, 5)), ("tomorrow", dt.date(2026, 11, 23)), ("Завтра", dt.date(2026, 11, 23)),
    ("пт", dt.date(2026, 11, 27)), ("sunday", dt.date(2026, 11, 29))])
def test_days_are_understood_as_people_type_them(typed: str, day: dt.date) -> None:
    assert parse_day(typed, SUNDAY) == day


@pytest.mark.parametrize("typed", ["31.02.2026", "2026-02-30", "soon", "32.01.2026"])
def test_a_day_that_does_not_exist_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="day|month|Invalid"):
        parse_day(typed, SUNDAY)


def test_calendar_periods_hold_their_day_and_know_the_one_before() -> None:
    assert period("week", SUNDAY) == Period(dt.date(2026, 11, 16), SUNDAY, "week")
    assert period("quarter", SUNDAY) == Period(dt.date(2026, 10, 1), dt.date(2026, 12, 31), "quarter")
    assert period("month", SUNDAY).previous() == Period(dt.date(2026, 10, 1), dt.date(2026, 10, 31), "month")
    assert period("year", SUNDAY).previous().start == dt.date(2025, 1, 1)


def test_own_dates_are_compared_with_as_many_days_before() -> None:
    own = Period(dt.date(2026, 11, 10), dt.date(2026, 11, 12))
    assert own.previous() == Period(dt.date(2026, 11, 7), dt.date(2026, 11, 9))
