"""Money that came before its invoice: offered to the invoice, put to it by a tap, and not asked for a second time."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.billing import operations
from crm.billing.models import Payment, PaymentPart
from crm.core import dates
from crm.core.db import db
from crm.core.events import Event
from crm.deals.models import Deal
from crm.documents.models import Document
from crm.documents.operations import cancel_document, revive_document
from crm.mail.models import Letter
from crm.tasks.models import Task
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

Bill = Callable[..., Document]
HTMX = {"HX-Request": "true"}


def test_the_invoice_takes_the_advance_the_oldest_first(deal: Deal, bill: Bill, books: User, context: Session) -> None:
    first, second = (operations.record_payment(deal, amount=amount, actor=books) for amount in (300_000_00, 200_000_00))
    deal.pipeline.stages[1].arrives_on = "paid"
    one = bill()
    assert operations.take_advance(one, actor=books) == one.amount
    assert (one.paid, first.rest, second.rest) == (one.amount, 0, 500_000_00 - one.amount)
    assert deal.stage is deal.pipeline.stages[1]
    told = context.scalars(sa.select(Event).where(Event.kind.in_(["payment.advance", "invoice.paid"])).order_by(Event.id)).all()
    assert [(event.kind, event.data["amount"]) for event in told] == [("payment.advance", one.amount), ("invoice.paid", one.amount)]
    assert operations.take_advance(one, actor=books) == 0


def test_a_part_paid_invoice_takes_what_is_open_from_the_payment_it_had_already(deal: Deal, bill: Bill, books: User) -> None:
    one, other = bill(), bill()
    payment = operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    operations.change_payment(payment, actor=books, invoices=[one], parts={one.id: 100_00}, amount=one.amount, paid_on=payment.paid_on,
                              way="cash", number="", note="")
    operations.record_payment(deal, amount=50_00, invoices=[one], actor=books)
    assert operations.take_advance(one, actor=books) == one.amount - 150_00
    assert (one.paid, payment.rest) == (one.amount, 50_00)
    assert operations.take_advance(other, actor=books) == other.paid == 50_00


def test_an_invoice_in_force_again_takes_its_money_back(deal: Deal, bill: Bill, books: User) -> None:
    one = bill()
    payment = operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    cancel_document(one, actor=books)
    assert (one.paid, payment.rest) == (0, one.amount)
    revive_document(one, actor=books)
    assert (one.paid, payment.rest) == (one.amount, 0)


def test_a_cancelled_invoice_takes_nothing(deal: Deal, bill: Bill, books: User) -> None:
    operations.record_payment(deal, amount=1_00, actor=books)
    one = bill()
    cancel_document(one, actor=books)
    with pytest.raises(operations.PaymentError):
        operations.take_advance(one, actor=books)
    assert one.paid == 0


def advance(app: Flask, cast: Cast, amount: int = 500_00) -> tuple[int, int]:
    """The ids of a deal and of its invoice; `amount` was paid before."""
    deal_id, invoice_id = committed(app, cast)
    with app.app_context():
        operations.record_payment(db.session.get_one(Deal, deal_id), amount=amount, actor=db.session.get_one(User, cast.accountant))
        db.session.commit()
    return deal_id, invoice_id


def test_it_is_offered_on_the_invoice_and_among_the_payments(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = advance(app, cast)
    books, address = sign_in(app, "accountant"), f"/documents/{invoice_id}/advance"
    assert address in books.get(f"/documents/{invoice_id}").text
    offered = books.get(address, headers=HTMX).text
    assert "₽500" in offered
    assert f'action="{address}"' in offered
    assert f'action="{address}"' in books.get(f"/deals/{deal_id}/payments").text
    answer = books.post(address, headers=HTMX)
    assert (answer.status_code, "deal-changed" in answer.headers["HX-Trigger"]) == (204, True)
    assert address not in books.get(f"/deals/{deal_id}/payments").text
    assert "action=" not in books.get(address, headers=HTMX).text
    assert books.post(address).headers["Location"].endswith(f"/documents/{invoice_id}")
    with app.app_context():
        assert db.session.get_one(Document, invoice_id).paid == db.session.scalars(sa.select(PaymentPart.amount)).one() == 500_00


def test_another_paper_takes_nothing(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = advance(app, cast)
    books, boris = sign_in(app, "accountant"), sign_in(app, "boris")
    act = boris.post(f"/deals/{deal_id}/documents", data={"kind": "act", "locale": "ru"}).headers["Location"]
    assert "<form" not in books.get(f"{act}/advance", headers=HTMX).text
    assert books.post(f"{act}/advance").status_code == 422


def test_who_records_no_payments_reads_of_it_and_puts_it_nowhere(app: Flask, cast: Cast) -> None:
    _deal, invoice_id = advance(app, cast)
    address, boris = f"/documents/{invoice_id}/advance", sign_in(app, "boris")
    offered = boris.get(address, headers=HTMX).text
    assert "₽500" in offered
    assert "<form" not in offered
    assert boris.post(address).status_code == 403
    assert sign_in(app, "vera").get(address, headers=HTMX).status_code == 404
    assert boris.get(address).headers["Location"].endswith("#payments")
    with app.app_context():
        assert db.session.scalars(sa.select(Payment.rest)).one() == 500_00


def test_nobody_is_asked_for_what_the_deal_has_paid_already(
        app: Flask, context: Session, deal: Deal, bill: Bill, books: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost")
    the_organization().billing = {"letters": True}
    bill(late=9)
    second = bill(late=5)
    advance = operations.record_payment(deal, amount=second.amount * 2 - 70_00, actor=books)
    operations.remind(dates.today())
    task = context.scalars(sa.select(Task.text).where(Task.kind == "call")).one()
    assert "70 ₽" in task.replace("\xa0", " ")
    letter = context.scalars(sa.select(Letter)).one()
    assert (second.numbered in letter.body, "70 ₽" in letter.body.replace("\xa0", " "), "410" in letter.body) == (True, True, False)
    told = context.scalars(sa.select(Event).where(Event.kind == "invoice.overdue")).one()
    assert told.data["amount"] == 70_00
    operations.delete_payment(advance, actor=books)
    operations.remind(dates.today())
    assert len(context.scalars(sa.select(Letter)).all()) == 2
