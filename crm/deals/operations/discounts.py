"""Discounts within the limit of a role, and those above it, which count for nothing until somebody allows them.

How far a line lies below the price of the list is what counts, whether by a percent or by a typed price. A discount that waits is kept
beside the line and not in it: papers can be made meanwhile, and none of them promises a price that nobody allowed.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from crm.accounts.models import User
from crm.accounts.rights import NO_LIMIT
from crm.catalog import pricing
from crm.catalog.models import Product
from crm.core.events import Kind, record
from crm.deals import events
from crm.deals.models import Deal, DealLine


@dataclass(frozen=True)
class Wish:
    """What somebody wants of a line: unit price and percent, measured by `reference`, the unit price of the list.

    `allowed` is what was allowed of a line that is put back.
    """

    price: int
    discount: Decimal
    quantity: Decimal
    product: Product | None
    reference: int
    allowed: Decimal = Decimal(0)

    @property
    def percent(self) -> Decimal:
        """How far it lies below the list."""
        return pricing.percent_off(self.reference, self.price, self.discount)


@dataclass(frozen=True)
class Settled:
    """What the line gets, how far that lies below the list and who allowed it; `asked` is what waits, `fresh` when it is new."""

    price: int
    discount: Decimal
    percent: Decimal = Decimal(0)
    by: str = ""
    asked: dict[str, Any] | None = None
    asked_percent: Decimal | None = None
    fresh: bool = False


def limit_of(actor: User | None) -> int:
    """The greatest discount that this person may give, in percent; the program itself has no limit."""
    return NO_LIMIT if actor is None else actor.powers.discount


def settle(line: DealLine, wish: Wish, actor: User | None) -> Settled:
    """Take the wish, or keep it beside the line until somebody whose limit allows it says yes.

    What was allowed once stays so, as long as it is the same product, in no smaller quantity, and no further below the list.
    """
    earlier = max(_allowed(line, wish), wish.allowed)
    if wish.percent and wish.percent <= earlier:
        return Settled(wish.price, wish.discount, wish.percent, (line.formed or {}).get("by", ""))
    if pricing.within(limit_of(actor), wish.reference, wish.price, wish.discount):
        return Settled(wish.price, wish.discount, wish.percent, actor.name if actor and wish.percent else "")
    price, discount = _meanwhile(line, wish, earlier)
    percent = pricing.percent_off(wish.reference, price, discount)
    asked = {"price": wish.price, "discount": str(wish.discount), "by_id": actor.id if actor else None, "by": actor.name if actor else "",
             "quantity": str(wish.quantity), "state": "waiting"}
    fresh = asked != line.asked
    return Settled(price, discount, percent, (line.formed or {}).get("by", "") if percent else "", asked, wish.percent, fresh)


def told(now: dict[str, Any] | None, settled: Settled) -> dict[str, Any] | None:
    """How the price came about, as the line keeps it: whether it was typed, how far it lies below the list, and who allowed that."""
    kept = {name: now[name] for name in ("base", "price", "list", "from")} if now and "price" in now else {}
    if kept and settled.price != kept["price"]:
        kept["hand"] = True
    if settled.percent:
        kept |= {"percent": str(settled.percent), "by": settled.by}
    return kept or None


def tell(deal: Deal, line: DealLine, settled: Settled, waited: Decimal | None, actor: User | None) -> None:
    """Say that a discount is asked for; or that one which `waited` was allowed by somebody who saved the line with it."""
    if settled.fresh:
        say(events.DISCOUNT_ASKED, deal, line, settled.asked_percent or Decimal(0), actor)
    elif waited is not None and settled.asked is None and settled.percent >= waited:
        say(events.DISCOUNT_APPROVED, deal, line, settled.percent, actor)


def say(kind: Kind, deal: Deal, line: DealLine, percent: Decimal, actor: User | None) -> None:
    """One fact about a discount, for the timeline."""
    record(kind, deal, actor_id=actor.id if actor else None, title=line.name, percent=f"{percent.normalize():f}", line_id=line.id)


def _allowed(line: DealLine, wish: Wish) -> Decimal:
    """How far below the list the line may lie because it does so already."""
    if line.id is None or line.product_id != (wish.product.id if wish.product else None) or wish.quantity < line.quantity:
        return Decimal(0)
    return pricing.percent_off((line.formed or {}).get("price", wish.reference), line.price, line.discount)


def _meanwhile(line: DealLine, wish: Wish, earlier: Decimal) -> tuple[int, Decimal]:
    """What counts while the wish waits: what the line had, if that is still within what was allowed; else the list without a discount."""
    if line.id is not None and earlier:
        price = line.price if (line.formed or {}).get("hand", not line.formed) else wish.reference
        if pricing.percent_off(wish.reference, price, line.discount) <= earlier:
            return price, line.discount
    return wish.reference, Decimal(0)
