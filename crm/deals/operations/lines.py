"""The products of a deal. Its sum is the sum of its lines; without lines it is the typed one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog.models import Product
from crm.core import money
from crm.core.db import db, utcnow
from crm.core.errors import Stale
from crm.core.events import changes, record
from crm.deals import events
from crm.deals.models import Deal, DealLine
from crm.deals.operations import discounts
from crm.deals.operations.errors import DealError
from crm.deals.queries.lines import fingerprint, totals
from crm.deals.queries.prices import form_for

MOST_LINES = 200
MOST_QUANTITY = Decimal(10**9)


@dataclass(frozen=True)
class LineInput:
    """A line as it is wanted: price and cost of one unit in minor units of the deal's currency, discount and VAT in percent.

    A `price` of None is the one of the price list. `cost` is without VAT, None when nobody said. `formed` is how the price of a line
    that is put back came about, `parts` what one unit of it held.
    """

    name: str
    quantity: Decimal = Decimal(1)
    price: int | None = 0
    discount: Decimal = Decimal(0)
    vat_rate: Decimal | None = None
    unit: str = ""
    product: Product | None = None
    cost: int | None = None
    formed: dict[str, Any] | None = None
    parts: list[dict[str, Any]] | None = None
    choice: str | None = None  # see DealLine
    chosen: bool = True


def set_lines(deal: Deal, lines: Sequence[LineInput], *, actor: User | None) -> None:
    """Replace all lines and recompute the deal's amount. DealError names the line that cannot be."""
    for wanted in lines:
        _check(wanted)
    deal.lines = [_fill(DealLine(position=place), wanted, deal, actor) for place, wanted in enumerate(lines)]
    settle(deal.lines)
    recount(deal, actor)


def add_line(deal: Deal, wanted: LineInput, *, actor: User) -> DealLine:
    """One more line at the end."""
    _check(wanted)
    line = _fill(DealLine(position=max((one.position for one in deal.lines), default=-1) + 1), wanted, deal, actor)
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
    _fill(line, wanted, deal, actor)
    settle(deal.lines, line)
    recount(deal, actor)


def reprice_line(deal: Deal, line: DealLine, *, price: int, actor: User | None) -> None:
    """Another unit price, as a file says it; everything else of the line stays. Held to the limit of the actor like a typed one."""
    change = LineInput(line.name, line.quantity, price, line.discount, line.vat_rate, line.unit, line.product, line.cost,
                       choice=line.choice, chosen=line.chosen)
    _check(change)
    _fill(line, change, deal, actor)
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
    if wanted.price is not None and wanted.price < 0:
        raise DealError(_("%(name)s: the price cannot be below zero.", name=name))
    if wanted.cost is not None and wanted.cost < 0:
        raise DealError(_("%(name)s: the cost cannot be below zero.", name=name))
    # what it costs is not looked at: it may be hidden from the person who would read the refusal
    check_size(name, wanted.price or 0, wanted.quantity)


def check_size(name: str, price: int, quantity: Decimal) -> None:
    """DealError for a line that no sum can hold."""
    if price > money.MAX_MINOR or price * quantity > money.MAX_MINOR:
        raise DealError(_("%(name)s: this amount is too large.", name=name))


def _fill(line: DealLine, wanted: LineInput, deal: Deal, actor: User | None) -> DealLine:
    quantity, discount = round(wanted.quantity, 3), round(wanted.discount, 2)
    now = wanted.formed or _unchanged(line, wanted, quantity) or _formed(deal, wanted.product, quantity)
    listed = now.get("price")
    price = wanted.price if wanted.price is not None else (listed or 0)
    check_size(wanted.name, price, quantity)
    reference = listed if listed is not None else _left_behind(line, wanted, price)
    wish = discounts.Wish(price, discount, quantity, wanted.product, reference, Decimal((wanted.formed or {}).get("percent", 0)))
    waited, settled = line.asked_percent, discounts.settle(line, wish, actor)
    line.parts = wanted.parts or _parts(line, wanted)
    line.formed = discounts.told(now, settled)
    line.product, line.name, line.unit = wanted.product, wanted.name.strip()[:300], wanted.unit[:20]
    line.quantity, line.price, line.cost, line.discount = quantity, settled.price, wanted.cost, settled.discount
    line.choice, line.chosen = wanted.choice, wanted.chosen or wanted.choice is None
    line.vat_rate = None if wanted.vat_rate is None else round(wanted.vat_rate, 2)
    line.asked, line.asked_percent = settled.asked, settled.asked_percent
    discounts.tell(deal, line, settled, waited, actor)
    return line


def _parts(line: DealLine, wanted: LineInput) -> list[dict[str, Any]] | None:
    """What one unit of a set holds, as it is on the day when it is put in; a line that keeps its product keeps them."""
    if wanted.product is None:
        return None
    if line.id is not None and line.product_id == wanted.product.id:
        return line.parts
    return [{"name": row.part.name, "quantity": f"{row.quantity.normalize():f}", "unit": row.part.unit}
            for row in wanted.product.parts] or None


def _unchanged(line: DealLine, wanted: LineInput, quantity: Decimal) -> dict[str, Any] | None:
    """How the price of the line came about, when it is the same product in the same quantity: what prices do later does not alter it."""
    same = line.id is not None and wanted.product is not None and line.product_id == wanted.product.id and line.quantity == quantity
    return line.formed if same and line.formed and "price" in line.formed else None


def _formed(deal: Deal, product: Product | None, quantity: Decimal) -> dict[str, Any]:
    """How the price comes about today; nothing where there is none."""
    formed = form_for(deal, product, quantity)
    return formed.kept() if formed else {}


def _left_behind(line: DealLine, wanted: LineInput, price: int) -> int:
    """What a typed price is measured by where no list says one: the list price of the product that the line had a moment ago."""
    known = (line.formed or {}).get("price") if line.id is not None and wanted.product is None else None
    return price if known is None else int(known)


def recount(deal: Deal, actor: User | None, *, keep: bool = False) -> None:
    """The deal's sum after its lines changed; `keep` leaves it as a typed one."""
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
