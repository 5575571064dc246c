"""Work after the request."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.core import jobs
from crm.core.db import utcnow


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A kind of job that notes its number, and one that fails."""
    numbers: list[int] = []

    def fail(number: int) -> None:
        raise RuntimeError(f"no {number}")

    monkeypatch.setitem(jobs.HANDLERS, "note", lambda number: numbers.append(number))
    monkeypatch.setitem(jobs.HANDLERS, "fail", fail)
    return numbers


def test_a_job_is_done_once_and_gone(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", number=7)
    context.commit()
    assert (jobs.run_one(), jobs.run_one(), done) == (True, False, [7])


def test_a_job_of_a_transaction_that_failed_never_runs(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", number=7)
    context.rollback()
    assert (jobs.run_one(), done) == (False, [])


def test_a_job_with_a_key_waits_once(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", key="one", number=1)
    context.flush()
    jobs.enqueue("note", key="one", number=2)
    context.commit()
    while jobs.run_one():
        pass
    assert done == [1]


def test_a_failed_job_keeps_its_error_and_waits_longer_each_time(context: Session, done: list[int]) -> None:
    jobs.enqueue("fail", number=3)
    context.commit()
    assert jobs.run_one()
    job = context.scalars(sa.select(jobs.Job)).one()
    assert (job.attempts, job.error) == (1, "RuntimeError('no 3')")
    assert job.run_at > utcnow() + dt.timedelta(seconds=30)
    assert not jobs.run_one()


def test_a_job_that_is_not_due_waits(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", delay=60, number=1)
    context.commit()
    assert (jobs.run_one(), done) == (False, [])
