"""Filters and globals of the templates."""

import datetime as dt
from decimal import Decimal
from functools import lru_cache

from flask import Flask
from jinja2 import StrictUndefined

from crm.core import access, dates, i18n, modules, money, phones
from crm.core.addresses import init_addresses
from crm.core.output import init_output


def _money(minor: int | None, currency: str, *, cents: bool | None = None) -> str:
    return "" if minor is None else money.format_money(int(minor), currency, i18n.choose_locale(), cents=cents)


def _number(value: Decimal | int | float | None, places: int | None = None) -> str:
    return "" if value is None else _grouped(value, places, i18n.choose_locale())


def _grouped(value: Decimal | int | float, places: int | None, locale: str) -> str:
    """An integer or decimal with grouped thousands; `places` fixes the digits after the point."""
    if places is None and isinstance(value, Decimal):
        text = f"{value.normalize():,f}"
    else:
        text = f"{value:,.{places or 0}f}" if places or not isinstance(value, int) else f"{value:,}"
    return text.replace(",", money.NBSP).replace(".", ",") if locale == "ru" else text


def _dec(text: str | int | None) -> Decimal:
    """A number that was kept as text."""
    return Decimal(text or 0)


def _percent(share: float | Decimal | None, places: int = 0) -> str:
    """0.631 as '63 %' or '63%', with a true minus sign."""
    if share is None:
        return ""
    text = f"{share * 100:.{places}f}"
    text = text.replace("-", "\N{MINUS SIGN}")
    return f"{text.replace('.', ',')}{money.NBSP}%" if i18n.choose_locale() == "ru" else f"{text}%"


def _date(day: dt.date | None) -> str:
    return dates.day_text(day, i18n.choose_locale())


def _near(day: dt.date | None) -> str:
    return dates.near_text(day, i18n.choose_locale())


def _month(day: dt.date | None) -> str:
    return "" if day is None else dates.month_text(day, i18n.choose_locale())


def _moment(moment: dt.datetime | None) -> str:
    return dates.moment_text(moment, i18n.choose_locale())


class Writer:
    """Writes sums and days for this reader now: for loops of hundreds, where asking each time for language and day costs most."""

    def __init__(self) -> None:
        self._locale, self._zone, self._today, self._days = i18n.choose_locale(), dates.zone(), dates.today(), dict[dt.date, str]()

    def money(self, minor: int, currency: str, cents: bool | None = None) -> str:
        """As the filter `money`."""
        return money.format_money(minor, currency, self._locale, cents=cents)

    def number(self, value: float, places: int | None = None) -> str:
        """As the filter `number`."""
        return _grouped(value, places, self._locale)

    def percent(self, share: float) -> str:
        """As the filter `percent`."""
        return _percent(share)

    def moment(self, moment: dt.datetime) -> str:
        """As the filter `datetime`."""
        local = moment.astimezone(self._zone)
        return f"{self.near(local.date())}, {local:%H:%M}"

    def day(self, day: dt.date) -> str:
        """As the filter `date`."""
        return dates.day_text(day, self._locale, self._today)

    def near(self, day: dt.date) -> str:
        """As the filter `near`."""
        if day not in self._days:
            self._days[day] = dates.near_text(day, self._locale, self._today)
        return self._days[day]


@lru_cache(maxsize=1024)
def initials(name: str) -> str:
    """The first letters of the first two words."""
    words = [word for word in (part.strip("«»„“”\"'()") for part in name.split()) if word]
    return "".join(word[0] for word in words[:2]).upper()


def init_templating(app: Flask) -> None:
    """Undefined names are errors: a misspelt variable must not show as nothing."""
    init_output(app)
    init_addresses(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        money=_money, number=_number, percent=_percent, date=_date, near=_near, month=_month, datetime=_moment,
        initials=initials, dec=_dec, phone=phones.pretty)
    app.jinja_env.globals.update(can=access.can, module_on=modules.on, today=dates.today, writer=Writer)
