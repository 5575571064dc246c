"""Payments by hand: one to several invoices, several to one, what is left over, taken back, sent twice."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.billing import operations
from crm.billing.models import Payment
from crm.billing.queries.payments import money_of
from crm.core import dates
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import Event
from crm.deals.models import Deal
from crm.documents.models import Document
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

Bill = Callable[..., Document]


def test_a_payment_of_an_invoice_is_seen_on_the_deal(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = committed(app, cast)
    books = sign_in(app, "accountant")
    assert "Record a payment" in books.get(f"/deals/{deal_id}/payments").text
    form = books.get(f"/deals/{deal_id}/payments/new?invoice={invoice_id}").text
    assert "410203.93" in form
    answer = books.post(f"/deals/{deal_id}/payments/new", data={
        "amount": "410203.93", "paid_on": "2026-01-20", "way": "transfer", "number": "118", "invoices": [invoice_id], "once": "a"})
    assert answer.headers["Location"].endswith(f"/deals/{deal_id}#payments")
    panel = sign_in(app, "boris").get(f"/deals/{deal_id}/payments").text
    assert "paid in full" in panel
    assert "№ 118" in panel


def test_one_payment_goes_to_several_invoices_and_the_rest_stays_with_it(deal: Deal, bill: Bill, books: User) -> None:
    first, second = bill(), bill(days=9)
    payment = operations.record_payment(deal, amount=first.amount + 500_00, invoices=[first, second], actor=books)
    assert [(part.document_id, part.amount) for part in payment.parts] == [(first.id, first.amount), (second.id, 500_00)]
    assert (first.paid, second.paid, payment.rest) == (first.amount, 500_00, 0)
    over = operations.record_payment(deal, amount=second.amount, invoices=[second], actor=books)
    assert (second.paid, over.rest) == (second.amount, 500_00)
    assert money_of(deal).rest == 500_00


def test_several_payments_of_one_invoice_add_up_and_it_is_paid_once(deal: Deal, bill: Bill, books: User, context: Session) -> None:
    one = bill()
    for _time in range(2):
        operations.record_payment(deal, amount=one.amount // 2, invoices=[one], actor=books)
    assert one.paid == one.amount - one.amount % 2
    operations.record_payment(deal, amount=1_00, invoices=[one], actor=books)
    told = context.scalars(sa.select(Event.kind).where(Event.kind == "invoice.paid")).all()
    assert (one.paid, told) == (one.amount, ["invoice.paid"])


def test_a_deleted_payment_opens_its_invoices_and_a_restored_one_takes_what_is_open(deal: Deal, bill: Bill, books: User) -> None:
    one = bill()
    payment = operations.record_payment(deal, amount=one.amount, invoices=[one], actor=books)
    operations.delete_payment(payment, actor=books)
    assert (one.paid, money_of(deal).paid) == (0, 0)
    operations.record_payment(deal, amount=300_00, invoices=[one], actor=books)
    operations.restore_payment(payment, actor=books)
    assert (one.paid, payment.rest, money_of(deal).rest) == (one.amount, 300_00, 300_00)


def test_what_goes_to_which_invoice_is_changed_by_hand(deal: Deal, bill: Bill, books: User) -> None:
    first, second = bill(), bill(days=9)
    payment = operations.record_payment(deal, amount=1000_00, invoices=[first], actor=books)
    said = {"amount": 1000_00, "paid_on": payment.paid_on, "way": "cash", "number": "", "note": ""}
    operations.change_payment(payment, actor=books, parts={first.id: 250_00, second.id: 700_00}, invoices=[first, second], **said)
    assert (first.paid, second.paid, payment.rest, payment.way) == (250_00, 700_00, 50_00, "cash")
    with pytest.raises(operations.PaymentError) as refusal:
        operations.change_payment(payment, actor=books, parts={first.id: 1001_00}, invoices=[first], **said)
    assert refusal.value.field == "amount"
    with pytest.raises(operations.PaymentError) as refusal:
        operations.change_payment(payment, actor=books, parts={first.id: first.amount + 1}, invoices=[first], **{
            **said, "amount": first.amount * 2})
    assert refusal.value.field == f"part_{first.id}"


def test_what_went_to_an_invoice_that_is_not_seen_stays_there(deal: Deal, bill: Bill, books: User) -> None:
    first, second = bill(), bill(days=9)
    payment = operations.record_payment(deal, amount=first.amount + 500_00, invoices=[first, second], actor=books)
    said = {"amount": payment.amount, "paid_on": payment.paid_on, "way": "cash", "number": "", "note": ""}
    operations.change_payment(payment, actor=books, parts={first.id: 100_00}, invoices=[first], **said)
    assert (first.paid, second.paid, payment.rest) == (100_00, 500_00, first.amount - 100_00)
    with pytest.raises(operations.PaymentError) as refusal:
        operations.change_payment(payment, actor=books, parts={first.id: 100_01}, invoices=[first], **{**said, "amount": 600_00})
    assert refusal.value.field == "amount"


def test_a_stale_change_is_refused(deal: Deal, bill: Bill, books: User) -> None:
    payment = operations.record_payment(deal, amount=1000_00, invoices=[bill()], actor=books)
    with pytest.raises(Stale):
        operations.change_payment(payment, actor=books, version=payment.version - 1, amount=1, paid_on=payment.paid_on, way="cash",
                                  number="", note="")


def test_money_of_another_currency_or_client_is_refused(deal: Deal, bill: Bill, books: User, cast: Cast, context: Session) -> None:
    one = bill()
    other = Deal(title="Other", pipeline=deal.pipeline, stage=deal.stage, currency="USD", company=deal.company, amount=1)
    strange = Deal(title="Strange", pipeline=deal.pipeline, stage=deal.stage, currency="RUB", amount=1)
    context.add_all([other, strange])
    context.flush()
    for where in (other, strange):
        with pytest.raises(operations.PaymentError):
            operations.record_payment(where, amount=1_00, invoices=[one], actor=books)
    assert one.paid == 0


@pytest.mark.parametrize("typed", [{"amount": "0"}, {"amount": ""}, {"amount": "-5"}, {"paid_on": "2199-01-01"}, {"way": "barter"}])
def test_nonsense_is_shown_at_its_field(app: Flask, cast: Cast, typed: dict[str, str]) -> None:
    deal_id, invoice_id = committed(app, cast)
    answer = sign_in(app, "accountant").post(f"/deals/{deal_id}/payments/new", data={
        "amount": "100", "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id], "once": "b", **typed})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 0


def test_the_form_sent_twice_records_one_payment(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = committed(app, cast)
    books = sign_in(app, "accountant")
    for _time in range(2):
        answer = books.post(f"/deals/{deal_id}/payments/new", data={
            "amount": "100", "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id], "once": "same"})
        assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Payment.id))) == 1
        assert db.session.get_one(Document, invoice_id).paid == 100_00


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count(Payment.id))) or 0


def test_the_same_payment_twice_is_asked_about_first(app: Flask, cast: Cast) -> None:
    deal_id, _invoice_id = committed(app, cast)
    books, url = sign_in(app, "accountant"), f"/deals/{deal_id}/payments/new"
    first = {"amount": "32.12", "paid_on": "2026-01-20", "way": "cash", "number": "PP-1"}
    for other in ({}, {"amount": "32.13"}, {"paid_on": "2026-01-21"}, {"number": "PP-2"}, {"number": ""}, {"number": ""}):
        assert books.post(url, data={**first, **other}).status_code == 303
    answer = books.post(url, data={**first, "once": "again"})
    assert (answer.status_code, count(app)) == (422, 6)
    assert "A payment of ₽32.12 with the number PP-1 of this day is recorded already." in answer.text
    sure = re.search(r'name="sure"[^>]*value="([^"]+)"', answer.text)
    assert sure
    said = {**first, "once": "again", "sure": sure[1]}
    assert (books.post(url, data={**said, "amount": "32.13"}).status_code, count(app)) == (422, 6)
    assert (books.post(url, data=said).status_code, count(app)) == (303, 7)
    assert (books.post(url, data=said).status_code, count(app)) == (303, 7)  # the very form sent twice adds nothing


def test_a_deleted_payment_is_no_twin(app: Flask, cast: Cast) -> None:
    deal_id, _invoice_id = committed(app, cast)
    books, data = sign_in(app, "accountant"), {"amount": "32.12", "paid_on": "2026-01-20", "way": "cash", "number": "PP-1"}
    books.post(f"/deals/{deal_id}/payments/new", data=data)
    with app.app_context():
        payment_id = db.session.scalars(sa.select(Payment.id)).one()
    books.post(f"/payments/{payment_id}/delete")
    assert books.post(f"/deals/{deal_id}/payments/new", data=data).status_code == 303


@pytest.mark.parametrize("ahead", [1, 300, 27_000])
def test_a_day_to_come_is_refused_by_one_sentence(app: Flask, cast: Cast, ahead: int) -> None:
    deal_id, _invoice_id = committed(app, cast)
    with app.test_request_context():
        now = dates.today()
    answer = sign_in(app, "accountant").post(f"/deals/{deal_id}/payments/new", data={
        "amount": "1", "way": "cash", "paid_on": (now + dt.timedelta(days=ahead)).isoformat()})
    assert answer.status_code == 422
    assert re.search(rf'id="paid_on-error">.*Type a day from 1 Jan 2000 to {dates.day_text(now, "en")}\.', answer.text)


def test_a_manager_sees_payments_and_records_none(app: Flask, cast: Cast) -> None:
    deal_id, _invoice_id = committed(app, cast)
    boris = sign_in(app, "boris")
    assert "Record a payment" not in boris.get(f"/deals/{deal_id}/payments").text
    assert boris.get(f"/deals/{deal_id}/payments/new").status_code == 403
    assert sign_in(app, "vera").get(f"/deals/{deal_id}/payments").status_code == 404


def test_a_payment_is_changed_deleted_and_restored_from_the_deal(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = committed(app, cast)
    books = sign_in(app, "accountant")
    books.post(f"/deals/{deal_id}/payments/new", data={"amount": "100", "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id]})
    with app.app_context():
        payment_id = db.session.scalars(sa.select(Payment.id)).one()
    page = books.get(f"/payments/{payment_id}").text
    assert f'name="part_{invoice_id}"' in page
    books.post(f"/payments/{payment_id}", data={"amount": "90", "paid_on": "2026-01-20", "way": "card", "version": "1",
                                                f"part_{invoice_id}": "80"})
    assert books.post(f"/payments/{payment_id}/delete", headers={"HX-Request": "true"}).status_code == 204
    assert books.get(f"/payments/{payment_id}").status_code == 404
    books.post(f"/payments/{payment_id}/restore")
    with app.app_context():
        assert db.session.get_one(Document, invoice_id).paid == 80_00
        assert db.session.get_one(Payment, payment_id).rest == 10_00


@pytest.mark.parametrize(("state", "days", "brings"), [
    ("issued", {}, 0), ("partly", {}, 1_00), ("paid", {"late": 3}, 10**9), ("overdue", {"late": 1}, 1_00), ("issued", {"days": 0}, 0)])
def test_the_list_of_documents_shows_and_filters_what_became_of_an_invoice(
        app: Flask, cast: Cast, state: str, days: dict[str, int], brings: int) -> None:
    deal_id, invoice_id = committed(app, cast, **days)
    if brings:
        sign_in(app, "accountant").post(f"/deals/{deal_id}/payments/new", data={
            "amount": str(brings // 100), "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id]})
    boris = sign_in(app, "boris")
    shown = {one: f"/documents/{invoice_id}" in boris.get(f"/documents?kind=invoice&state={one}").text
             for one in ("issued", "partly", "paid", "overdue")}
    assert shown == {**dict.fromkeys(shown, False), state: True}
    words = {"issued": "issued", "partly": "partly paid", "paid": "paid", "overdue": "past due"}[state]
    assert f">{words}</span>" in boris.get("/documents").text


def test_a_form_on_its_own_page_leads_to_the_deal_and_the_dialog_stays(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast)
    books, boris = sign_in(app, "accountant"), sign_in(app, "boris")

    def sent(client: FlaskClient, address: str, where: str, **data: str) -> tuple[int, str | None]:
        answer = client.post(address, data=data, headers={"HX-Request": "true", "HX-Current-URL": f"http://localhost{where}"})
        return answer.status_code, answer.headers.get("HX-Redirect")

    deal, paid = f"/deals/{deal_id}", {"amount": "1", "paid_on": "2026-01-20", "way": "transfer"}
    line = {"product_id_text": "Доставка", "quantity": "1", "price": "5"}
    terms = {"kind": "prepaid", "days": "5"}
    for address, client, data, part in (("/payments/new", books, paid, "payments"), ("/lines/new", boris, line, "lines"),
                                        ("/terms", boris, {**terms, "version": "0"}, "payments")):
        assert sent(client, deal + address, f"{deal}{address}?x=1", **data, once=f"own{address}") == (204, f"{deal}#{part}")
        again = {**data, "version": "1"} if address == "/terms" else data
        assert sent(client, deal + address, deal, **again, once=f"dialog{address}") == (204, None)
    with app.app_context():
        payment = db.session.scalars(sa.select(Payment.id)).first()
    assert sent(books, f"/payments/{payment}/delete", f"/payments/{payment}") == (204, f"{deal}#payments")
    assert sent(books, f"/payments/{payment}/restore", "/payments") == (204, None)


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_payment_that_is_not_recorded_is_not_told_to_be(app: Flask, cast: Cast, headers: dict[str, str]) -> None:
    deal_id, _invoice = committed(app, cast)
    books = sign_in(app, "accountant")
    page = f"/deals/{deal_id}/payments/new"
    for amount, said in (("1", "is recorded."), ("2", "has been sent before")):
        answer = books.post(page, data={"amount": amount, "paid_on": "2026-01-20", "way": "transfer", "once": "same"}, headers=headers)
        told = answer.headers.get("HX-Trigger") or books.get(f"/deals/{deal_id}").text
        assert said in told
        assert ("is recorded." in told) == (amount == "1")
    with app.app_context():
        assert db.session.scalars(sa.select(Payment.amount)).all() == [1_00]


def test_a_line_that_is_not_added_is_told(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast)
    boris, said = sign_in(app, "boris"), []
    for price in ("5", "6"):
        answer = boris.post(f"/deals/{deal_id}/lines/new", headers={"HX-Request": "true"}, data={
            "product_id_text": "Доставка", "quantity": "1", "price": price, "once": "same"})
        said.append("has been sent before" in answer.headers["HX-Trigger"])
    assert said == [False, True]
