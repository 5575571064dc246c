"""What happened since a page was last told, without ever missing a fact that was committed late.

On PostgreSQL ids do not become visible in order: a transaction may commit id 7 after another showed id 8.
A token therefore reads 'low.seen-seen': everything up to `low` is older than the longest transaction,
and `seen` names the younger facts that the page already knows.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.core.db import Moment, db, utcnow
from crm.core.events import Event

WINDOW = dt.timedelta(seconds=10)
MOST = 50


@dataclass(frozen=True)
class News:
    """Facts since the token, oldest first; `flood` says that there were too many: show everything anew."""

    events: list[Event]
    token: str
    flood: bool = False


def now_token() -> str:
    """The token of a page that is drawn now."""
    return _token()


def since(token: str, kinds: tuple[str, ...]) -> News:
    """Facts of `kinds` (prefixes such as 'deal.') after `token`; a token that cannot be read is a flood."""
    try:
        low_text, _, seen_text = token.partition(".")
        low, seen = int(low_text), {int(part) for part in seen_text.split("-") if part}
    except ValueError:
        return News([], now_token(), flood=True)
    newest = db.session.scalar(sa.select(sa.func.max(Event.id))) or 0
    if newest <= low or (newest == max(seen, default=low) and not _late(low, seen)):
        return News([], token)
    fresh_token = _token()  # before the facts: one that comes between is told twice rather than never
    rows = db.session.scalars(
        sa.select(Event).options(selectinload(Event.links)).where(Event.id > low)
        .order_by(Event.id).limit(MOST * 2 + 1)).all()
    if len(rows) > MOST * 2:
        return News([], fresh_token, flood=True)
    fresh = [event for event in rows if event.id not in seen and event.kind.startswith(kinds)]
    return News(fresh, fresh_token)


def _late(low: int, seen: set[int]) -> bool:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.id > low)) or 0
    return count != len(seen)


_newest = sa.select(sa.func.max(Event.id)).scalar_subquery()
_is_young = Event.at > sa.bindparam("edge", type_=Moment())
LATEST = sa.select(Event.id, _is_young).where(
    Event.id > _newest - 4 * MOST, sa.or_(_is_young, Event.id == _newest)).order_by(Event.id.desc()).limit(MOST)


def _token() -> str:
    """Everything older than the window is settled; younger ids are named."""
    rows = db.session.execute(LATEST, {"edge": utcnow() - WINDOW}).all()
    young = [event_id for event_id, is_young in rows if is_young]
    newest = rows[0][0] if rows else 0
    low = min(young, default=newest + 1) - 1
    return f"{low}.{'-'.join(str(event_id) for event_id in sorted(young))}"
