"""The facts of a card, newest first."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Contact
from crm.core.db import db
from crm.core.events import Event, EventLink
from crm.deals.models import Deal

PAGE = 20
# facts by the right to the page that tells them
PAGES = {"document.": "documents.see", "task.": "tasks.see", "letter.": "mail.see", "mass.": "mass.approve",
         "payment.": "documents.see", "invoice.": "documents.see"}


@dataclass(frozen=True)
class Fact:
    """One event, the name of who did it, and the deal or person it is about when this is another card's timeline."""

    event: Event
    who: str
    about: Deal | Contact | None


@dataclass(frozen=True)
class Facts:
    """A page of facts; `more` is the id of the last one when older ones wait."""

    rows: list[Fact]
    more: int | None


def facts(card: str, card_id: int, reader: User, *, before: int | None = None) -> Facts:
    """Facts of the card that the reader may know; `before` is the id of the last one already shown."""
    query = sa.select(Event, User.name).join(EventLink, EventLink.event_id == Event.id).outerjoin(
        User, User.id == Event.actor_id).where(EventLink.card == card, EventLink.card_id == card_id)
    query = query.where(*_known(card, reader))
    last = db.session.get(Event, before) if before else None
    if last is not None:
        query = query.where(sa.or_(Event.at < last.at, sa.and_(Event.at == last.at, Event.id < last.id)))
    rows = db.session.execute(query.order_by(Event.at.desc(), Event.id.desc()).limit(PAGE + 1)).all()
    about = _about(card, [event.id for event, _name in rows[:PAGE]], reader)
    shown = [Fact(event, name or "", about.get(event.id)) for event, name in rows[:PAGE]]
    return Facts(shown, shown[-1].event.id if len(rows) > PAGE else None)


def _about(card: str, event_ids: list[int], reader: User) -> dict[int, Deal | Contact]:
    """What the facts on a client's timeline are about: a deal, or (for a company) a person whom the reader may see."""
    found: dict[int, Deal | Contact] = {}
    known: dict[str, tuple[type[Deal] | type[Contact], ...]] = {"company": (Contact, Deal), "contact": (Deal,)}
    for model in known.get(card, ()):
        query: Any = sa.select(EventLink.event_id, model).join(model, model.id == EventLink.card_id).where(
            EventLink.event_id.in_(event_ids), EventLink.card == model.card, model.deleted_at.is_(None))
        right = "deals.see" if model is Deal else "clients.see"
        found.update(db.session.execute(scope.narrow(query, model.manager_id, reader, right)).all())  # a deal says more
    return found


def _known(card: str, reader: User) -> list[sa.ColumnElement[bool]]:
    """A client may be shared while a deal with them is a colleague's: what is said of that deal is not told. Nor is what a page of its
    own would not show: documents, tasks, letters, and what waits for a second person.
    """
    deals, people = (scope.visible_owners(reader, right) for right in ("deals.see", "clients.see"))
    hidden = [] if deals is None else [_concerns("deal", Deal, deals)]
    for kinds, right in PAGES.items():
        owners = scope.visible_owners(reader, right)
        if not owners and owners is not None:
            hidden.append(Event.kind.startswith(kinds))
        elif owners is not None and owners != deals:
            hidden.append(sa.and_(Event.kind.startswith(kinds), _concerns("deal", Deal, owners)))
    if card == "company" and people is not None:
        hidden.append(sa.and_(_concerns("contact", Contact, people), ~_concerns("deal")))
    return [sa.or_(Event.actor_id == reader.id, ~sa.or_(*hidden))] if hidden else []


def _concerns(card: str, model: type[Deal] | type[Contact] | None = None,
              owners: frozenset[int] = frozenset()) -> sa.ColumnElement[bool]:
    """The fact is linked with a card of this sort, of `model` with one that is led by none of `owners`."""
    link: Any = aliased(EventLink)
    query = sa.select(link.event_id).where(link.event_id == Event.id, link.card == card)
    if model is not None:
        foreign = sa.select(model.id).where(
            sa.or_(model.manager_id.is_(None), model.manager_id.not_in(sorted(owners))))
        query = query.where(link.card_id.in_(foreign))
    return query.exists()
