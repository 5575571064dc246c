"""Somebody whose own limit reaches so far says yes or no to a discount that was asked for."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db, utcnow
from crm.core.errors import Stale
from crm.deals import events
from crm.deals.models import Deal, DealLine
from crm.deals.operations.discounts import limit_of, say
from crm.deals.operations.errors import DealError
from crm.deals.operations.lines import recount


def approve_discount(deal: Deal, line: DealLine, *, actor: User, percent: Decimal) -> None:
    """The line gets the price and the discount that were asked for. `percent` is what the actor was shown; Stale when it is another now.

    DealError when the actor's own limit does not reach so far.
    """
    asked = _waiting(line, percent)
    _may(actor, percent)
    line.price, line.discount = asked["price"], Decimal(asked["discount"])
    kept = {name: value for name, value in (line.formed or {}).items() if name not in ("hand", "percent", "by")}
    if kept and line.price != kept["price"]:
        kept["hand"] = True
    line.formed = {**kept, "percent": str(percent), "by": actor.name, "asked_by": asked["by"]}
    line.asked, line.asked_percent = None, None
    recount(deal, actor)
    say(events.DISCOUNT_APPROVED, deal, line, percent, actor)


def refuse_discount(deal: Deal, line: DealLine, *, actor: User, percent: Decimal) -> None:
    """The line stays as it is; whoever asked sees that it was refused, and by whom."""
    asked = _waiting(line, percent)
    _may(actor, percent)
    line.asked = {**asked, "state": "refused", "percent": str(percent), "answered": actor.name}
    line.asked_percent = None
    deal.updated_at = utcnow()  # a new version: of two answers at the same moment one counts
    db.session.flush()
    say(events.DISCOUNT_REFUSED, deal, line, percent, actor)


def _waiting(line: DealLine, percent: Decimal) -> dict[str, Any]:
    if line.asked is None or line.asked_percent is None or line.asked_percent != percent:
        raise Stale(_("This discount was answered or changed in the meantime. Look at the deal again."))
    return line.asked


def _may(actor: User, percent: Decimal) -> None:
    if percent > limit_of(actor):
        raise DealError(_("Your own limit is %(limit)s%%. Somebody with a higher one has to answer.", limit=limit_of(actor)))
