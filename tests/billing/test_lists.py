"""The pages over all deals: calendar, payments received, debts by age, what is to be done; and their files."""

import datetime as dt
from decimal import Decimal

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.billing import operations
from crm.billing.queries import calendar as plan
from crm.billing.queries import debts, duties
from crm.billing.terms import Step
from crm.core import dates, listing
from crm.core.db import db
from crm.deals.models import Deal, Stage
from crm.documents import parts
from crm.documents.parts import Part
from tests.billing.scene import committed, invoice
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_deal, make_pipeline
from tests.statements import statements

PAGES = ("/payments", "/payments?by=week", "/payments?by=month", "/payments/received", "/payments/debts", "/payments/debts/invoices",
         "/payments/todo")


def owing(deal: Deal, boris: User, amount: int, late: int) -> None:
    invoice(deal, boris, part=Part(parts.SUM, amount=amount), late=late)


@pytest.mark.parametrize(("late", "age"), [(-3, "not-due"), (0, "not-due"), (1, "1-7"), (7, "1-7"), (8, "8-30"), (30, "8-30"),
                                           (31, "31-90"), (90, "31-90"), (91, "90"), (400, "90")])
def test_debts_stand_under_their_age(deal: Deal, boris: User, books: User, late: int, age: str) -> None:
    owing(deal, boris, 700_00, late)
    [row] = debts.debts(listing.Wish(), books).rows
    assert {one: total for one, total in row.ages.items() if total} == {age: 700_00}
    assert (row.name, row.total) == ("ООО «Рога & Копыта <Юг>»", 700_00)
    [one] = debts.owed(listing.Wish(filters={"client": row.client, "age": age, "currency": "RUB"}), books).rows
    assert (one.left, one.days) == (700_00, late)
    assert debts.owed(listing.Wish(filters={"client": "person-1"}), books).rows == []


def test_debts_of_a_client_add_up_and_paid_or_cancelled_ones_do_not_count(deal: Deal, boris: User, books: User, cast: Cast) -> None:
    owing(deal, boris, 700_00, 3)
    owing(deal, boris, 300_00, 40)
    other = make_deal(deal.pipeline, company=make_company("ООО «Другая»"), amount=50_00, manager_id=cast.gleb)
    paid = invoice(other, boris)
    operations.record_payment(other, amount=20_00, invoices=[paid], actor=books)
    assert [(row.name, row.total) for row in debts.debts(listing.Wish(), books).rows] == [
        ("ООО «Рога & Копыта <Юг>»", 1000_00), ("ООО «Другая»", 30_00)]
    assert [row.total for row in debts.debts(listing.Wish(), boris).rows] == [1000_00]
    assert [row.total for row in debts.totals(books)] == [1030_00]


def test_the_calendar_holds_no_sum_twice(deal: Deal, boris: User, books: User) -> None:
    now = dates.today()
    operations.set_terms(deal, "own", [Step(percent=Decimal(40), due_on=now - dt.timedelta(days=3)), Step(due_on=now)], actor=boris)
    invoice(deal, boris, part=Part(parts.PERCENT, Decimal(40)), late=1)
    payment = operations.record_payment(deal, amount=1000_00, invoices=[], actor=books)
    plain = make_deal(deal.pipeline, amount=70_00)
    invoice(plain, boris, days=0)
    found = plan.calendar(books, "day", plan.window("day", now), now)
    assert found.sums == {"overdue": [(164_081_57 - 1000_00, "RUB")], "expected": [(246_122_36 + 70_00, "RUB")],
                          "paid": [(payment.amount, "RUB")]}
    assert [group.period.start for group in found.groups] == [now]


def test_windows_follow_one_another_without_a_gap() -> None:
    for by in plan.GROUPS:
        shown = plan.window(by, dt.date(2026, 12, 31))
        before, after = plan.neighbours(by, shown)
        assert plan.window(by, after).start == shown.end + dt.timedelta(days=1)
        assert plan.window(by, before).end == shown.start - dt.timedelta(days=1)


def test_the_accountant_is_told_what_to_do(deal: Deal, boris: User, books: User, cast: Cast) -> None:
    now = dates.today()
    operations.set_terms(deal, "own", [Step(percent=Decimal(50), due_on=now + dt.timedelta(days=7)),
                                       Step(due_on=now + dt.timedelta(days=8))], actor=boris)
    paid = make_deal(deal.pipeline, title="Paid", amount=50_00)
    operations.record_payment(paid, amount=60_00, invoices=[invoice(paid, boris)], actor=books)
    short = make_deal(deal.pipeline, title="Short", amount=50_00)
    operations.record_payment(short, amount=10_00, invoices=[invoice(short, boris, late=2)], actor=books)
    asking = make_pipeline("Asking")
    asking.stages[1].requires = ["prepaid"]
    waiting = make_deal(asking, title="Waiting", amount=9_00)
    found = duties.duties(books, now)
    assert [(one.deal_id, one.sum) for one in found.issue] == [(deal.id, 205_101_97)]
    assert [(one.deal_id, one.sum, one.words) for one in found.stage] == [(waiting.id, 9_00, "Новая")]
    assert [(one.deal_id, one.sum) for one in found.unallocated] == [(paid.id, 10_00)]
    assert [(one.deal_id, one.sum) for one in found.short] == [(short.id, 40_00)]
    assert [one.deal_id for one in found.acts] == [paid.id]
    assert duties.duties(db.session.get_one(User, cast.vera), now).count == 0


@pytest.mark.parametrize("who", ["owner", "accountant", "boris", "viewer"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_open_and_show_no_stranger_s_deal(app: Flask, cast: Cast, path: str, who: str) -> None:
    committed(app, cast, late=2)
    assert "Рога" in sign_in(app, who).get(path).text or path in ("/payments/received", "/payments/todo")
    assert "Рога" not in sign_in(app, "vera").get(path).text


def test_pages_ask_no_more_when_there_is_more(app: Flask, cast: Cast) -> None:
    deal_id, _invoice_id = committed(app, cast, late=2)
    books = sign_in(app, "accountant")
    few = [statements(books, path) for path in PAGES]
    with app.app_context():
        boris, deal = db.session.get_one(User, cast.boris), db.session.get_one(Deal, deal_id)
        stage = db.session.get_one(Stage, deal.stage_id)
        for number in range(5):
            more = make_deal(stage.pipeline, company=make_company(f"Client {number}"), amount=100_00)
            operations.set_terms(more, "own", [Step(due_on=dates.today())], actor=boris)
            operations.record_payment(more, amount=120_00, invoices=[invoice(more, boris, late=number)], actor=boris)
            invoice(make_deal(stage.pipeline, company=more.company, amount=100_00), boris, late=number)
        db.session.commit()
    assert [statements(books, path) for path in PAGES] == few


def test_the_desk_of_the_accountant_says_what_waits(app: Flask, cast: Cast) -> None:
    deal_id, invoice_id = committed(app, cast, late=2)
    books = sign_in(app, "accountant")
    assert 'hx-get="/payments/duties"' in books.get("/").text
    assert 'hx-get="/payments/duties"' not in sign_in(app, "boris").get("/").text
    part = {"HX-Request": "true"}
    assert "Nothing waits." in books.get("/payments/duties", headers=part).text
    books.post(f"/deals/{deal_id}/payments/new", data={"amount": "100", "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id]})
    assert "Paid in part and past due" in books.get("/payments/duties", headers=part).text


@pytest.mark.parametrize("path", ["/payments/received", "/payments/debts", "/payments/debts/invoices"])
def test_lists_are_taken_away_by_right_alone(app: Flask, cast: Cast, path: str) -> None:
    deal_id, invoice_id = committed(app, cast, late=2)
    books = sign_in(app, "accountant")
    books.post(f"/deals/{deal_id}/payments/new", data={
        "amount": "100.50", "paid_on": "2026-01-20", "way": "cash", "invoices": [invoice_id]})
    assert f"{path}/export.xlsx" in books.get(path).text
    file = books.get(f"{path}/export.csv")
    assert "Рога" in file.text
    assert ("100.5" if path == "/payments/received" else "410103.43") in file.text.replace(",", ".")
    boris = sign_in(app, "boris")
    assert "export" not in boris.get(path).text
    assert boris.get(f"{path}/export.csv").status_code == 403
