"""Reads of letters."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.core.jobs import MAX_ATTEMPTS, Job
from crm.mail.models import Letter


def letters(user: User) -> sa.Select[*tuple[Any, ...]]:
    """Letters that the person may see, newest first; links that sign in are the owner's alone."""
    query = sa.select(Letter).options(joinedload(Letter.created_by)).order_by(Letter.id.desc())
    query = scope.narrow(query, Letter.created_by_id, user, "mail.see")
    return query if user.role == "owner" else query.where(~Letter.secret)


def job_key(letter_id: int) -> str:
    """The key of the one job that sends a letter."""
    return f"mail-{letter_id}"


def next_try(letter: Letter) -> dt.datetime | None:
    """When a letter that did not go is tried again by itself."""
    return db.session.scalar(sa.select(Job.run_at).where(Job.key == job_key(letter.id), Job.attempts < MAX_ATTEMPTS))
