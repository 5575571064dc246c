"""How a price comes about: the one place that says which price a line gets, why, and how far below it somebody went.

The order is always: the product's own price, the price list of the client, the step of the quantity, and then the discount
(docs/money.md). Nothing here reads the database.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from flask_babel import gettext as _

from crm.core import i18n, money

ONE = Decimal(1)
WHOLE = 100  # percent


@dataclass(frozen=True)
class Step:
    """A price of a list for one product: from a quantity on, from a day on. None: from that day on there is none."""

    from_quantity: Decimal
    since: dt.date
    price: int | None


@dataclass(frozen=True)
class Formed:
    """A price and how it came about, in minor units: `base` is the product's own one, `price` what the list makes of it."""

    base: int
    price: int
    list_name: str = ""
    from_quantity: Decimal | None = None

    @property
    def known(self) -> bool:
        """Whether anybody said a price: a product of 0 that no list gives away has none yet."""
        return bool(self.price or self.list_name)

    def kept(self) -> dict[str, Any]:
        """As a line of a deal keeps it."""
        start = None if self.from_quantity is None else f"{self.from_quantity.normalize():f}"
        return {"base": self.base, "price": self.price, "list": self.list_name, "from": start}


def form_price(base: int, steps: Iterable[Step], *, quantity: Decimal, day: dt.date, list_name: str = "") -> Formed:
    """The price of one unit when `quantity` of it is sold on `day`, by the steps of one list.

    For every quantity of the list the newest price that has begun by that day counts; of those the one of the greatest quantity that
    is reached. A product that the list does not hold, or not for so little, has its own price.
    """
    newest: dict[Decimal, Step] = {}
    for step in steps:
        if step.since <= day and (step.from_quantity not in newest or newest[step.from_quantity].since < step.since):
            newest[step.from_quantity] = step
    reached = [step for step in newest.values() if step.price is not None and step.from_quantity <= quantity]
    best = max(reached, key=lambda step: step.from_quantity, default=None)
    if best is None or best.price is None:
        return Formed(base, base)
    return Formed(base, best.price, list_name, best.from_quantity)


def reason(kept: dict[str, Any], currency: str, unit: str = "") -> str:
    """How a price of a list came about, in one line: 'Wholesale, from 10 pcs: 950 instead of 1 000'. Empty for the product's own price."""
    if not kept.get("list"):
        return ""
    start = Decimal(kept["from"] or 1)
    said = {"list": kept["list"], "price": _sum(kept["price"], currency), "base": _sum(kept["base"], currency)}
    if start > ONE:
        return _("%(list)s, from %(quantity)s: %(price)s instead of %(base)s", quantity=f"{i18n.decimal(start)} {unit}".strip(), **said)
    return _("%(list)s: %(price)s instead of %(base)s", **said)


def percent_off(list_price: int, price: int, discount: Decimal) -> Decimal:
    """How far a price with its discount lies below the list price, in percent, rounded up to a hundredth; never below zero."""
    if list_price <= 0:
        return Decimal(0)
    off = WHOLE - price * (WHOLE - discount) / Decimal(list_price)
    return max(off, Decimal(0)).quantize(Decimal("0.01"), ROUND_CEILING)


def within(limit: Decimal | int, list_price: int, price: int, discount: Decimal) -> bool:
    """Whether a person of this limit may sell so. A price that was typed as the rounded result of their limit is within it."""
    least = Decimal(list_price) * (WHOLE - limit) / WHOLE
    sold = price * (WHOLE - discount) / Decimal(WHOLE)
    return sold >= min(least, Decimal(money.round_minor(least)))


def _sum(minor: int, currency: str) -> str:
    return money.format_money(minor, currency, i18n.choose_locale())
