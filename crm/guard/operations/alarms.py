"""Alarms: kept once a day for each person and rule, told to the owner on the desk and by a letter, to nobody else."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from crm.accounts.models import Organization
from crm.core import journal
from crm.core.db import db, upsert, utcnow
from crm.core.jobs import Job
from crm.guard import events
from crm.guard.models import Alarm

LETTER = "guard.letter"  # the job that writes to the owner; a feature that knows letters does it


def raise_alarm(connection: Connection, rule: str, user_id: int | None, *, day: dt.date, count: int, usual: int = 0) -> bool:
    """Keep an alarm and have the owner told, in the caller's own transaction; False when that day has it already."""
    row = upsert(connection, Alarm).values(rule=rule, user_id=user_id, day=day, at=utcnow(), count=count, usual=usual)
    alarm_id = connection.scalar(row.on_conflict_do_nothing().returning(Alarm.id))
    if alarm_id is None:
        return False
    connection.execute(sa.update(Organization).values(alarms=Organization.alarms + 1))  # no new version
    connection.execute(sa.insert(journal.Entry).values(
        kind=events.ALARM.code, at=utcnow(), actor_id=user_id, address="", rows=count,
        data={"rule": rule, "usual": usual, "day": day.isoformat()}))
    connection.execute(sa.insert(Job).values(
        kind=LETTER, payload=f'{{"alarm_id": {alarm_id}}}', key=f"{LETTER}:{alarm_id}", run_at=utcnow(), attempts=0))
    return True


def see_alarms() -> int:
    """The owner has read them: how many there were."""
    result = db.session.execute(sa.update(Alarm).where(Alarm.seen_at.is_(None)).values(seen_at=utcnow())
                                .returning(Alarm.id)).all()
    db.session.execute(sa.update(Organization).values(alarms=0).execution_options(synchronize_session=False))
    return len(result)
