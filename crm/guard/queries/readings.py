"""What people read hour by hour, and the alarms that came of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from crm.core.db import db
from crm.guard.models import Alarm, Reading

CARD = "card"
MEMORY = dt.timedelta(days=28)  # how far back "usual" looks


@dataclass(frozen=True)
class Hour:
    """What one person read in one hour: cards opened, rows of lists shown, times anything was asked for."""

    user_id: int
    hour: dt.datetime
    cards: int
    rows: int
    times: int


@dataclass(frozen=True)
class Usual:
    """A person's busiest hours of the last weeks, the moment of the first one, and the hours in which anything was read."""

    cards: int
    rows: int
    first: dt.datetime
    hours: tuple[dt.datetime, ...]


def _hours(*conditions: sa.ColumnElement[bool]) -> list[Hour]:
    cards = sa.func.sum(sa.case((Reading.what == CARD, Reading.rows), else_=0))
    rows = sa.func.sum(sa.case((Reading.what == CARD, 0), else_=Reading.rows))
    found = db.session.execute(sa.select(Reading.user_id, Reading.hour, cards, rows, sa.func.sum(Reading.times)).where(
        *conditions).group_by(Reading.user_id, Reading.hour).order_by(Reading.hour))
    return [Hour(user_id, hour, int(opened), int(shown), int(times)) for user_id, hour, opened, shown, times in found]


def hours_since(edge: dt.datetime) -> list[Hour]:
    """Every person's hours from `edge` on."""
    return _hours(Reading.hour >= edge)


def usual(user_id: int, edge: dt.datetime) -> Usual | None:
    """What this person's hours were like before `edge`; None for one who has not read anything yet."""
    found = _hours(Reading.user_id == user_id, Reading.hour >= edge - MEMORY, Reading.hour < edge)
    if not found:
        return None
    return Usual(max(one.cards for one in found), max(one.rows for one in found), found[0].hour,
                 tuple(one.hour for one in found))


def untold(edge: dt.datetime) -> Sequence[Reading]:
    """Readings of hours that have ended before `edge` and were not looked at for the journal yet."""
    return db.session.scalars(sa.select(Reading).where(Reading.hour < edge, ~Reading.told).order_by(
        Reading.hour, Reading.user_id, Reading.what).limit(2000)).all()


def open_alarms() -> Sequence[Alarm]:
    """Alarms that the owner has not seen, newest first."""
    return db.session.scalars(sa.select(Alarm).options(joinedload(Alarm.user)).where(Alarm.seen_at.is_(None)).order_by(
        Alarm.id.desc()).limit(50)).all()


def alarm_text(alarm: Alarm) -> str:
    """An alarm in the reader's words."""
    return alarm_words(alarm.rule, alarm.user.name if alarm.user else "", alarm.count, alarm.usual)


def alarm_words(rule: str, name: str, count: int, before: int) -> str:
    """What happened, by the rule that noticed it."""
    told = {"name": name, "usual": before}
    if rule == "files":
        return ngettext("%(name)s took %(num)d row in files on one day.", "%(name)s took %(num)d rows in files on one day.", count, **told)
    if rule == "cards":
        return ngettext("%(name)s opened %(num)d card within an hour; the busiest hour before had %(usual)d.",
                        "%(name)s opened %(num)d cards within an hour; the busiest hour before had %(usual)d.", count, **told)
    if rule == "lists":
        return ngettext("%(name)s was shown %(num)d row of lists within an hour; the busiest hour before had %(usual)d.",
                        "%(name)s was shown %(num)d rows of lists within an hour; the busiest hour before had %(usual)d.", count, **told)
    if rule == "night":
        return ngettext("%(name)s read clients at night, for the first time in weeks: %(num)d page or card.",
                        "%(name)s read clients at night, for the first time in weeks: %(num)d pages and cards.", count, **told)
    return ngettext("The log is not as it was written: %(num)d entry was changed, removed or inserted.",
                    "The log is not as it was written: %(num)d entries were changed, removed or inserted.", count)
