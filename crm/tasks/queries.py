"""Reads of tasks: the list by urgency, those of a deal, the earliest open one."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db, utcnow
from crm.deals.models import Deal
from crm.tasks.models import Task

Rows = TypeVar("Rows", bound=sa.Select[*tuple[Any, ...]])
KIND_LABELS = {"call": _l("Call"), "meeting": _l("Meeting"), "letter": _l("Letter"), "task": _l("To-do")}
ICONS = {"call": "phone", "meeting": "calendar", "letter": "mail", "task": "task"}
URGENCY = (Task.due_on, Task.due_time.is_(None), Task.due_time, Task.id)


def visible(user: User, right: str = "tasks.see") -> sa.ColumnElement[bool]:
    """Tasks that the right covers: of people whom it covers, made by oneself, or of deals that those people lead."""
    owners = scope.visible_owners(user, right)
    if owners is None:
        return sa.true()
    if not owners:
        return sa.false()
    ids = sorted(owners)
    theirs = sa.select(Deal.id).where(Deal.manager_id.in_(ids)).scalar_subquery()
    return sa.or_(Task.assignee_id.in_(ids), Task.created_by_id == user.id, Task.deal_id.in_(theirs))


def _with_cards(query: Rows) -> Rows:
    return query.options(
        joinedload(Task.deal).joinedload(Deal.company), joinedload(Task.deal).joinedload(Deal.contact),
        joinedload(Task.contact), joinedload(Task.company), joinedload(Task.assignee))


def alive() -> sa.ColumnElement[bool]:
    """Tasks of deals in the bin wait there with them."""
    binned = sa.select(Deal.id).where(Deal.id == Task.deal_id, Deal.deleted_at.is_not(None)).correlate(Task)
    return ~binned.exists()  # asked of each task found: a list of the bin would be made from all deals first


def earliest(deal: Deal) -> Task | None:
    """The open task that is the deal's next step."""
    return db.session.scalar(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at.is_(None)).order_by(*URGENCY).limit(1))


def open_of(deal: Deal) -> Sequence[Task]:
    """All open tasks of a deal by urgency."""
    return db.session.scalars(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at.is_(None)).order_by(*URGENCY)).all()


def of_origin(origin: str) -> Task | None:
    """The newest task that this made."""
    return db.session.scalar(sa.select(Task).where(Task.origin == origin).order_by(Task.id.desc()).limit(1))


def last_done(deal: Deal, text: str) -> Task | None:
    """The task of these words that was done last, within the last hour: what "undo" means."""
    hour_ago = utcnow() - dt.timedelta(hours=1)
    return db.session.scalar(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at > hour_ago, Task.text == text).order_by(
        Task.done_at.desc()).limit(1))


def task(task_id: int, user: User) -> Task | None:
    """A task that the person may see."""
    return db.session.scalar(_with_cards(sa.select(Task)).where(Task.id == task_id, visible(user)))


def covered(user: User, right: str) -> Callable[[int | None, int | None, int | None], bool]:
    """Whether the right covers a task that is at hand, by (assignee, who made it, who leads its deal). The same rule as `visible`."""
    owners = scope.visible_owners(user, right)
    if owners is None:
        return lambda *_people: True
    return lambda assignee, maker, leader: bool(owners) and (assignee in owners or maker == user.id or leader in owners)


def covers(user: User, right: str, task: Task) -> bool:
    """Whether the right covers this task; needs its deal."""
    return covered(user, right)(task.assignee_id, task.created_by_id, task.deal.manager_id if task.deal else None)
