"""Facts of the trade: one row says who did what and when, before and after, and which cards it concerns.

Timeline, audit, live refresh, notices and automation all read this one stream. A fact is written in the
transaction that made it true.
"""

import datetime as dt
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

import sqlalchemy as sa
from flask_babel import LazyString
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core.db import Base, Moment, db, utcnow

SECRET_FIELDS = ("password", "secret", "token", "totp")
BIG_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


class Card(Protocol):
    """Anything with a page of its own: a deal, a person, a company ..."""

    card: ClassVar[str]

    @property
    def id(self) -> int:
        """The key in its table."""


@dataclass(frozen=True)
class Kind:
    """A declared fact; `label` is shown on timelines and must be lazy text. What is `kept` holds words of people that stand
    nowhere else, and outlives the log's own term.
    """

    code: str
    label: LazyString
    icon: str = "circle"
    kept: bool = False


KINDS: dict[str, Kind] = {}


def declare(code: str, label: LazyString, icon: str = "circle", *, kept: bool = False) -> Kind:
    """Add a kind of fact to the closed vocabulary; a second declaration of one code is an error."""
    if code in KINDS:
        raise ValueError(f"the fact {code} is declared twice")
    KINDS[code] = Kind(code, label, icon, kept)
    return KINDS[code]


class Event(Base):
    """One fact. `data` holds before and after, or what else the timeline shows."""

    __tablename__ = "event"
    __table_args__ = (sa.Index("ix_event_kind_at", "kind", "at"), sa.Index("ix_event_actor_at", "actor_id", "at"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    links: Mapped[list["EventLink"]] = relationship(back_populates="event", cascade="all, delete-orphan")

    @property
    def meaning(self) -> Kind:
        """The declared kind; facts of a feature that is gone keep their code as label."""
        return KINDS.get(self.kind) or Kind(self.kind, LazyString(lambda: self.kind))


class EventLink(Base):
    """One card that a fact concerns; read newest first by (card, card_id)."""

    __tablename__ = "event_link"
    __table_args__ = (sa.Index("ix_event_link_card", "card", "card_id", "event_id"),)

    event_id: Mapped[int] = mapped_column(BIG_ID, sa.ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    card: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    card_id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    event: Mapped[Event] = relationship(back_populates="links")


class _Depth(threading.local):
    """How many facts deep this thread is in the consequences of one; other threads serve other people."""

    now = 0


@dataclass
class _Subscribers:
    by_kind: dict[str, list[Callable[[Event], None]]] = field(default_factory=lambda: defaultdict(list))
    depth: _Depth = field(default_factory=_Depth)


_subscribers = _Subscribers()
MAX_DEPTH = 5


def subscribe(kind: Kind, handler: Callable[[Event], None]) -> None:
    """Call `handler(event)` in the same transaction whenever a fact of `kind` is recorded."""
    if handler not in _subscribers.by_kind[kind.code]:
        _subscribers.by_kind[kind.code].append(handler)


def mask(data: Mapping[str, Any]) -> dict[str, Any]:
    """Replace the values of secret fields, at any depth, by stars."""
    clean: dict[str, Any] = {}
    for key, value in data.items():
        if any(word in key.lower() for word in SECRET_FIELDS):
            clean[key] = "***"
        elif isinstance(value, Mapping):
            clean[key] = mask(value)
        else:
            clean[key] = value
    return clean


def record(kind: Kind, *cards: Card | None, actor_id: int | None, **data: Any) -> Event:
    """Write one fact that concerns `cards` (None is skipped) and tell the subscribers.

    `data` must be JSON: before=..., after=..., text=... The cards must have their ids (flush first).
    """
    event = Event(kind=kind.code, actor_id=actor_id, data=mask(data), at=utcnow())
    seen = {(card.card, card.id) for card in cards if card is not None and card.id is not None}
    event.links = [EventLink(card=name, card_id=card_id) for name, card_id in sorted(seen)]
    db.session.add(event)
    _tell(event)
    return event


def record_many(kind: Kind, rows: Iterable[tuple[list[tuple[str, int]], dict[str, Any]]], *,
                actor_id: int | None) -> None:
    """Write facts in bulk, as an import does; subscribers are not told."""
    for links, data in rows:
        event = Event(kind=kind.code, actor_id=actor_id, data=mask(data), at=utcnow())
        event.links = [EventLink(card=name, card_id=card_id) for name, card_id in links]
        db.session.add(event)


def _tell(event: Event) -> None:
    handlers = _subscribers.by_kind.get(event.kind)
    if not handlers:
        return
    if _subscribers.depth.now >= MAX_DEPTH:
        raise RuntimeError(f"the fact {event.kind} sets off itself")
    _subscribers.depth.now += 1
    try:
        for handler in handlers:
            handler(event)
    finally:
        _subscribers.depth.now -= 1


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The fields that differ, as {field: [old, new]} in JSON-friendly values."""
    return {key: [_plain(before.get(key)), _plain(value)] for key, value in after.items()
            if before.get(key) != value}


def _plain(value: Any) -> Any:
    return value if isinstance(value, bool | int | float | str | type(None)) else str(value)
