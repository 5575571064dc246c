"""Lines of the lists of tasks: plain values, for a hundred loaded tasks with their deals and clients cost more than the page."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import names
from crm.clients.models import Company, Contact
from crm.core import dates
from crm.core.db import db
from crm.deals.models import Deal
from crm.tasks import queries
from crm.tasks.models import Task

FIRST, MOST = 50, 300


class TaskLine(NamedTuple):
    """A task as a list shows it; `amount` in minor units of `currency`. `editable`: the reader may change it."""

    id: int
    kind: str
    text: str
    due_on: dt.date
    due_time: dt.time | None
    done_at: dt.datetime | None
    result: str
    deal_id: int | None
    deal: str | None
    amount: int | None
    currency: str | None
    client: str
    assignee: str | None
    mine: bool
    editable: bool


@dataclass(frozen=True)
class Group:
    """Tasks of one urgency: overdue, today, later or done. `more`: not all of them are here."""

    code: str
    tasks: Sequence[TaskLine]
    more: bool = False


_own, _deals = (aliased(Company), aliased(Contact)), (aliased(Company), aliased(Contact))
_COLUMNS = (Task.id, Task.kind, Task.text, Task.due_on, Task.due_time, Task.done_at, Task.result, Task.deal_id, Deal.title, Deal.amount,
            Deal.currency, Task.assignee_id, Task.created_by_id, Deal.manager_id, User.name,
            *(column for company, contact in (_deals, _own)
              for column in (company.name, contact.surname, contact.given_name, contact.patronymic)),
            sa.func.coalesce(_own[0].manager_id, _own[1].manager_id))
_LINES = sa.select(*_COLUMNS).select_from(Task).outerjoin(Deal, Deal.id == Task.deal_id).outerjoin(User, User.id == Task.assignee_id)
for (_company, _contact), _of in ((_deals, Deal), (_own, Task)):
    _LINES = _LINES.outerjoin(_company, _company.id == _of.company_id).outerjoin(_contact, _contact.id == _of.contact_id)


def by_urgency(reader: User, *, whose: str = "mine", kind: str = "", every: bool = False) -> list[Group]:
    """Open tasks as overdue, today and later, and those done today; empty groups are left out. The first fifty, or `every` one up to
    three hundred.

    `whose`: 'mine', or 'all' for everybody whom the reader may see.
    """
    today, most = dates.today(), MOST if every else FIRST
    query = _LINES.where(queries.visible(reader), queries.alive()).order_by(*queries.URGENCY).limit(most + 1)
    if whose != "all":
        query = query.where(Task.assignee_id == reader.id)
    if kind in queries.KIND_LABELS:
        query = query.where(Task.kind == kind)
    midnight = dt.datetime.combine(today, dt.time(), dates.zone())
    found, done = _read(query.where(Task.done_at.is_(None)), reader), _read(query.where(Task.done_at >= midnight), reader)
    more, found = len(found) > most, found[:most]
    groups = [Group("overdue", [task for task in found if task.due_on < today]),
              Group("today", [task for task in found if task.due_on == today]),
              Group("later", [task for task in found if task.due_on > today])]
    groups = [group for group in groups if group.tasks]
    if more:
        groups[-1] = Group(groups[-1].code, groups[-1].tasks, more=True)
    return [*groups, *([Group("done", done[:most], more=len(done) > most)] if done else [])]


def of_deal(deal: Deal, reader: User) -> list[TaskLine]:
    """Open tasks of a deal that the reader may see by urgency, then the latest done ones."""
    query = _LINES.where(Task.deal_id == deal.id, queries.visible(reader))
    return [*_read(query.where(Task.done_at.is_(None)).order_by(*queries.URGENCY).limit(50), reader),
            *_read(query.where(Task.done_at.is_not(None)).order_by(Task.done_at.desc()).limit(5), reader)]


def _read(query: Any, reader: User) -> list[TaskLine]:
    """The deal and the client stand in a line where the reader may see them; a deal's client comes with the deal."""
    editable, deals = queries.covered(reader, "tasks.edit"), scope.visible_owners(reader, "deals.see")
    clients = scope.visible_owners(reader, "clients.see")
    lines = []
    for row in db.session.execute(query):
        about, client = tuple(row[7:11]), ""
        if row[7] and (deals is None or row[13] in deals):
            client = names.client_name(*row[15:19])
        elif row[7]:
            about = (None,) * 4
        elif clients is None or row[23] in clients:
            client = names.client_name(*row[19:23])
        lines.append(TaskLine._make((*row[:7], *about, client, row[14], row[11] == reader.id, editable(*row[11:14]))))
    return lines
