"""Invoices past due: a task for the manager and a letter to the client, each once."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.billing import jobs, operations
from crm.core import dates
from crm.core.events import Event
from crm.deals.models import Deal
from crm.documents.models import Document
from crm.documents.operations import cancel_document, revive_document
from crm.mail.models import Letter
from crm.tasks.models import Task
from crm.tasks.operations import complete_task
from tests.billing.scene import invoice
from tests.cast import Cast
from tests.factories import make_deal
from tests.firms.scene import make_trader

Bill = Callable[..., Document]


def tasks(context: Session) -> list[tuple[str, int | None]]:
    return [(text, who) for text, who in context.execute(sa.select(Task.text, Task.assignee_id).where(Task.kind == "call"))]


def test_the_manager_gets_one_task_for_an_invoice(context: Session, deal: Deal, bill: Bill, boris: User) -> None:
    one, today = bill(late=1), dates.today()
    assert operations.remind(today) == 1
    [(text, who)] = tasks(context)
    assert (one.numbered in text, who) == (True, boris.id)
    assert deal.next_step == text
    assert operations.remind(today) == operations.remind(today + dt.timedelta(days=60)) == 0
    assert len(context.scalars(sa.select(Event.id).where(Event.kind == "invoice.overdue")).all()) == 1


def test_nobody_is_reminded_of_what_is_paid_due_today_cancelled_lost_or_binned(deal: Deal, bill: Bill, books: User, boris: User) -> None:
    bill(days=0)
    operations.record_payment(deal, amount=10**9, invoices=[bill(late=4)], actor=books)
    bill(late=2).cancelled_at = dt.datetime.now(dt.UTC)
    for fields in ({"stage": 4}, {"deleted_at": dt.datetime.now(dt.UTC)}):
        invoice(make_deal(deal.pipeline, fields.pop("stage", 0), manager_id=boris.id, **fields), boris, late=3)
    assert operations.remind(dates.today()) == 0


def test_the_day_of_the_task_is_the_owner_s(deal: Deal, bill: Bill) -> None:
    the_organization().billing = {"task_after": 3}
    bill(late=2)
    assert operations.remind(dates.today()) == 0
    assert operations.remind(dates.today() + dt.timedelta(days=1)) == 1


@pytest.mark.parametrize(("settled", "server", "letters"), [({}, "smtp://localhost", 0), ({"letters": True}, "", 0),
                                                            ({"letters": True}, "smtp://localhost", 1)])
def test_the_client_is_written_to_once_when_the_owner_wants_it_and_mail_goes_out(
        app: Flask, context: Session, deal: Deal, bill: Bill, monkeypatch: pytest.MonkeyPatch, settled: dict[str, bool], server: str,
        letters: int) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    the_organization().billing = settled
    one = bill(late=3)
    for _time in range(3):
        operations.remind(dates.today())
    rows = context.scalars(sa.select(Letter)).all()
    assert len(rows) == letters
    if letters:
        assert rows[0].to == "o.lebed@port.example"
        assert one.numbered in rows[0].body
        assert rows[0].attachment_digest == one.digest
        assert "Добрый день" in rows[0].body


def test_the_letter_speaks_for_the_company_that_the_invoice_is_from(
        app: Flask, context: Session, cast: Cast, deal: Deal, bill: Bill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost")
    the_organization().billing = {"letters": True}
    deal.firm_id = make_trader(cast).id
    bill(late=3)
    operations.remind(dates.today())
    letter = context.scalars(sa.select(Letter)).one()
    assert (letter.subject.endswith(", ИП Орлова"), letter.body.splitlines()[-1]) == (True, "ИП Орлова")


def test_the_job_does_it(context: Session, bill: Bill) -> None:
    bill(late=1)
    context.commit()
    jobs.overdue()
    assert len(tasks(context)) == 1


def _events(context: Session, start: str) -> list[str]:
    return list(context.scalars(sa.select(Event.kind).where(Event.kind.startswith(start)).order_by(Event.id)))


@pytest.mark.parametrize("how", ["paid", "cancelled"])
def test_the_task_goes_with_its_invoice_and_comes_again_with_it(
        context: Session, deal: Deal, bill: Bill, books: User, how: str) -> None:
    one, other = bill(late=1), bill(late=1)
    operations.remind(dates.today())
    assert len(tasks(context)) == 2
    payment = None
    if how == "paid":
        payment = operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    else:
        cancel_document(one, actor=books)
    [(text, _who)] = tasks(context)
    assert (other.numbered in text, deal.next_step) == (True, text)
    assert _events(context, "task.") == ["task.created", "task.created", "task.dropped"]
    if payment is not None:
        operations.delete_payment(payment, actor=books)
    else:
        revive_document(one, actor=books)
    assert operations.remind(dates.today()) == 1
    assert len(tasks(context)) == 2


def test_a_task_that_was_done_stays_done_when_its_invoice_is_paid(context: Session, deal: Deal, bill: Bill, books: User) -> None:
    one = bill(late=1)
    operations.remind(dates.today())
    complete_task(context.scalars(sa.select(Task).where(Task.kind == "call")).one(), actor=books)
    operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    assert _events(context, "task.") == ["task.created", "task.done"]
