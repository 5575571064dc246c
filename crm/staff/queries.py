"""What a person sees, counted; what a person leads; whom their work may go to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import modules
from crm.core.db import db
from crm.deals.models import OPEN, Deal
from crm.documents.models import Document
from crm.mail.models import Letter
from crm.staff.models import HandOver
from crm.tasks import queries as tasks
from crm.tasks.models import Task

Rows = sa.Select[*tuple[Any, ...]]
PARTS: dict[str, LazyString] = {
    "contact": _l("People"), "company": _l("Companies"), "deal": _l("Open deals"), "task": _l("Open tasks")}


@dataclass(frozen=True)
class Seen:
    """One sort of record: how many a person sees of how many there are."""

    label: LazyString
    count: int
    total: int


def seen_by(person: User) -> list[Seen]:
    """How much of each sort the person sees; parts that are switched off are left out. One statement for each sort."""
    rows: list[tuple[LazyString, str, sa.Select[Any], Any]] = [
        (_l("People"), "clients.see", sa.select(Contact.id).where(Contact.deleted_at.is_(None)), Contact.manager_id),
        (_l("Companies"), "clients.see", sa.select(Company.id).where(Company.deleted_at.is_(None)), Company.manager_id),
        (_l("Deals"), "deals.see", sa.select(Deal.id).where(Deal.deleted_at.is_(None)), Deal.manager_id)]
    if modules.on("documents"):
        papers = sa.select(Document.id).join(Document.deal).where(Deal.deleted_at.is_(None))
        rows.append((_l("Documents"), "documents.see", papers, Deal.manager_id))
    found = [_seen(label, query, scope.narrow(query, owner, person, right)) for label, right, query, owner in rows]
    if modules.on("tasks"):
        every = sa.select(Task.id)
        found.append(_seen(_l("Tasks"), every, every.where(tasks.visible(person))))
    if modules.on("mail"):
        every = sa.select(Letter.id)
        found.append(_seen(_l("Letters"), every, scope.narrow(every, Letter.created_by_id, person, "mail.see")))
    return found


def _seen(label: LazyString, every: sa.Select[Any], theirs: sa.Select[Any]) -> Seen:
    counts = [sa.select(sa.func.count()).select_from(query.order_by(None).subquery()).scalar_subquery()
              for query in (theirs, every)]
    row = db.session.execute(sa.select(*counts)).one()
    return Seen(label, row[0], row[1])


def led_by(person: User) -> dict[str, Rows]:
    """What a person leads, by sort: the rows to hand over as (id, version, keys of the client or deal they belong to)."""
    return {
        "company": sa.select(Company.id, Company.version).where(
            Company.manager_id == person.id, Company.deleted_at.is_(None)).order_by(Company.id),
        "contact": sa.select(Contact.id, Contact.version, Contact.company_id).where(
            Contact.manager_id == person.id, Contact.deleted_at.is_(None)).order_by(Contact.id),
        "deal": sa.select(Deal.id, Deal.version, Deal.company_id, Deal.contact_id).where(
            *_open_deals(person)).order_by(Deal.id),
        "task": sa.select(Task.id, Task.version, Task.company_id, Task.contact_id, Task.deal_id).where(
            Task.assignee_id == person.id, Task.done_at.is_(None)).order_by(Task.id)}


def _open_deals(person: User) -> tuple[sa.ColumnElement[bool], ...]:
    return Deal.manager_id == person.id, Deal.status == OPEN, Deal.deleted_at.is_(None)


def chosen_of(person: User, parts: Collection[str]) -> dict[str, Rows]:
    """What of `led_by` goes with these sorts: deals take the person's tasks about them along, as one deal does."""
    found = {card: query for card, query in led_by(person).items() if card in parts}
    if "deal" in parts and "task" not in parts:
        deals = sa.select(Deal.id).where(*_open_deals(person))
        found["task"] = led_by(person)["task"].where(Task.deal_id.in_(deals))
    return found


def counts_of(person: User) -> dict[str, int]:
    """How many of each sort the person leads, in one statement."""
    parts = {card: query for card, query in led_by(person).items() if card != "task" or modules.on("tasks")}
    counts = [sa.select(sa.func.count()).select_from(query.order_by(None).subquery()).scalar_subquery()
              for query in parts.values()]
    return dict(zip(parts, db.session.execute(sa.select(*counts)).one(), strict=True))


def takers(person: User) -> Sequence[User]:
    """Who may take over the work: people at work who lead deals, but for the person themselves."""
    return db.session.scalars(sa.select(User).where(
        User.active, accounts.sells(), User.id != person.id).order_by(User.name)).all()


def mates(person: User) -> list[User]:
    """The takers of the person's own team."""
    return [one for one in takers(person) if person.team_id is not None and one.team_id == person.team_id]


def last_of(person: User) -> HandOver | None:
    """The last hand-over of this person's work that was not taken back."""
    return db.session.scalar(sa.select(HandOver).where(
        HandOver.from_id == person.id, HandOver.undone_at.is_(None)).order_by(HandOver.id.desc()).limit(1))
