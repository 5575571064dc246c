"""A person's day in the order in which to work: overdue steps, today's by hour, new deals, forgotten ones."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.clients.models import Channel
from crm.core import dates, modules
from crm.core.db import db, utcnow
from crm.core.events import Event, EventLink
from crm.deals.models import OPEN, Deal, Stage
from crm.deals.queries.forgotten import DaysBetween, is_forgotten, reason_of
from crm.tasks.models import Task

NEW_DAYS = 3  # a deal is new for so many days, or until somebody works with it
MOST = 100  # rows of a part of the list; the figure above counts all
FORGOTTEN_ROWS = 10
MOMENT = 0.001  # days: a deal touched no later than this after it was made has not been worked with


@dataclass(frozen=True)
class Todo:
    """One row of the day. `reason`: code of why a deal is forgotten; `phone`: a tel: address."""

    what: str
    deal: Deal | None = None
    task: Task | None = None
    on: dt.date | None = None
    time: dt.time | None = None
    reason: str = ""
    phone: str = ""

    @property
    def key(self) -> str:
        """Names the row on the page."""
        return f"task-{self.task.id}" if self.task else f"deal-{self.deal.id if self.deal else 0}"

    @property
    def client(self) -> str:
        """Whom it is about."""
        if self.deal is not None:
            return self.deal.client_title
        card = self.task and (self.task.company or self.task.contact)
        return card.title if card else ""


@dataclass(frozen=True)
class Day:
    """All parts of the day; `forgotten_count` counts those that do not fit, too."""

    overdue: Sequence[Todo]
    today: Sequence[Todo]
    new: Sequence[Todo]
    forgotten: Sequence[Todo]
    forgotten_count: int
    done: Sequence[Todo]

    @property
    def empty(self) -> bool:
        """Whether nothing asks for work."""
        return not (self.overdue or self.today or self.new or self.forgotten)


def day_of(user: User) -> Day:
    """What the person has to do today, in the company's zone."""
    today = dates.today()
    steps = _steps(user, today)
    new = _new(user, today, {row.deal.id for row in steps if row.deal})
    shown = {row.deal.id for row in [*steps, *new] if row.deal}
    forgotten, count = _forgotten(user, today, shown)
    rows = _with_phones([*steps, *new, *forgotten])
    steps, new, forgotten = (rows[:len(steps)], rows[len(steps):len(steps) + len(new)],
                             rows[len(steps) + len(new):])
    return Day([row for row in steps if row.on and row.on < today],
               [row for row in steps if row.on == today], new, forgotten, count, _done(user, today))


def _cards(query: Any, path: Any = None) -> Any:
    """Read the client with the deal."""
    load = path.joinedload if path is not None else joinedload
    return query.options(load(Deal.company), load(Deal.contact))


def _steps(user: User, today: dt.date) -> list[Todo]:
    """Tasks that are due, and next steps of deals that have no task, by day and hour."""
    steps = sa.select(Deal).where(Deal.manager_id == user.id, Deal.status == OPEN, Deal.deleted_at.is_(None),
                                  Deal.next_step_on <= today)
    rows: list[Todo] = []
    if modules.on("tasks"):
        open_task = sa.select(Task.id).where(Task.deal_id == Deal.id, Task.done_at.is_(None))
        steps = steps.where(~open_task.exists())
        rows = [_task_row(task) for task in _tasks(user, Task.done_at.is_(None), Task.due_on <= today)]
    order = (Deal.next_step_on, Deal.next_step_time.is_(None), Deal.next_step_time, Deal.id)
    found = db.session.scalars(_cards(steps).order_by(*order).limit(MOST))
    rows += [Todo(deal.next_step, deal, on=deal.next_step_on, time=deal.next_step_time) for deal in found]
    return sorted(rows, key=lambda row: (row.on or today, row.time is None, row.time or dt.time()))


def _tasks(user: User, *conditions: Any) -> Sequence[Task]:
    binned = sa.select(Deal.id).where(Deal.id == Task.deal_id, Deal.deleted_at.is_not(None))
    query = sa.select(Task).where(Task.assignee_id == user.id, ~binned.exists(), *conditions)
    query = query.options(joinedload(Task.contact), joinedload(Task.company))
    return db.session.scalars(_cards(query, joinedload(Task.deal)).order_by(
        Task.due_on, Task.due_time.is_(None), Task.due_time, Task.id).limit(MOST)).all()


def _task_row(task: Task) -> Todo:
    return Todo(task.text, task.deal, task, on=task.due_on, time=task.due_time)


def _done(user: User, today: dt.date) -> list[Todo]:
    """What was done since midnight, the latest first."""
    if not modules.on("tasks"):
        return []
    midnight = dt.datetime.combine(today, dt.time(), dates.zone())
    done = sorted(_tasks(user, Task.done_at >= midnight), key=lambda task: task.done_at or midnight)
    return [_task_row(task) for task in reversed(done)]


def _new(user: User, today: dt.date, shown: Collection[int]) -> list[Todo]:
    """Deals that came to the person in the last days and that nobody has worked with since."""
    edge = utcnow() - dt.timedelta(days=NEW_DAYS)
    given = sa.select(Event.id).join(EventLink, EventLink.event_id == Event.id).where(
        EventLink.card == "deal", EventLink.card_id == Deal.id, Event.kind == "deal.assigned",
        Event.at >= edge, Event.at >= Deal.touched_at)
    fresh = sa.and_(Deal.created_at >= edge, DaysBetween(Deal.touched_at, Deal.created_at) < MOMENT,
                    sa.or_(Deal.engaged_on.is_(None), Deal.engaged_on >= today - dt.timedelta(days=NEW_DAYS)))
    query = sa.select(Deal).where(Deal.manager_id == user.id, Deal.status == OPEN, Deal.deleted_at.is_(None),
                                  sa.or_(fresh, given.exists()), Deal.id.not_in(sorted(shown)))
    return [Todo(deal.title, deal, on=deal.engaged_on) for deal in
            db.session.scalars(_cards(query).order_by(Deal.created_at, Deal.id).limit(MOST))]


def _forgotten(user: User, today: dt.date, shown: Collection[int]) -> tuple[list[Todo], int]:
    """The dearest forgotten deals that the rest of the list does not name, and how many there are."""
    here = sa.and_(is_forgotten(today), Deal.manager_id == user.id, Deal.id.not_in(sorted(shown)))
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Deal).where(here)) or 0
    rows = db.session.execute(_cards(sa.select(Deal, reason_of(today)).where(here)).order_by(
        Deal.amount.desc(), Deal.id).limit(FORGOTTEN_ROWS))
    return [Todo(deal.title, deal, reason=reason or "") for deal, reason in rows], count


def _with_phones(rows: Sequence[Todo]) -> list[Todo]:
    """Every row with the number to call: of the person first, then of the company."""
    people, companies = set(), set()
    for row in rows:
        card = row.deal or row.task
        if card is not None:
            people.add(card.contact_id)
            companies.add(card.company_id)
    phones = _phones(people - {None}, companies - {None})

    def phone(card: Deal | Task | None) -> str:
        if card is None:
            return ""
        return phones.get(("contact", card.contact_id)) or phones.get(("company", card.company_id)) or ""

    return [replace(row, phone=phone(row.deal or row.task)) for row in rows]


def _phones(people: Iterable[int | None],
            companies: Iterable[int | None]) -> dict[tuple[str, int | None], str]:
    found: dict[tuple[str, int | None], str] = {}
    query = sa.select(Channel).where(Channel.kind == "phone", sa.or_(
        Channel.contact_id.in_(list(people)), Channel.company_id.in_(list(companies))))
    for row in db.session.scalars(query.order_by(Channel.position, Channel.id)):
        key = ("contact", row.contact_id) if row.contact_id else ("company", row.company_id)
        if row.href:
            found.setdefault(key, row.href)
    return found


def closing_soon(user: User) -> Sequence[Deal]:
    """The person's deals that should be decided until the end of this week, the likeliest first."""
    query = sa.select(Deal).join(Deal.stage).where(
        Deal.manager_id == user.id, Deal.status == OPEN, Deal.deleted_at.is_(None),
        Deal.expected_on <= dates.period("week", dates.today()).end)
    return db.session.scalars(_cards(query).options(joinedload(Deal.stage)).order_by(
        Stage.probability.desc(), Deal.amount.desc(), Deal.id).limit(6)).all()
