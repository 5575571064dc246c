"""Payment terms: what each preset promises, and how the promised payments come to sums and days."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from crm.core import dates, money

PREPAID, HALF, INSTALMENTS, DEFERRAL, CREDIT, CONSIGNMENT, OWN = (
    "prepaid", "half", "instalments", "deferral", "credit", "consignment", "own")
PRESETS = {PREPAID: _l("Full prepayment"), HALF: _l("Prepayment and the rest"), INSTALMENTS: _l("Instalments"), DEFERRAL: _l("Deferral"),
           CREDIT: _l("Goods credit"), CONSIGNMENT: _l("On sale"), OWN: _l("Own terms")}
HINTS = {PREPAID: _l("The client pays everything first."),
         HALF: _l("A part first, the rest after the goods are handed over or the work is done."),
         INSTALMENTS: _l("Equal parts, one a month."),
         DEFERRAL: _l("Everything some days after the goods are handed over or the work is done."),
         CREDIT: _l("The goods now; equal parts at equal distances after they are handed over."),
         CONSIGNMENT: _l("The client pays as the goods are sold: invoice what was sold by chosen lines. There is no day of payment."),
         OWN: _l("A row that has neither a percent nor a sum takes what the others leave.")}
ASKS = {PREPAID: ("days",), HALF: ("percent", "days"), INSTALMENTS: ("parts", "first_on"), DEFERRAL: ("days",), CREDIT: ("parts", "days")}
USUAL_DAYS = {PREPAID: 5, HALF: 5, DEFERRAL: 14, CREDIT: 30}
EQUAL = (INSTALMENTS, CREDIT)
FIRST_DAYS = 5  # a prepayment is due so many days from now
MOST = 24  # payments that terms can have
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Step:
    """One promised payment: a percent of the deal, or a fixed sum in minor units, or, with neither, what the others leave.

    Due on a day, or some days after the hand-over, or, with neither, as the goods are sold.
    """

    percent: Decimal | None = None
    amount: int | None = None
    due_on: dt.date | None = None
    days: int | None = None


def steps(kind: str, *, percent: Decimal | None = None, days: int | None = None, parts: int | None = None,
          first_on: dt.date | None = None, today: dt.date) -> list[Step]:
    """What a preset promises; what is not given is as usual."""
    days, parts = USUAL_DAYS.get(kind, 0) if days is None else days, parts or 3
    if kind == PREPAID:
        return [Step(percent=HUNDRED, due_on=today + dt.timedelta(days=days))]
    if kind == HALF:
        return [Step(percent=percent or Decimal(50), due_on=today + dt.timedelta(days=FIRST_DAYS)), Step(days=days)]
    if kind == INSTALMENTS:
        first = first_on or today
        return [Step(percent=one, due_on=months_on(first, place)) for place, one in enumerate(_equal(parts))]
    if kind == CREDIT:
        return [Step(percent=one, days=days * (place + 1)) for place, one in enumerate(_equal(parts))]
    return [Step(percent=HUNDRED, days=days if kind == DEFERRAL else None)]


def _equal(parts: int) -> list[Decimal | None]:
    """Equal percents, rounded; the last takes what is left. Their sums are equal to the kopeck all the same: see `amounts`."""
    each = (HUNDRED / parts).quantize(Decimal("0.01"))
    return [*[each] * (parts - 1), None] if parts > 1 else [HUNDRED]


def months_on(day: dt.date, months: int) -> dt.date:
    """The same day some months on; the month's last day when it has no such day."""
    years, month = divmod(day.month - 1 + months, 12)
    first = dt.date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, dates.period("month", first).end.day))


def amounts(total: int, wanted: Sequence[Step], kind: str = OWN) -> list[int]:
    """The sums of the steps in minor units: percents are rounded so that they add up, the open row takes what is left, not below zero.

    Of the kinds with equal parts it is the sum that is divided; the minor units that are left go, one each, to the first ones.
    """
    if kind in EQUAL and wanted:
        each, more = divmod(total, len(wanted))
        return [each + (place < more) for place in range(len(wanted))]
    found, so_far = [], Decimal(0)
    for step in wanted:
        if step.percent is not None:
            before, so_far = money.round_minor(total * so_far / 100), so_far + step.percent
            found.append(money.round_minor(total * so_far / 100) - before)
        else:
            found.append(step.amount or 0)
    left = max(total - sum(found), 0)
    return [left if step.percent is None and step.amount is None else one for step, one in zip(wanted, found, strict=True)]


def cover(came: int, wanted: Sequence[int]) -> list[int]:
    """How much of each planned sum is covered: what came fills them from the first on."""
    found = []
    for one in wanted:
        takes = min(came, one)
        found.append(takes)
        came -= takes
    return found
