"""Rows taken in files, counted against the day's limit before any of them leaves."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm.core.db import own_transaction, upsert
from crm.guard.models import Taken
from crm.guard.operations import alarms


def take(user_id: int, rows: int, *, day: dt.date, limit: int | None, tell: int | None) -> int | None:
    """Count `rows` against the person's day, in a transaction of its own: how many of them the day has now, or None when
    that would pass `limit`; then nothing is counted. One statement decides, so that two files at once cannot both
    slip through. Above `tell` the owner is told.
    """
    with own_transaction() as connection:
        now = _add(connection, user_id, rows, day, limit)
        if now is not None and tell is not None and now > tell:
            alarms.raise_alarm(connection, "files", user_id, day=day, count=now)
    return now


def _add(connection: Connection, user_id: int, rows: int, day: dt.date, limit: int | None) -> int | None:
    if limit is not None and rows > limit:
        return None
    row = upsert(connection, Taken).values(user_id=user_id, day=day, rows=rows)
    total = Taken.rows + row.excluded.rows
    within = None if limit is None or not rows else total <= limit  # an empty file takes nothing
    change = row.on_conflict_do_update(index_elements=["user_id", "day"], set_={"rows": total}, where=within)
    found: int | None = connection.scalar(change.returning(Taken.rows))
    return found


def give_back(user_id: int, rows: int, *, day: dt.date) -> None:
    """The file could not be made: its rows did not leave."""
    with own_transaction() as connection:
        connection.execute(sa.update(Taken).where(Taken.user_id == user_id, Taken.day == day)
                           .values(rows=Taken.rows - rows))


def taken(user_id: int, day: dt.date) -> sa.Select[int]:
    """The rows that a person has taken on a day."""
    return sa.select(Taken.rows).where(Taken.user_id == user_id, Taken.day == day)
