"""Load a task: what the person may not see is 404."""

from typing import cast

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.models import User
from crm.core import access
from crm.tasks import queries
from crm.tasks.models import Task

RIGHT_OF_DEED = {"see": "tasks.see", "edit": "tasks.edit", "delete": "tasks.delete"}


def actor() -> User:
    """The signed-in person of this request."""
    return cast(User, current_user._get_current_object())


def task(task_id: int, deed: str) -> Task:
    """The task, for a deed of RIGHT_OF_DEED; 404 when it is not this person's to see."""
    access.require(RIGHT_OF_DEED[deed])
    found = queries.task(task_id, actor())
    if found is None:
        abort(404, _("There is no such task, or you have no access to it."))
    if not queries.covers(actor(), RIGHT_OF_DEED[deed], found):
        access.refuse()
    return found
