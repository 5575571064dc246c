"""Which of the latest facts a reader may know of: live parts must not tell that a stranger did something."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import Event
from crm.deals.events import DEAL_ASSIGNED
from crm.deals.models import Deal


def concerning(events: Sequence[Event], reader: User) -> list[Event]:
    """Facts about deals that the reader sees, deals that were theirs until that fact, and tasks given to or taken from them."""
    owners = scope.visible_owners(reader, "deals.see")
    if owners is None or not events:
        return list(events)
    seen = set(db.session.scalars(sa.select(Deal.id).where(
        Deal.id.in_(touched(events, "deal")), Deal.manager_id.in_(sorted(owners)))))
    return [event for event in events if touched([event], "deal") & seen or reader.id in event.data.get("people", ())
            or (event.kind == DEAL_ASSIGNED.code and event.data.get("from_id") in owners)]


def touched(events: Sequence[Event], what: str) -> set[int]:
    """Ids of the deals, or of the stages, that the facts are about."""
    names = ("deal",) if what == "deal" else ("stage", "from_id", "to_id")
    told = [event for event in events if what == "deal" or event.kind != DEAL_ASSIGNED.code]  # its ids are people
    ids = {event.data.get(name) for event in told for name in names}
    if what == "deal":
        ids |= {link.card_id for event in events for link in event.links if link.card == "deal"}
    return {one for one in ids if isinstance(one, int)}
