"""How much each person reads, counted in memory: a page writes nothing and asks nothing for it.

Every process brings its counts into the base every ten seconds (`core/jobs.beat`) and when it ends. What a process holds when
it is killed is lost: the last ten seconds, longer while a long job runs. A day's limit therefore holds within one process at
once, between several processes to within what the others showed since their last beat.
"""

import datetime as dt
import threading
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import current_app, has_request_context, request
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import queries
from crm.core import dates, jobs, journal, listing
from crm.core.db import db, own_transaction, upsert, utcnow
from crm.guard import events, rules
from crm.guard.errors import LimitReached
from crm.guard.models import Reading

CARD = "card"
FREE = frozenset({"products.index", "imports.index"})  # lists that hold no clients

Key = tuple[int, dt.datetime, str]  # person, hour, what


@dataclass
class Count:
    """What one person read of one sort within an hour, since the last beat."""

    rows: int = 0
    times: int = 0
    address: str = ""
    asked: str = ""


@dataclass
class Tally:
    """The counts of one process."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    pending: dict[Key, Count] = field(default_factory=dict)
    today: dict[tuple[int, dt.date], int] = field(default_factory=dict)  # rows of lists: what the base knew, and pending ones
    opened: set[tuple[int, dt.datetime, str]] = field(default_factory=set)
    refused: set[tuple[int, dt.date]] = field(default_factory=set)
    loaded: bool = False


def tally() -> Tally:
    """The counts of this process."""
    found: Tally = current_app.extensions.setdefault("guard_tally", Tally())
    return found


def _hour() -> dt.datetime:
    return utcnow().replace(minute=0, second=0, microsecond=0)


def show(what: str, rows: int) -> None:
    """A list or a board is about to show `rows` rows: LimitReached when the day's limit would be passed."""
    if not rows or what in FREE or not has_request_context() or not current_user.is_authenticated:
        return
    user_id, day, limit = current_user.id, dates.today(), rules.limit(current_user, "lists")
    counts = tally()
    with counts.lock:
        now = counts.today.get((user_id, day), 0) + rows
        if limit is None or now <= limit:
            counts.today[user_id, day] = now
            _add(counts, (user_id, _hour(), what[:40]), rows)
            return
        first = (user_id, day) not in counts.refused
        counts.refused.add((user_id, day))
    if first:
        journal.note(events.REFUSED, actor_id=user_id, rows=rows, what=what, limit=limit, had=now - rows)
    raise LimitReached(_("You have been shown %(limit)d rows of lists today, which is the limit. Come back tomorrow, "
                         "or ask the owner for more.", limit=limit))


def opened(card: str, card_id: int) -> None:
    """A card was opened; the same one counts once an hour."""
    if not current_user.is_authenticated:
        return
    counts, hour = tally(), _hour()
    with counts.lock:
        mark = (current_user.id, hour, f"{card}-{card_id}")
        if mark not in counts.opened:
            counts.opened.add(mark)
            _add(counts, (current_user.id, hour, CARD), 1)


def _add(counts: Tally, key: Key, rows: int) -> None:
    count = counts.pending.setdefault(key, Count())
    count.rows += rows
    count.times += 1
    count.address = (request.remote_addr or "")[:45]
    count.asked = request.query_string.decode("utf-8", "replace")[:300] or count.asked


@jobs.beat
def bring_in() -> None:
    """Add what this process counted to the base, and learn what the other ones brought."""
    counts = tally()
    with counts.lock:
        taken, counts.pending = counts.pending, {}
        counts.opened = {mark for mark in counts.opened if mark[1] == _hour()}
    if not taken and counts.loaded:
        return
    try:
        if taken:
            _write(taken)
        _learn(counts)
    except BaseException:
        with counts.lock:
            for key, count in taken.items():  # nothing of it was kept: the transaction is whole
                later = counts.pending.setdefault(key, Count(address=count.address, asked=count.asked))
                later.rows, later.times = later.rows + count.rows, later.times + count.times
        raise


def _write(taken: dict[Key, Count]) -> None:
    with own_transaction() as connection:
        for (user_id, hour, what), count in sorted(taken.items()):  # in one order: two processes must not lock each other
            row = upsert(connection, Reading).values(user_id=user_id, hour=hour, what=what, rows=count.rows, times=count.times,
                                                 address=count.address, asked=count.asked, told=False)
            connection.execute(row.on_conflict_do_update(index_elements=["user_id", "hour", "what"], set_={
                "rows": Reading.rows + row.excluded.rows, "times": Reading.times + row.excluded.times,
                "address": row.excluded.address, "asked": row.excluded.asked}))


def _learn(counts: Tally) -> None:
    """The rows of lists of today as the base knows them, and what was counted meanwhile."""
    organization = queries.organization()
    zone = ZoneInfo(organization.timezone if organization else "UTC")
    day = utcnow().astimezone(zone).date()
    start, end = (dt.datetime.combine(one, dt.time(), zone) for one in (day, day + dt.timedelta(days=1)))
    rows = db.session.execute(sa.select(Reading.user_id, sa.func.sum(Reading.rows)).where(
        Reading.hour >= start.astimezone(dt.UTC), Reading.hour < end.astimezone(dt.UTC),
        Reading.what != CARD).group_by(Reading.user_id)).all()
    db.session.rollback()
    with counts.lock:
        known = {(user_id, day): int(total) for user_id, total in rows}
        for (user_id, _at, what), count in counts.pending.items():
            if what != CARD:
                known[user_id, day] = known.get((user_id, day), 0) + count.rows
        counts.today, counts.loaded = known, True
        counts.refused = {mark for mark in counts.refused if mark[1] == day}


listing.WATCHERS.append(show)
