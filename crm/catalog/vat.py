"""VAT rates that a line may carry (Russian Tax Code, article 164; 5 and 7 for the simplified system)."""

import datetime as dt
from decimal import Decimal

from flask_babel import gettext as _

from crm.core import i18n

RATES = (22, 20, 10, 7, 5, 0)
BASE, BASE_BEFORE, BASE_SINCE = 22, 20, dt.date(2026, 1, 1)  # Federal Law 425-FZ of 28 November 2025


def choices(kept: str | None = None) -> list[tuple[str, str]]:
    """(value, label) of a select: the rates, '' for 'without VAT', and first of all a rate that the record has and that is none of ours."""
    known = [(str(rate), _("%(rate)s%%", rate=rate)) for rate in RATES] + [("", _("Without VAT"))]
    return known if kept is None or kept in dict(known) else [(kept, _("%(rate)s%%", rate=i18n.pointed(kept))), *known]


def to_code(rate: Decimal | int | None) -> str:
    """A stored rate as a value of the select; a rate that is none of ours is kept as it is."""
    return "" if rate is None else f"{Decimal(rate).normalize():f}"


def to_rate(code: str) -> Decimal | None:
    """The value of the select as a rate in percent; None without VAT."""
    return Decimal(code) if code else None


def is_former(rate: Decimal | None) -> bool:
    """Whether a rate is none that a new line may carry, such as one of years ago."""
    return rate is not None and rate not in RATES


def usual(rate: int | None, day: dt.date) -> Decimal | None:
    """What a company's usual rate came to on a day: the Russian base rate is 22 % since 2026, and was 20 % before."""
    if rate is None:
        return None
    return Decimal(BASE_BEFORE if rate == BASE and day < BASE_SINCE else rate)
