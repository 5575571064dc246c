"""Tasks deleted, one or many: what a second person looks at when it is many."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import ngettext

from crm.accounts.models import User
from crm.core.db import db
from crm.guard import acts
from crm.guard.acts import Named
from crm.tasks import events, operations, queries
from crm.tasks.models import Task


def _delete(task_id: int, actor: User) -> None:
    task = db.session.get(Task, task_id)
    if task is not None:
        operations.delete_task(task, actor=actor)


def _named(ids: Sequence[int], reader: User) -> list[Named]:
    rows = db.session.execute(sa.select(Task.id, Task.text).where(Task.id.in_(ids), queries.visible(reader)).order_by(Task.id))
    return [Named("task", task_id, text, f"/tasks/{task_id}") for task_id, text in rows]


DELETE = acts.declare(acts.Act(
    "tasks.delete", "tasks.delete", "task", (events.TASK_DELETED,),
    lambda number: ngettext("Delete %(num)s task", "Delete %(num)s tasks", number), _delete, _named))
