"""The products of a deal. Its sum is the sum of its lines; without lines it is the typed one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog.models import Product
from crm.core import money
from crm.core.db import db, utcnow
from crm.core.errors import Stale
from crm.core.events import changes, record
from crm.deals import events
from crm.deals.models import Deal, DealLine
from crm.deals.operations.errors import DealError
from crm.deals.queries.lines import fingerprint, totals

MOST_LINES = 200
MOST_QUANTITY = Decimal(10**9)


@dataclass(frozen=True)
class LineInput:
    """A line as it is wanted: price and cost of one unit in minor units of the deal's currency, discount and VAT in percent.

    `cost` is without VAT, None when nobody said.
    """

    name: str
    quantity: Decimal = Decimal(1)
    price: int = 0
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    unit: str = ""
    product: Product | None = None
    cost: int | None = None
    choice: str | None = None  # see DealLine
    chosen: bool = True


def set_lines(deal: Deal, lines: Sequence[LineInput], *, actor: User | None) -> None:
    """Replace all lines and recompute the deal's amount. DealError names the line that cannot be."""
    for wanted in lines:
        _check(wanted)
    deal.lines = [_fill(DealLine(position=place), wanted) for place, wanted in enumerate(lines)]
    settle(deal.lines)
    recount(deal, actor)


def add_line(deal: Deal, wanted: LineInput, *, actor: User) -> DealLine:
    """One more line at the end."""
    _check(wanted)
    line = _fill(DealLine(position=max((one.position for one in deal.lines), default=-1) + 1), wanted)
    deal.lines.append(line)
    settle(deal.lines, line)
    recount(deal, actor)
    return line


def change_line(deal: Deal, line: DealLine, wanted: LineInput, *, actor: User,
                seen: str | None = None) -> None:
    """Change a line. `seen` is its fingerprint when it was shown to the actor; Stale when it is another one now."""
    if seen is not None and seen != fingerprint(line, actor):
        raise Stale(_("Somebody changed this line in the meantime."))
    _check(wanted)
    _fill(line, wanted)
    settle(deal.lines, line)
    recount(deal, actor)


def remove_line(deal: Deal, line: DealLine, *, actor: User) -> None:
    """Take a line out; after the last one the deal keeps its sum as a typed one."""
    deal.lines.remove(line)
    settle(deal.lines)
    recount(deal, actor, keep=not deal.lines)


def settle(lines: Sequence[DealLine], last: DealLine | None = None) -> None:
    """Exactly one of each group of alternatives counts: the `last` that was put in, else the first that is chosen, else the first."""
    groups: dict[str, list[DealLine]] = {}
    for line in lines:
        if line.choice:
            groups.setdefault(line.choice, []).append(line)
    for members in groups.values():
        wanted = [line for line in members if line.chosen]
        one = last if last is not None and last in wanted else (wanted or members)[0]
        for line in members:
            line.chosen = line is one


def _check(wanted: LineInput) -> None:
    name = wanted.name.strip()
    if not name:
        raise DealError(_("Name the product of this line or choose it from the list."))
    if not (wanted.quantity.is_finite() and Decimal("0.0005") < wanted.quantity <= MOST_QUANTITY):  # three places are kept
        raise DealError(_("%(name)s: the quantity must be above zero.", name=name))
    if not (wanted.discount.is_finite() and 0 <= wanted.discount <= 100):
        raise DealError(_("%(name)s: a discount is from 0 to 100 percent.", name=name))
    if wanted.vat_rate is not None and not (wanted.vat_rate.is_finite() and 0 <= wanted.vat_rate <= 99):
        raise DealError(_("%(name)s: a VAT rate is from 0 to 99 percent.", name=name))
    if wanted.price < 0:
        raise DealError(_("%(name)s: the price cannot be below zero.", name=name))
    if wanted.cost is not None and wanted.cost < 0:
        raise DealError(_("%(name)s: the cost cannot be below zero.", name=name))
    # what it costs is not looked at: it may be hidden from the person who would read the refusal
    if wanted.price > money.MAX_MINOR or wanted.price * wanted.quantity > money.MAX_MINOR:
        raise DealError(_("%(name)s: this amount is too large.", name=name))


def _fill(line: DealLine, wanted: LineInput) -> DealLine:
    line.product, line.name, line.unit = wanted.product, wanted.name.strip()[:300], wanted.unit[:20]
    line.quantity, line.price, line.cost = round(wanted.quantity, 3), wanted.price, wanted.cost
    line.choice, line.chosen = wanted.choice, wanted.chosen or wanted.choice is None
    line.discount = round(wanted.discount, 2)
    line.vat_rate = None if wanted.vat_rate is None else round(wanted.vat_rate, 2)
    return line


def recount(deal: Deal, actor: User | None, *, keep: bool = False) -> None:
    """The amount of the deal after its lines have changed; `keep`: the sum stays as a typed one."""
    if len(deal.lines) > MOST_LINES:
        raise DealError(_("A deal can have at most %(most)s lines. Merge some of them.", most=MOST_LINES))
    before = deal.amount
    total = totals(deal.lines).total
    if total > money.MAX_MINOR:
        raise DealError(_("The total of all lines is too large."))
    deal.amount = before if keep else total
    deal.updated_at = utcnow()
    db.session.flush()
    record(events.LINES_CHANGED, deal, actor_id=actor.id if actor else None, lines=len(deal.lines),
           changed=changes({"amount": before}, {"amount": deal.amount}), currency=deal.currency)
