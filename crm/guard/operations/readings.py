"""Looking at what was read: the journal gets the hours in which much was, the owner hears of what is unusual."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from crm.accounts.models import User
from crm.accounts.queries import organization
from crm.core import journal
from crm.core.db import db, own_transaction, utcnow
from crm.guard import events, rules
from crm.guard.models import Reading
from crm.guard.operations import alarms
from crm.guard.queries import readings as queries
from crm.guard.queries.readings import CARD, Hour, Usual

MASS = 200  # rows of lists in an hour from which on the journal names them
KEPT = dt.timedelta(days=90)
FEW_CARDS, FEW_ROWS = 40, 500  # below these nothing is unusual
TIMES_USUAL = 3
ROWS_PER_CARD = 60  # the ceiling of rows follows from the owner's ceiling of cards
KNOWN = dt.timedelta(days=5)  # of one who is here for less nobody knows what is usual
NIGHT = range(6)  # hours of the company's clock
NIGHT_REST = dt.timedelta(days=21)
FEW_AT_NIGHT = 10


def look() -> None:
    """One round: journal, alarms, and readings that are too old go. Commits."""
    hour = utcnow().replace(minute=0, second=0, microsecond=0)
    _tell_journal(hour)
    company = organization()
    zone = ZoneInfo(company.timezone if company else "UTC")
    owners = set(db.session.scalars(sa.select(User.id).where(User.role == "owner")))
    found = [(rule, one, before) for one in queries.hours_since(hour - dt.timedelta(hours=1)) if one.user_id not in owners
             for rule, before in _unusual(one, zone)]
    db.session.execute(sa.delete(Reading).where(Reading.hour < hour - KEPT))
    db.session.commit()
    for rule, one, before in found:
        count = {"cards": one.cards, "lists": one.rows}.get(rule, one.times)
        with own_transaction() as connection:
            alarms.raise_alarm(connection, rule, one.user_id, day=one.hour.astimezone(zone).date(), count=count, usual=before)


def _tell_journal(edge: dt.datetime) -> None:
    """One entry for each person and hour with many rows; a reading is looked at once."""
    for (_at, user_id), group in groupby(queries.untold(edge), key=lambda row: (row.hour, row.user_id)):
        rows = list(group)
        lists = {row.what: row.rows for row in rows if row.what != CARD}
        if sum(lists.values()) >= MASS:
            _note(user_id, rows, lists)
        for row in rows:
            row.told = True
    db.session.commit()


def _note(user_id: int, rows: Iterable[Reading], lists: dict[str, int]) -> None:
    rows = list(rows)
    data = {"hour": rows[0].hour.isoformat(), "lists": lists, "cards": sum(row.rows for row in rows if row.what == CARD),
            "asked": {row.what: row.asked for row in rows if row.asked and row.what != CARD}}
    db.session.add(journal.Entry(kind=events.READ.code, at=utcnow(), actor_id=user_id, address=rows[0].address,
                                 rows=sum(lists.values()), data=data))


def _unusual(one: Hour, zone: ZoneInfo) -> list[tuple[str, int]]:
    """Rules that this hour breaks, each with the busiest hour before it."""
    before = queries.usual(one.user_id, one.hour)
    known = before is not None and one.hour - before.first >= KNOWN
    found = []
    for rule, count, few, ceiling, usual in (
            ("cards", one.cards, FEW_CARDS, rules.number("cards"), before.cards if before else 0),
            ("lists", one.rows, FEW_ROWS, rules.number("cards") * ROWS_PER_CARD, before.rows if before else 0)):
        if count >= ceiling or (known and count >= few and count > TIMES_USUAL * usual):
            found.append((rule, usual))
    if before is not None and known and _first_night(one, before, zone):
        found.append(("night", 0))
    return found


def _first_night(one: Hour, before: Usual, zone: ZoneInfo) -> bool:
    """Much read at night by one who has not done so for weeks; the nights just before belong to the same."""
    if one.hour.astimezone(zone).hour not in NIGHT or one.times < FEW_AT_NIGHT:
        return False
    tonight = one.hour - dt.timedelta(hours=len(NIGHT))
    return not any(hour.astimezone(zone).hour in NIGHT for hour in before.hours if one.hour - NIGHT_REST <= hour < tonight)
