"""Writes about tasks. The earliest open task of a deal is its next step: every write here keeps it so."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core.db import db, utcnow
from crm.core.errors import DomainError, Stale
from crm.core.events import Kind, changes, record
from crm.deals import operations as deals
from crm.deals.models import Deal
from crm.tasks import events, queries
from crm.tasks.models import KINDS, Task

FIELDS = frozenset({"kind", "text", "due_on", "due_time", "assignee_id", "result"})


class TaskError(DomainError):
    """A task cannot be kept like that."""


def create_task(*, text: str, due_on: dt.date, actor: User | None, kind: str = "task",
                due_time: dt.time | None = None, assignee_id: int | None = None, deal: Deal | None = None,
                contact: Contact | None = None, company: Company | None = None, origin: str | None = None) -> Task:
    """A thing to do on `due_on` (a day of the company's zone), for `assignee_id` or else the actor.

    Records TASK_CREATED on the cards that it concerns. TaskError without words. `origin` names what made it, to be found by that.
    """
    task = add_quietly(text=text, due_on=due_on, actor=actor, kind=kind, due_time=due_time,
                       assignee_id=assignee_id, deal=deal, contact=contact, company=company)
    task.origin = origin
    _tell(events.TASK_CREATED, task, actor, changed={"due_on": [None, task.due_on.isoformat()]})
    return task


def add_quietly(*, text: str, due_on: dt.date, actor: User | None, kind: str = "task",
                due_time: dt.time | None = None, assignee_id: int | None = None, deal: Deal | None = None,
                contact: Contact | None = None, company: Company | None = None) -> Task:
    """Like `create_task`, for what another fact has told already, such as a deal's new next step."""
    if deal is not None:
        adopt(deal)
    task = Task(kind=_kind(kind), text=_words(text), due_on=due_on, due_time=due_time,
                assignee_id=assignee_id or (actor.id if actor else None),
                created_by_id=actor.id if actor else None, deal=deal, contact=contact, company=company)
    db.session.add(task)
    db.session.flush()
    sync(deal)
    return task


def update_task(task: Task, *, actor: User | None, version: int | None = None, **fields: Any) -> None:
    """Change words, day, time, kind, person or result. Stale when `version` is not the present one."""
    if version is not None and version != task.version:
        raise Stale(_("Somebody changed this task since you opened it. Reload the page and try again."))
    if unknown := fields.keys() - FIELDS:
        raise TypeError(f"a task's {', '.join(sorted(unknown))} cannot be changed here")
    if "text" in fields:
        fields["text"] = _words(fields["text"])
    if "kind" in fields:
        fields["kind"] = _kind(fields["kind"])
    before, had = _shown(task), task.assignee_id
    for name, value in fields.items():
        setattr(task, name, value)
    db.session.flush()
    sync(task.deal)
    if changed := changes(before, _shown(task)):
        _tell(events.TASK_CHANGED, task, actor, had, changed=changed)


def _shown(task: Task) -> dict[str, Any]:
    """What the timeline tells of a change: a name in place of an id."""
    person = db.session.get(User, task.assignee_id) if task.assignee_id else None
    return {"text": task.text, "due_on": task.due_on, "due_time": task.due_time,
            "assignee": person.name if person else "", "result": task.result}


def complete_task(task: Task, *, actor: User | None, result: str = "") -> None:
    """Done, with what came of it. The deal is touched. Nothing happens when it was done already."""
    if task.done_at is not None:
        return
    finish_quietly(task, result=result)
    _tell(events.TASK_DONE, task, actor, text=task.result)


def finish_quietly(task: Task, *, result: str = "") -> None:
    """Like `complete_task`, for what another fact has told already."""
    task.done_at, task.result = utcnow(), result.strip() or task.result
    if task.deal is not None:
        deals.touch(task.deal)
    db.session.flush()
    sync(task.deal)


def reopen_task(task: Task, *, actor: User) -> None:
    """Not done after all."""
    if task.done_at is None:
        return
    task.done_at = None
    db.session.flush()
    sync(task.deal)
    _tell(events.TASK_REOPENED, task, actor)


def delete_task(task: Task, *, actor: User) -> None:
    """Gone; what was to be done stays on the timeline."""
    _take_away(task, events.TASK_DELETED, actor)


def drop_task(task: Task, *, actor: User | None) -> None:
    """Gone although nobody did it: what it was for is no more. What was done stays done."""
    if task.done_at is None:
        _take_away(task, events.TASK_DROPPED, actor)


def _take_away(task: Task, kind: Kind, actor: User | None) -> None:
    deal = task.deal
    _tell(kind, task, actor)
    db.session.delete(task)
    db.session.flush()
    sync(deal)


def sync(deal: Deal | None) -> None:
    """Make the earliest open task the deal's next step; without tasks the deal has none.

    The deal is held first: of two who add a task at the same time the later one must see the other's.
    """
    if deal is None:
        return
    kept = db.session.execute(sa.select(Deal.next_step, Deal.next_step_on, Deal.next_step_time).where(
        Deal.id == deal.id).with_for_update(key_share=True)).one()  # the new task itself holds the deal's key
    task = queries.earliest(deal)
    wanted = (task.text, task.due_on, task.due_time) if task else ("", None, None)
    if wanted != tuple(kept):
        deals.set_next_step(deal, text=wanted[0], on=wanted[1], time=wanted[2])


def adopt(deal: Deal) -> None:
    """Make a task of a next step that was set while tasks were switched off, so that it is not lost."""
    if deal.next_step_on is not None and queries.earliest(deal) is None:
        keep_step(deal, actor=None)


def keep_step(deal: Deal, *, actor: User | None) -> None:
    """Make a task of the step that stands on the deal, for its manager."""
    if deal.next_step_on is None:
        return
    db.session.add(Task(kind="task", text=deal.next_step or _("Call the client"), due_on=deal.next_step_on,
                        due_time=deal.next_step_time, deal=deal, created_by_id=actor.id if actor else None,
                        assignee_id=deal.manager_id or (actor.id if actor else None)))
    db.session.flush()
    sync(deal)


def _tell(kind: Kind, task: Task, actor: User | None, had: int | None = None, **data: Any) -> None:
    """Record the fact; `people` are those whose day it changes: who has the task, and who had it before."""
    deal = task.deal
    company, contact = (deal.company, deal.contact) if deal else (task.company, task.contact)
    record(kind, deal, company, contact, actor_id=actor.id if actor else None, title=task.text,
           task_kind=task.kind, people=sorted({one for one in (task.assignee_id, had) if one}), **data)


def _words(text: str) -> str:
    words = " ".join((text or "").split())
    if not words:
        raise TaskError(_("Say what needs to be done."))
    return words[:300]


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise TaskError(_("Choose a call, a meeting, a letter or a task."))
    return kind
