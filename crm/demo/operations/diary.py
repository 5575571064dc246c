"""The demo's facts with the moments they happened at, written in one go in the order of time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.core.db import db
from crm.core.events import Event, EventLink, Kind


@dataclass(frozen=True)
class Reference:
    """A card by name and number, where the row itself is not at hand."""

    card: str
    id: int


@dataclass(frozen=True)
class Entry:
    """One fact; `cards` get their ids before the diary is written."""

    at: dt.datetime
    kind: str
    cards: Sequence[Any]
    actor_id: int | None
    data: dict[str, Any]


@dataclass
class Diary:
    """Facts that wait to be written."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, at: dt.datetime, kind: Kind, *cards: Any, actor_id: int | None, **data: Any) -> None:
        """One more fact that concerns `cards` (None is skipped)."""
        self.entries.append(Entry(at, kind.code, [card for card in cards if card is not None], actor_id, data))

    def take(self, at: dt.datetime) -> None:
        """What operations have just recorded as of now, moved to `at`."""
        db.session.flush()
        for event in db.session.scalars(sa.select(Event).options(selectinload(Event.links)).order_by(Event.id)):
            cards = [Reference(link.card, link.card_id) for link in event.links]
            self.entries.append(Entry(at, event.kind, cards, event.actor_id, dict(event.data)))
            db.session.expunge(event)
        for table in (EventLink.__table__, Event.__table__):  # as tables: there are thousands of rows in the session
            db.session.execute(table.delete())  # type: ignore[attr-defined]

    def write(self) -> None:
        """Insert all facts, the oldest first, with links to their cards."""
        entries = sorted(self.entries, key=lambda entry: entry.at)
        rows = [{"kind": entry.kind, "at": entry.at, "actor_id": entry.actor_id, "data": entry.data}
                for entry in entries]
        if not rows:
            return
        ids = db.session.scalars(
            sa.insert(Event).returning(Event.id, sort_by_parameter_order=True), rows).all()
        links = [{"event_id": event_id, "card": name, "card_id": card_id}
                 for event_id, entry in zip(ids, entries, strict=True)
                 for name, card_id in {(card.card, card.id) for card in entry.cards}]
        db.session.execute(sa.insert(EventLink), links)
        self.entries.clear()
