"""Work done after the request, from a table written in the same transaction.

A job cannot run before its data is committed, nor survive a roll-back. A claim is one UPDATE with a lease:
a crash only delays a job, and a second process does no harm. Handlers are idempotent (at least once).
"""

import datetime as dt
import json
import logging
import threading
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, Moment, db, utcnow

log = logging.getLogger(__name__)
LEASE = dt.timedelta(minutes=5)
MAX_ATTEMPTS = 8
HANDLERS: dict[str, Callable[..., None]] = {}


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


def handler(kind: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Name the function that does jobs of `kind`; it is called with the payload as keywords."""

    def keep(function: Callable[..., None]) -> Callable[..., None]:
        HANDLERS[kind] = function
        return function

    return keep


def enqueue(kind: str, *, delay: float = 0, key: str | None = None, **payload: Any) -> None:
    """Add a job to the current transaction; `delay` in seconds. With `key`, a waiting twin is kept as is."""
    if key and db.session.scalar(sa.select(Job.id).where(Job.key == key)):
        return
    run_at = utcnow() + dt.timedelta(seconds=delay)
    db.session.add(Job(kind=kind, payload=json.dumps(payload), key=key, run_at=run_at, attempts=0))


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
            .values(run_at=utcnow() + LEASE, attempts=Job.attempts + 1)
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
        HANDLERS[kind](**json.loads(payload))
        db.session.execute(sa.delete(Job).where(Job.id == job_id))
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        log.exception("job %s (%s) failed", job_id, kind)
        wait = dt.timedelta(seconds=min(3600, 10 * 4**attempts))
        db.session.execute(sa.update(Job).where(Job.id == job_id)
                           .values(run_at=utcnow() + wait, error=repr(error)[:500]))
        db.session.commit()
    return True


class Worker(threading.Thread):
    """The one job thread of a server process; never started by commands or tests."""

    def __init__(self, app: Flask, every: float = 1.0) -> None:
        super().__init__(daemon=True, name="jobs")
        self.app, self.every = app, every
        self.quit = threading.Event()
        self.beat = utcnow()

    def run(self) -> None:
        """Look for work until told to quit; a database that is away for a moment does not end the thread."""
        while not self.quit.is_set():
            try:
                with self.app.app_context():
                    busy = run_one()
            except Exception:
                log.exception("the job loop failed")
                busy = False
            self.beat = utcnow()
            if not busy:
                self.quit.wait(self.every)


def alive(app: Flask) -> bool:
    """Whether the job thread of this process has looked for work lately."""
    worker: Worker | None = app.extensions.get("job_worker")
    return worker is not None and worker.is_alive() and utcnow() - worker.beat < dt.timedelta(minutes=10)
