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


def test_a_recurring_job_waits_for_its_next_time_and_is_in_the_table_once(
        context: Session, done: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RECURRING", {"tick": dt.timedelta(hours=1)})
    monkeypatch.setitem(jobs.HANDLERS, "tick", lambda: done.append(1))
    jobs.ensure_recurring()
    jobs.ensure_recurring()
    assert (jobs.run_one(), jobs.run_one(), done) == (True, False, [1])
    job = context.scalars(sa.select(jobs.Job)).one()
    assert (job.attempts, job.run_at > utcnow() + dt.timedelta(minutes=59)) == (0, True)


def test_a_recurring_job_that_fails_is_never_given_up(
        context: Session, done: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RECURRING", {"tick": dt.timedelta(hours=1)})
    monkeypatch.setitem(jobs.HANDLERS, "tick", lambda: 1 / 0)
    jobs.ensure_recurring()
    for _ in range(jobs.MAX_ATTEMPTS + 2):
        context.execute(sa.update(jobs.Job).values(run_at=utcnow()))
        context.commit()
        assert jobs.run_one()


def test_who_has_lost_the_lease_keeps_nothing(
        context: Session, done: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    def slow(number: int) -> None:
        context.execute(sa.update(jobs.Job).values(attempts=jobs.Job.attempts + 1))  # another process takes it
        context.commit()
        jobs.enqueue("note", number=number)

    monkeypatch.setitem(jobs.HANDLERS, "slow", slow)
    jobs.enqueue("slow", number=1)
    context.commit()
    assert jobs.run_one()
    job = context.scalars(sa.select(jobs.Job)).one()
    assert (job.kind, job.attempts, job.error) == ("slow", 2, None)


def test_no_clock_puts_a_job_further_away_than_it_may_wait(
        context: Session, done: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "RECURRING", {"tick": dt.timedelta(days=1)})
    monkeypatch.setitem(jobs.HANDLERS, "tick", lambda: done.append(2))
    jobs.enqueue("note", number=1)
    jobs.enqueue("note", number=3, delay=3600)
    jobs.ensure_recurring()
    ahead = dt.timedelta(days=400)
    context.execute(sa.update(jobs.Job).where(jobs.Job.run_at <= utcnow()).values(run_at=utcnow() + ahead))
    context.commit()
    assert not jobs.run_one()
    jobs.mend_times()
    while jobs.run_one():
        pass
    assert sorted(done) == [1, 2]


def test_what_a_dead_process_had_claimed_is_due_when_nobody_else_does_jobs(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", number=1)
    context.commit()
    assert jobs.claim()
    jobs.mend_times()
    assert not jobs.run_one()
    jobs.mend_times(alone=True)
    assert (jobs.run_one(), done) == (True, [1])


def test_no_job_is_put_off_for_longer_than_two_hours(context: Session) -> None:
    with pytest.raises(ValueError, match="two hours"):
        jobs.enqueue("note", delay=3 * 3600)
