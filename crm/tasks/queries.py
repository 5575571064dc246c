"""Reads of tasks: the list by urgency, those of a deal, the earliest open one."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db, utcnow
from crm.deals.models import Deal
from crm.tasks.models import Task

Rows = TypeVar("Rows", bound=sa.Select[*tuple[Any, ...]])
MOST = 300
KIND_LABELS = {"call": _l("Call"), "meeting": _l("Meeting"), "letter": _l("Letter"), "task": _l("To-do")}
ICONS = {"call": "phone", "meeting": "calendar", "letter": "mail", "task": "task"}
URGENCY = (Task.due_on, Task.due_time.is_(None), Task.due_time, Task.id)


@dataclass(frozen=True)
class Group:
    """Tasks of one urgency: overdue, today, later or done."""

    code: str
    tasks: Sequence[Task]


def visible(user: User) -> sa.ColumnElement[bool]:
    """Tasks that the person may see: of the people they see, made by them, or of deals that they see."""
    owners = scope.visible_owners(user)
    if owners is None:
        return sa.true()
    ids = sorted(owners)
    theirs = sa.select(Deal.id).where(Deal.manager_id.in_(ids)).scalar_subquery()
    return sa.or_(Task.assignee_id.in_(ids), Task.created_by_id == user.id, Task.deal_id.in_(theirs))


def _with_cards(query: Rows) -> Rows:
    return query.options(
        joinedload(Task.deal).joinedload(Deal.company), joinedload(Task.deal).joinedload(Deal.contact),
        joinedload(Task.contact), joinedload(Task.company), joinedload(Task.assignee))


def _alive() -> sa.ColumnElement[bool]:
    """Tasks of deals in the bin wait there with them."""
    binned = sa.select(Deal.id).where(Deal.deleted_at.is_not(None)).scalar_subquery()
    return sa.or_(Task.deal_id.is_(None), Task.deal_id.not_in(binned))


def by_urgency(user: User, *, whose: str = "mine", kind: str = "") -> list[Group]:
    """Open tasks as overdue, today and later, and those done today; empty groups are left out.

    `whose`: 'mine', or 'all' for everybody whom the person may see.
    """
    today = dates.today()
    query = _with_cards(sa.select(Task)).where(visible(user), _alive()).order_by(*URGENCY).limit(MOST)
    if whose != "all":
        query = query.where(Task.assignee_id == user.id)
    if kind in KIND_LABELS:
        query = query.where(Task.kind == kind)
    found = db.session.scalars(query.where(Task.done_at.is_(None))).all()
    midnight = dt.datetime.combine(today, dt.time(), dates.zone())
    done = db.session.scalars(query.where(Task.done_at >= midnight)).all()
    groups = [Group("overdue", [task for task in found if task.due_on < today]),
              Group("today", [task for task in found if task.due_on == today]),
              Group("later", [task for task in found if task.due_on > today]), Group("done", done)]
    return [group for group in groups if group.tasks]


def of_deal(deal: Deal) -> Sequence[Task]:
    """Open tasks of a deal by urgency, then the latest done ones."""
    query = sa.select(Task).options(joinedload(Task.assignee)).where(Task.deal_id == deal.id)
    still = db.session.scalars(query.where(Task.done_at.is_(None)).order_by(*URGENCY).limit(50)).all()
    done = db.session.scalars(query.where(Task.done_at.is_not(None)).order_by(
        Task.done_at.desc()).limit(5)).all()
    return [*still, *done]


def earliest(deal: Deal) -> Task | None:
    """The open task that is the deal's next step."""
    return db.session.scalar(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at.is_(None)).order_by(*URGENCY).limit(1))


def open_of(deal: Deal) -> Sequence[Task]:
    """All open tasks of a deal by urgency."""
    return db.session.scalars(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at.is_(None)).order_by(*URGENCY)).all()


def last_done(deal: Deal, text: str) -> Task | None:
    """The task of these words that was done last, within the last hour: what "undo" means."""
    hour_ago = utcnow() - dt.timedelta(hours=1)
    return db.session.scalar(sa.select(Task).where(
        Task.deal_id == deal.id, Task.done_at > hour_ago, Task.text == text).order_by(
        Task.done_at.desc()).limit(1))


def task(task_id: int, user: User) -> Task | None:
    """A task that the person may see."""
    return db.session.scalar(_with_cards(sa.select(Task)).where(Task.id == task_id, visible(user)))
