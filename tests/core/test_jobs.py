"""Work after the request."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
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
    jobs.enqueue("note", number=1)
    context.execute(sa.update(jobs.Job).values(run_at=utcnow() + dt.timedelta(seconds=30)))
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


@pytest.mark.parametrize("ahead", [dt.timedelta(days=400), dt.timedelta(hours=1), dt.timedelta(minutes=2)])
def test_no_clock_puts_a_job_further_away_than_it_may_wait(
        context: Session, done: list[int], monkeypatch: pytest.MonkeyPatch, ahead: dt.timedelta) -> None:
    monkeypatch.setattr(jobs, "RECURRING", {"tick": dt.timedelta(days=1)})
    monkeypatch.setitem(jobs.HANDLERS, "tick", lambda: done.append(2))
    jobs.enqueue("note", number=1)
    jobs.ensure_recurring()
    context.execute(sa.update(jobs.Job).where(jobs.Job.kind == "note").values(run_at=utcnow() + ahead))
    context.execute(sa.update(jobs.Job).where(jobs.Job.kind == "tick").values(run_at=utcnow() + ahead + dt.timedelta(days=1)))
    context.commit()
    assert not jobs.run_one()
    jobs.mend_times()
    while jobs.run_one():
        pass
    assert sorted(done) == [1, 2]


def test_a_try_that_failed_under_a_wrong_clock_waits_no_longer_than_any_other(context: Session, done: list[int]) -> None:
    jobs.enqueue("fail", number=1)
    context.commit()
    assert jobs.run_one()
    jobs.mend_times()
    assert not jobs.run_one()
    context.execute(sa.update(jobs.Job).values(run_at=utcnow() + dt.timedelta(hours=1)))
    context.commit()
    jobs.mend_times()
    assert jobs.run_one()


def test_a_job_that_is_being_done_keeps_its_lease_when_the_clock_goes_back(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", number=1)
    context.commit()
    assert jobs.claim()
    context.execute(sa.update(jobs.Job).values(run_at=utcnow() + dt.timedelta(days=1)))
    context.commit()
    jobs.mend_times()
    assert not jobs.run_one()
    assert utcnow() < context.scalars(sa.select(jobs.Job.run_at)).one() <= utcnow() + jobs.LEASE


def test_the_job_thread_is_neither_dead_nor_alive_by_a_clock_that_is_set(app: Flask) -> None:
    worker = jobs.Worker(app)
    worker.is_alive = lambda: True  # type: ignore[method-assign]
    known = app.extensions.get("job_worker")
    app.extensions["job_worker"] = worker
    try:
        with time_machine.travel(utcnow() + dt.timedelta(days=1), tick=False):
            assert jobs.alive(app)
        worker.beat -= 11 * 60
        with time_machine.travel(utcnow() - dt.timedelta(days=1), tick=False):
            assert not jobs.alive(app)
    finally:
        app.extensions["job_worker"] = known


def test_what_a_dead_process_had_claimed_is_due_when_nobody_else_does_jobs(context: Session, done: list[int]) -> None:
    jobs.enqueue("note", number=1)
    context.commit()
    assert jobs.claim()
    jobs.mend_times()
    assert not jobs.run_one()
    jobs.mend_times(alone=True)
    assert (jobs.run_one(), done) == (True, [1])
