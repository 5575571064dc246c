"""Reads of deals: the list with its sums, the parts of a deal's page, a client's deals."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import aliased, joinedload, selectinload

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core import dates
from crm.core.db import db
from crm.core.listing import Page, Wish, fetch, order
from crm.deals.models import LOST, OPEN, WON, Deal, DealLine, DealStep, Stage, StageStep, StageVisit, deal_person
from crm.deals.queries.forgotten import is_forgotten, reason_of
from crm.deals.queries.wording import worded

Rows = TypeVar("Rows", bound=sa.Select[*tuple[Any, ...]])
FILTERS = ("pipeline", "stage", "status", "manager", "forgotten", "overdue", "from", "to", "basis", "company", "contact")
STATUSES = (OPEN, WON, LOST, "closed", "all", "bin")
ORDERS: dict[str, Sequence[Any]] = {
    "title": (Deal.title, Deal.id),
    "client": (sa.func.coalesce(Company.sort_key, Contact.sort_key, ""), Deal.id),
    "stage": (Stage.position, Deal.stage_id, Deal.id),
    "amount": (Deal.amount, Deal.id),
    "next": (Deal.next_step_on.is_(None), Deal.next_step_on, Deal.next_step_time, Deal.id),
    "manager": (sa.func.coalesce(User.name, ""), Deal.id),
    "closed": (Deal.closed_on.is_(None), Deal.closed_on, Deal.id),
    "created": (Deal.created_at, Deal.id),
}


@dataclass(frozen=True)
class Filter:
    """What a list of deals is narrowed by, read from its address; `faults` are sentences about the rest."""

    q: str = ""
    status: str = OPEN
    pipeline_id: int | None = None
    stage_id: int | None = None
    manager_id: int | None = None
    nobodys: bool = False  # deals that no manager leads
    forgotten: bool = False
    overdue: bool = False  # the day of the next step has passed
    start: dt.date | None = None
    end: dt.date | None = None
    basis: str = "closed"  # which day the period is about: closed or engaged
    company_id: int | None = None
    contact_id: int | None = None
    faults: tuple[str, ...] = ()


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None


def read_filter(asked: Wish) -> Filter:
    """Understand the filters of an address; a day that does not exist is told, other nonsense ignored.

    Without a status the list shows open deals; with a period or a client all of them.
    """
    given, faults, days = asked.filters, [], {}
    for name in ("from", "to"):
        try:
            days[name] = dates.parse_day(given[name]) if name in given else None
        except ValueError:
            days[name] = None
            faults.append(_("There is no such day: %(day)s. Type it as 31.12.2026.", day=given[name]))
    status = given.get("status", "")
    if status not in STATUSES:
        status = "all" if {"from", "to", "company", "contact"} & given.keys() else OPEN
    basis = given.get("basis", "")
    if basis not in ("closed", "engaged"):
        basis = "engaged" if status in (OPEN, "all") else "closed"
    return Filter(
        q=asked.q, status=status, pipeline_id=_number(given.get("pipeline", "")),
        stage_id=_number(given.get("stage", "")), manager_id=_number(given.get("manager", "")),
        nobodys=given.get("manager") == "none", forgotten=given.get("forgotten") == "1",
        overdue=given.get("overdue") == "1", start=days["from"], end=days["to"], basis=basis, company_id=_number(given.get("company", "")),
        contact_id=_number(given.get("contact", "")), faults=tuple(faults))


def _conditions(chosen: Filter, user: User) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = [
        Deal.deleted_at.is_not(None) if chosen.status == "bin" else Deal.deleted_at.is_(None)]
    if chosen.status in (OPEN, WON, LOST):
        found.append(Deal.status == chosen.status)
    elif chosen.status == "closed":
        found.append(Deal.status.in_((WON, LOST)))
    if chosen.pipeline_id:
        found.append(Deal.pipeline_id == chosen.pipeline_id)
    if chosen.company_id:
        found.append(Deal.company_id == chosen.company_id)
    if chosen.contact_id:
        found.append(_of_person(chosen.contact_id))
    if chosen.stage_id:
        found.append(Deal.stage_id == chosen.stage_id)
    if chosen.manager_id or chosen.nobodys:
        found.append(Deal.manager_id == chosen.manager_id if chosen.manager_id else Deal.manager_id.is_(None))
    if chosen.forgotten:
        found.append(is_forgotten(dates.today()))
    if chosen.overdue:
        found.append(Deal.next_step_on < dates.today())
    day = Deal.closed_on if chosen.basis == "closed" else Deal.engaged_on
    if chosen.start:
        found.append(day >= chosen.start)
    if chosen.end:
        found.append(day <= chosen.end)
    return found + worded(chosen.q, user)


def _joined(query: Rows, *needed: str) -> Rows:
    """The query with what stands beside its deals, or with the needed ones of these alone."""
    for name, other in (("stage", Deal.stage), ("client", Deal.company), ("client", Deal.contact), ("manager", Deal.manager)):
        if not needed or name in needed:
            query = query.join(other, isouter=name != "stage")
    return query


def _needed(asked: Wish, chosen: Filter) -> list[str]:
    """What the order and the words of a list ask of beside the deals themselves; "deal" when nothing."""
    return ["deal", asked.sort.lstrip("-"), *(["client"] if chosen.q else [])]


def _seen(query: Rows, chosen: Filter, user: User, right: str = "deals.see") -> Rows:
    """What the right covers for the person; of the bin, what they may also bring back."""
    query = scope.narrow(query, Deal.manager_id, user, right)
    return scope.narrow(query, Deal.manager_id, user, "deals.delete") if chosen.status == "bin" else query


def ordered_deals(user: User, asked: Wish, chosen: Filter) -> sa.Select[Deal]:
    """The filtered deals that the person may take away, in the asked order, joined with what the list shows of them."""
    query = _joined(sa.select(Deal)).where(*_conditions(chosen, user))
    return _seen(query, chosen, user, "deals.export").order_by(*order(ORDERS, asked, "-created"))


def filtered_ids(user: User, asked: Wish, chosen: Filter, right: str, most: int) -> Sequence[int]:
    """The ids of the filtered deals that a right covers, in the order of the list, `most` of them."""
    query = _joined(sa.select(Deal.id)).where(*_conditions(chosen, user))
    return db.session.scalars(_seen(query, chosen, user, right).order_by(*order(ORDERS, asked, "-created")).limit(most)).all()


@dataclass(frozen=True, slots=True)
class Line:
    """A deal in the list; `reason` is the code of why it is forgotten, when the list was asked for forgotten ones."""

    id: int
    title: str
    client: str
    stage: str
    status: str
    next_step_on: dt.date | None
    next_step: str
    closed_on: dt.date | None
    manager: str | None
    amount: int
    currency: str
    reason: str | None


def deals(user: User, asked: Wish, chosen: Filter) -> Page:
    """One page of the list. The ids of the page are chosen first, so that thousands of deals are not joined to show fifty."""
    wanted = order(ORDERS, asked, "-created")
    chosen_ids = _seen(_joined(sa.select(Deal.id), *_needed(asked, chosen)), chosen, user)
    reason = reason_of(dates.today()) if chosen.forgotten else sa.null()

    def shown(ids: sa.Subquery) -> sa.Select[*tuple[Any, ...]]:
        query = sa.select(
            Deal.id, Deal.title, Company.name, Contact.surname, Contact.given_name, Contact.patronymic, Stage.name, Deal.status,
            Deal.next_step_on, Deal.next_step, Deal.closed_on, User.name, Deal.amount, Deal.currency, reason)
        return _joined(query.join_from(Deal, ids, ids.c.id == Deal.id)).order_by(*wanted)

    page = fetch(chosen_ids.where(*_conditions(chosen, user)).order_by(*wanted), asked, "deals.index", shown=shown)
    return replace(page, rows=[
        Line(row[0], row[1], client_name(*row[2:6]), *row[6:]) for row in page.rows])


@dataclass(frozen=True)
class Sum:
    """Deals of one currency: how many, their sum in minor units."""

    currency: str
    count: int
    amount: int


def sums(user: User, chosen: Filter) -> list[Sum]:
    """The whole filtered list added up, a row for each currency, the largest first."""
    query = _joined(sa.select(Deal.currency, sa.func.count(), sa.func.sum(Deal.amount)).select_from(Deal),
                    *_needed(Wish(), chosen)).where(*_conditions(chosen, user)).group_by(Deal.currency)
    rows = db.session.execute(_seen(query, chosen, user)).all()
    return sorted((Sum(row[0], row[1], int(row[2] or 0)) for row in rows), key=lambda one: -one.amount)


def days_since(moment: dt.datetime) -> int:
    """Whole calendar days in the company's zone from a moment until today."""
    return (dates.today() - moment.astimezone(dates.zone()).date()).days


# made once: making a statement costs more than running it
WAY = sa.select(StageVisit.stage_id, StageVisit.entered_at, StageVisit.left_at).where(
    StageVisit.deal_id == sa.bindparam("deal_id")).order_by(StageVisit.id)
STEPS = sa.select(StageStep, DealStep.step_id).outerjoin(
    DealStep, sa.and_(DealStep.step_id == StageStep.id, DealStep.deal_id == sa.bindparam("deal_id"))).where(
    StageStep.stage_id == sa.bindparam("stage_id")).order_by(StageStep.position, StageStep.id)
STAGES = sa.select(Stage).where(Stage.pipeline_id == sa.bindparam("pipeline_id")).order_by(Stage.position, Stage.id)
# "this one or one of those" would make PostgreSQL read all people
PEOPLE = sa.select(Contact).options(selectinload(Contact.channels)).where(Contact.deleted_at.is_(None), Contact.id.in_(sa.union_all(
    sa.select(sa.bindparam("contact_id", type_=sa.Integer())),
    sa.select(deal_person.c.contact_id).where(deal_person.c.deal_id == sa.bindparam("deal_id")))))


@dataclass(frozen=True)
class Visit:
    """A stay in a stage: since when, until when (None: still there), and for how many calendar days."""

    stage: Stage
    entered_at: dt.datetime
    left_at: dt.datetime | None
    days: int


def visits(deal: Deal, stages: Sequence[Stage]) -> list[Visit]:
    """The way of a deal through `stages`, those of its pipeline, in the order in which it went."""
    rows = db.session.execute(WAY, {"deal_id": deal.id})
    zone, today, known = dates.zone(), dates.today(), {stage.id: stage for stage in stages}
    return [Visit(known[stage_id], entered_at, left_at,
                  ((left_at.astimezone(zone).date() if left_at else today) - entered_at.astimezone(zone).date()).days)
            for stage_id, entered_at, left_at in rows if stage_id in known]


def stage_days(way: Sequence[Visit]) -> dict[int, int]:
    """Days in each stage, all stays added up."""
    days: dict[int, int] = {}
    for visit in way:
        days[visit.stage.id] = days.get(visit.stage.id, 0) + visit.days
    return days


@dataclass(frozen=True)
class Tick:
    """A key step of a stage and whether it was done on this deal."""

    step: StageStep
    done: bool


def checklist(deal: Deal) -> list[Tick]:
    """The key steps of the deal's present stage."""
    rows = db.session.execute(STEPS, {"deal_id": deal.id, "stage_id": deal.stage_id})
    return [Tick(step, done is not None) for step, done in rows]


def stages_of(pipeline_id: int) -> Sequence[Stage]:
    """The stages of a pipeline in order."""
    return db.session.scalars(STAGES, {"pipeline_id": pipeline_id}).all()


def step_of(deal: Deal, step_id: int) -> StageStep | None:
    """A key step of the deal's pipeline."""
    return db.session.scalar(sa.select(StageStep).join(Stage).where(
        StageStep.id == step_id, Stage.pipeline_id == deal.pipeline_id))


def line_of(deal: Deal, line_id: int) -> DealLine | None:
    """A line of this deal, nobody else's."""
    return db.session.scalar(sa.select(DealLine).where(DealLine.id == line_id, DealLine.deal_id == deal.id))


def people_of(deal: Deal) -> list[Contact]:
    """The client's people in the deal, the main contact first, with their phones and letters."""
    found = db.session.scalars(PEOPLE, {"deal_id": deal.id, "contact_id": deal.contact_id})
    return sorted(found, key=lambda one: (one.id != deal.contact_id, one.sort_key))


@dataclass(frozen=True)
class Bought:
    """What a client bought: the product's name then, in all deals; `last_on` is the latest closing day."""

    name: str
    unit: str
    currency: str
    quantity: Decimal
    times: int
    last_on: dt.date | None


def of_client(client: Company | Contact, user: User, *, limit: int = 13) -> Sequence[Deal]:
    """The client's deals that the person may see, open ones first, then by closing day, latest first."""
    query = sa.select(Deal).options(joinedload(Deal.stage), joinedload(Deal.manager)).where(
        _belongs(client), Deal.deleted_at.is_(None)).order_by(
        (Deal.status != OPEN), Deal.closed_on.desc(), Deal.id.desc()).limit(limit)
    return db.session.scalars(scope.narrow(query, Deal.manager_id, user, "deals.see")).all()


def bought(client: Company | Contact, user: User, *, limit: int = 12) -> list[Bought]:
    """Products of the client's won deals, latest first; only deals that the person may see count."""
    query = (sa.select(DealLine.name, DealLine.unit, Deal.currency, sa.func.sum(DealLine.quantity),
                       sa.func.count(Deal.id.distinct()), sa.func.max(Deal.closed_on))
             .join(DealLine.deal).where(_belongs(client), Deal.status == WON, DealLine.choice.is_(None) | DealLine.chosen,
                                         Deal.deleted_at.is_(None))
             .group_by(DealLine.name, DealLine.unit, Deal.currency)
             .order_by(sa.func.max(Deal.closed_on).desc(), DealLine.name).limit(limit))
    rows = db.session.execute(scope.narrow(query, Deal.manager_id, user, "deals.see")).all()
    return [Bought(*row) for row in rows]


def _belongs(client: Company | Contact) -> sa.ColumnElement[bool]:
    if isinstance(client, Company):
        return Deal.company_id == client.id
    return _of_person(client.id)


def _of_person(contact_id: int) -> sa.ColumnElement[bool]:
    """Deals in which the person takes part; each of the two ways by an index of its own."""
    led = aliased(Deal)
    return Deal.id.in_(sa.union_all(sa.select(led.id).where(led.contact_id == contact_id),
                                    sa.select(deal_person.c.deal_id).where(deal_person.c.contact_id == contact_id)))
