"""Work done after the request, from a table written in the same transaction.

A job cannot run before its data is committed, nor survive a roll-back. A claim is one UPDATE with a lease that is renewed while
the job runs: a crash only delays a job. Who has lost the lease (a process that slept, a clock that jumped) keeps nothing: what
a job writes and its end are one transaction, so it is done once in effect. What it does outside, it may do twice.
"""

import datetime as dt
import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import sqlalchemy as sa
from flask import Flask, current_app
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import CLOCKS_DIFFER, Base, Moment, db, reading, upsert, utcnow

log = logging.getLogger(__name__)
LEASE = dt.timedelta(seconds=90)
MENDING = 5.0  # seconds between two looks for jobs that a clock has put too far away
MAX_ATTEMPTS = 8
HANDLERS: dict[str, Callable[..., None]] = {}
RECURRING: dict[str, dt.timedelta] = {}
BEATS: list[Callable[[], None]] = []
BEAT = 10.0  # seconds
SILENCE, PATIENT_SILENCE = 600.0, 12 * 3600.0  # seconds after which the job thread counts as dead
LONGEST: dict[str, dt.timedelta] = {}  # of jobs that put themselves off: how long at most
_attempt: ContextVar[int] = ContextVar("attempt", default=1)


class NotDone(Exception):  # noqa: N818 - reads like the trade: raise NotDone(...)
    """Raised by a job that could not be done, for a reason that it knows: tried again after `again_in`, or given up where
    no further try would help (None). What it wrote is kept.
    """

    def __init__(self, reason: str, again_in: dt.timedelta | None) -> None:
        super().__init__(reason)
        self.reason, self.again_in = reason, again_in


class LeaseLost(RuntimeError):  # noqa: N818
    """Another process does this job by now."""


class Job(Base):
    """One piece of work; gone when done. `key`: at most one waiting job of that key."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    payload: Mapped[str] = mapped_column(sa.Text, default="{}")
    key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    run_at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(sa.Text)


def handler(kind: str, *, longest: dt.timedelta | None = None) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Name the function that does jobs of `kind`; it is called with the payload as keywords. `longest`: how long it puts itself off
    at most (NotDone).
    """

    def keep(function: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[kind] = function
        if longest is not None:
            LONGEST[kind] = longest
        return function

    return keep


def every(interval: dt.timedelta, kind: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Name the function that does the job `kind` again and again, `interval` after it was last done."""

    def keep(function: Callable[[], None]) -> Callable[[], None]:
        RECURRING[kind] = interval
        HANDLERS[kind] = function
        return function

    return keep


def beat(function: Callable[[], None]) -> Callable[[], None]:
    """Name a function that every process calls every ten seconds and once more when it ends: what it holds in memory
    is brought into the base. It works in transactions of its own.
    """
    BEATS.append(function)
    return function


def beat_now(app: Flask) -> None:
    """Call the beats of this process; one that fails is told in the log and tried again next time."""
    for function in BEATS:
        try:
            with app.app_context():
                function()
        except Exception:
            log.exception("a beat failed")


def ensure_recurring() -> None:
    """Put the recurring jobs that do not wait yet into the table, due at once. Commits; a second process adds nothing."""
    for kind in RECURRING:
        row = upsert(db.engine, Job).values(kind=kind, payload="{}", key=f"every:{kind}", run_at=utcnow(), attempts=0)
        db.session.execute(row.on_conflict_do_nothing(index_elements=["key"]))
    db.session.commit()


def enqueue(kind: str, *, key: str | None = None, **payload: Any) -> None:
    """Add a job to the current transaction, due at once: what is to happen later belongs to a recurring job. With `key`, a waiting
    twin is kept as is.
    """
    if key and db.session.scalar(sa.select(Job.id).where(Job.key == key)):
        return
    db.session.add(Job(kind=kind, payload=json.dumps(payload), key=key, run_at=utcnow(), attempts=0))


def hurry(key: str) -> None:
    """A job of this key that waits for its next try is due at once, with all its tries; one that is being done is left alone."""
    put_off = (Job.key == key, Job.error.is_not(None))
    db.session.execute(sa.update(Job).where(*put_off).values(attempts=0, run_at=utcnow()))


def attempt() -> int:
    """Which try of the present job this is, from 1."""
    return _attempt.get()


def claim() -> tuple[int, str, str, int] | None:
    """Take one due job by moving its time past the lease; (id, kind, payload, attempts) or None."""
    due = (sa.select(Job.id).where(Job.run_at <= utcnow(), Job.attempts < MAX_ATTEMPTS)
           .order_by(Job.run_at, Job.id).limit(1))
    if db.engine.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    if not db.session.scalar(due.with_only_columns(Job.id)):
        db.session.rollback()
        return None
    take = (sa.update(Job).where(Job.id == due.scalar_subquery())
            .values(run_at=utcnow() + LEASE, attempts=Job.attempts + 1, error=None)
            .returning(Job.id, Job.kind, Job.payload, Job.attempts)
            .execution_options(synchronize_session=False))
    row = db.session.execute(take).first()
    db.session.commit()
    return None if row is None else (row.id, row.kind, row.payload, row.attempts)


def run_one() -> bool:
    """Do one due job; False when none is due. A failure is kept with the job and tried again later."""
    claimed = claim()
    if claimed is None:
        return False
    job_id, kind, payload, attempts = claimed
    try:
        with _leased(job_id, attempts):
            missed = _do(kind, payload, attempts)
        if missed is None:
            _done(job_id, kind, attempts)
        else:
            _put_off(job_id, kind, attempts, missed)
        db.session.commit()
    except LeaseLost:
        db.session.rollback()
        log.warning("job %s (%s) took too long: another process does it now", job_id, kind)
    except Exception as error:
        db.session.rollback()
        log.exception("job %s (%s) failed", job_id, kind)
        tried = min(attempts, MAX_ATTEMPTS - 1) if kind in RECURRING else attempts  # what recurs is never given up
        db.session.execute(sa.update(Job).where(Job.id == job_id, Job.attempts == attempts)
                           .values(run_at=utcnow() + _pause(attempts), error=repr(error)[:500], attempts=tried))
        db.session.commit()
    return True


def _do(kind: str, payload: str, attempts: int) -> NotDone | None:
    """Call the handler; why it could not do the job, when it says so."""
    mark = _attempt.set(attempts)
    try:
        HANDLERS[kind](**json.loads(payload))
    except NotDone as missed:
        return missed
    finally:
        _attempt.reset(mark)
    return None


def _pause(attempts: int) -> dt.timedelta:
    """How long a job that failed for the n-th time waits for its next try."""
    return dt.timedelta(seconds=min(3600, 10 * 4**attempts))


@contextmanager
def _leased(job_id: int, attempts: int) -> Iterator[None]:
    """Renew the lease while the block runs. On SQLite nobody else could take the job, and the block may hold the one write lock."""
    if db.engine.dialect.name != "postgresql":
        yield
        return
    app, over = current_app._get_current_object(), threading.Event()  # type: ignore[attr-defined]

    def keep() -> None:
        while not over.wait(LEASE.total_seconds() / 3):
            try:
                with app.app_context(), db.engine.begin() as connection:
                    connection.execute(sa.update(Job).where(Job.id == job_id, Job.attempts == attempts)
                                       .values(run_at=utcnow() + LEASE))
            except sa.exc.SQLAlchemyError:
                log.warning("the lease of job %s was not renewed", job_id)

    keeper = threading.Thread(target=keep, daemon=True, name="lease")
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _done(job_id: int, kind: str, attempts: int) -> None:
    """What recurs waits for its next time, everything else is gone. LeaseLost when somebody else took it meanwhile."""
    mine = (Job.id == job_id, Job.attempts == attempts)
    if kind in RECURRING:
        again = {"run_at": utcnow() + RECURRING[kind], "attempts": 0, "error": None}
        found = db.session.execute(sa.update(Job).where(*mine).values(again).returning(Job.id)).first()
    else:
        found = db.session.execute(sa.delete(Job).where(*mine).returning(Job.id)).first()
    if found is None:
        raise LeaseLost(job_id)


def _put_off(job_id: int, kind: str, attempts: int, missed: NotDone) -> None:
    """The job waits for its next try, or for a person. LeaseLost when somebody else took it meanwhile."""
    log.warning("job %s (%s) is not done yet", job_id, kind)  # the reason may name somebody's address
    after = {"run_at": utcnow() + (missed.again_in or dt.timedelta()), "error": missed.reason[:500],
             "attempts": attempts if missed.again_in else MAX_ATTEMPTS}
    mine = (Job.id == job_id, Job.attempts == attempts)
    if db.session.execute(sa.update(Job).where(*mine).values(after).returning(Job.id)).first() is None:
        raise LeaseLost(job_id)


def mend_times(*, alone: bool = False) -> None:
    """Put right what a killed process or a clock that went back has left: no job waits longer than it may. Commits.

    `alone`: no other process does jobs, so what is still claimed belongs to a dead one and is due now; what has killed
    its process three times waits for its lease.
    """
    now = utcnow()
    far, claimed = _too_far(now + CLOCKS_DIFFER), sa.and_(Job.attempts > 0, Job.error.is_(None))
    if alone:
        far = sa.or_(far, sa.and_(claimed, Job.attempts <= 2, Job.run_at > now))
    with reading():
        ids = db.session.scalars(sa.select(Job.id).where(far)).all()
    if ids:
        leased = sa.and_(claimed, sa.true() if not alone else Job.attempts > 2)  # whoever does it renews it, or is dead
        db.session.execute(sa.update(Job).where(Job.id.in_(ids)).values(run_at=sa.case((leased, now + LEASE), else_=now)))
        db.session.commit()


def _too_far(now: dt.datetime) -> sa.ColumnElement[bool]:
    """Every job has a last moment at which it must be due; one that is put further away was stamped by a clock that was wrong."""
    fresh, failed = Job.attempts == 0, Job.error.is_not(None)
    return sa.or_(
        sa.and_(fresh, Job.kind.not_in(RECURRING), Job.run_at > now),
        *(sa.and_(fresh, Job.kind == kind, Job.run_at > now + interval) for kind, interval in RECURRING.items()),
        *(sa.and_(failed, Job.kind == kind, Job.run_at > now + longest) for kind, longest in LONGEST.items()),
        *(sa.and_(failed, Job.kind.not_in(LONGEST), Job.attempts == tries, Job.run_at > now + _pause(tries))
          for tries in range(1, MAX_ATTEMPTS)),
        sa.and_(~fresh, ~failed, Job.run_at > now + LEASE))


@contextmanager
def long_job() -> Iterator[None]:
    """Within the block the job thread may be silent for hours without being taken for dead."""
    worker: Worker | None = current_app.extensions.get("job_worker")
    if worker is None:
        yield
        return
    worker.patient = True
    try:
        yield
    finally:
        worker.patient = False


def try_again() -> None:
    """Jobs that were given up are due now, with all their tries."""
    db.session.execute(sa.update(Job).where(Job.attempts >= MAX_ATTEMPTS).values(attempts=0, run_at=utcnow()))


class Worker(threading.Thread):
    """The one job thread of a server process; never started by commands or tests."""

    def __init__(self, app: Flask, every: float = 1.0) -> None:
        super().__init__(daemon=True, name="jobs")
        self.app, self.every = app, every
        self.quit = threading.Event()
        self.beat = time.monotonic()  # which no clock that is set changes
        self.patient = False  # a job that may take hours is being done
        self.beaten = -BEAT

    def run(self) -> None:
        """Look for work until told to quit; a database that is away for a moment does not end the thread."""
        ensured, looked = False, 0.0
        while not self.quit.is_set():
            try:
                with self.app.app_context():
                    if not ensured:
                        ensure_recurring()
                        mend_times(alone=db.engine.dialect.name == "sqlite")
                        ensured = True
                    elif time.monotonic() > looked + MENDING:
                        mend_times()
                        looked = time.monotonic()
                    busy = run_one()
            except Exception:
                log.exception("the job loop failed")
                busy = False
            self.beat = time.monotonic()
            if self.beat - self.beaten >= BEAT:
                self.beaten = self.beat
                beat_now(self.app)
            if not busy:
                self.quit.wait(self.every)


def alive(app: Flask) -> bool:
    """Whether the job thread of this process has looked for work lately."""
    worker: Worker | None = app.extensions.get("job_worker")
    silence = PATIENT_SILENCE if worker is not None and worker.patient else SILENCE
    return worker is not None and worker.is_alive() and time.monotonic() - worker.beat < silence
