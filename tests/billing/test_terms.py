"""Payment terms: what presets promise, sums and days that follow the deal, what covers the plan."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.billing import operations, terms
from crm.billing.terms import Step
from crm.core import dates
from crm.core.errors import Stale
from crm.deals.models import Deal
from crm.deals.operations import update_deal
from crm.documents import parts
from crm.documents.models import Document
from crm.documents.operations import cancel_document, make_document, revive_document, template_for
from crm.documents.parts import Part
from tests.billing.scene import committed
from tests.cast import Cast, sign_in

Bill = Callable[..., Document]
DAY = dt.date(2026, 1, 31)


def test_presets_promise_the_whole_deal_on_their_days() -> None:
    def told(kind: str, **said: object) -> list[tuple[int, dt.date | None, int | None]]:
        wanted = terms.steps(kind, today=DAY, **said)
        return [(amount, step.due_on, step.days) for step, amount in zip(wanted, terms.amounts(100_00, wanted, kind), strict=True)]

    assert told("prepaid") == [(100_00, dt.date(2026, 2, 5), None)]
    assert told("half", percent=Decimal(30), days=10) == [(30_00, dt.date(2026, 2, 5), None), (70_00, None, 10)]
    assert told("instalments", parts=3, first_on=DAY) == [
        (33_34, DAY, None), (33_33, dt.date(2026, 2, 28), None), (33_33, dt.date(2026, 3, 31), None)]
    assert told("deferral", days=45) == [(100_00, None, 45)]
    assert told("credit", parts=2, days=30) == [(50_00, None, 30), (50_00, None, 60)]
    assert told("consignment") == [(100_00, None, None)]


@pytest.mark.parametrize("percents", [["33.33", "33.33", "33.34"], ["0.01", "99.99"], ["12.5"] * 8])
def test_percents_add_up_to_any_sum(percents: list[str]) -> None:
    for total in (1, 7, 100_01, 999_999_999):
        assert sum(terms.amounts(total, [Step(percent=Decimal(one)) for one in percents])) == total


def test_the_plan_is_covered_by_invoices_and_payments_from_its_first_row_on(deal: Deal, bill: Bill, books: User) -> None:
    found = operations.set_terms(deal, "half", terms.steps("half", percent=Decimal(30), today=dates.today()), actor=books)
    first, last = found.steps
    assert (first.amount, last.amount) == (123_061_18, 287_142_75)
    one = bill(part=Part(parts.PERCENT, Decimal(30)))
    assert (first.invoiced, last.invoiced) == (123_061_18, 0)
    operations.record_payment(deal, amount=one.amount + 5_00, invoices=[one], actor=books)
    assert (first.left, last.paid) == (0, 5_00)
    cancel_document(one, actor=books)
    assert (first.invoiced, first.paid, last.paid, one.paid) == (0, 123_061_18, 5_00, 0)
    revive_document(one, actor=books)
    assert (first.invoiced, one.paid) == (123_061_18, one.amount)


def test_days_are_counted_from_the_act_or_from_the_typed_day(deal: Deal, books: User) -> None:
    found = operations.set_terms(deal, "deferral", [Step(percent=Decimal(100), days=10)], actor=books)
    assert found.steps[0].due_on is None
    act = make_document(deal, template=template_for(kind="act", locale="ru", key=""), actor=books, dated=DAY)
    assert found.steps[0].due_on == dt.date(2026, 2, 10)
    cancel_document(act, actor=books)
    assert found.steps[0].due_on is None
    found = operations.set_terms(deal, "deferral", [Step(percent=Decimal(100), days=10)], actor=books,
                                 shipped_on=dt.date(2026, 3, 1))
    assert found.steps[0].due_on == dt.date(2026, 3, 11)


def test_the_plan_follows_the_sum_of_the_deal(deal: Deal, books: User) -> None:
    deal.lines = []
    found = operations.set_terms(deal, "own", [Step(amount=100_00, due_on=DAY), Step(due_on=DAY)], actor=books)
    update_deal(deal, actor=books, amount=250_00)
    assert [row.amount for row in found.steps] == [100_00, 150_00]
    update_deal(deal, actor=books, amount=60_00)
    assert [row.amount for row in found.steps] == [100_00, 0]


@pytest.mark.parametrize("steps", [[], [Step(), Step()], [Step(percent=Decimal(60)), Step(percent=Decimal(50))],
                                   [Step(percent=Decimal(50))], [Step(amount=10**14)], [Step(amount=-1), Step()], [Step()] * 25])
def test_steps_that_do_not_make_the_deal_are_refused(deal: Deal, books: User, steps: list[Step]) -> None:
    with pytest.raises(operations.PaymentError):
        operations.set_terms(deal, "own", steps, actor=books)


def test_stale_terms_are_refused(deal: Deal, books: User) -> None:
    operations.set_terms(deal, "prepaid", [Step(percent=Decimal(100))], actor=books, version=0)
    with pytest.raises(Stale):
        operations.set_terms(deal, "prepaid", [Step(percent=Decimal(100))], actor=books, version=0)


def test_terms_are_set_on_the_deal_and_lead_to_an_invoice(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast, part=Part(parts.SUM, amount=1_000_00))
    boris = sign_in(app, "boris")
    assert "Prepayment, percent" in boris.get(f"/deals/{deal_id}/terms?kind=half").text
    answer = boris.post(f"/deals/{deal_id}/terms", data={"kind": "half", "percent": "40", "days": "7", "version": "0"})
    assert answer.status_code == 303, answer.text
    panel = boris.get(f"/deals/{deal_id}/payments").text
    assert "7 days after the hand-over" in panel
    assert "part=sum&amp;sum=163081.57" in panel
    own = {"kind": "own", "percent_0": "50", "due_0": "2026-12-01", "days_1": "10", "version": "1"}
    assert boris.post(f"/deals/{deal_id}/terms", data=own).status_code == 303
    assert 'value="2026-12-01"' in boris.get(f"/deals/{deal_id}/terms?kind=own").text
    refused = boris.post(f"/deals/{deal_id}/terms", data={"kind": "own", "percent_0": "50", "version": "2"})
    assert (refused.status_code, "do not add up" in refused.text) == (422, True)
    assert boris.post(f"/deals/{deal_id}/terms/drop").status_code == 303
    assert "No payment terms are set" in boris.get(f"/deals/{deal_id}/payments").text
    assert sign_in(app, "viewer").get(f"/deals/{deal_id}/terms").status_code == 403


@pytest.mark.parametrize("kind", ["instalments", "credit"])
@pytest.mark.parametrize(("total", "parts_sums"), [(300_000_00, [100_000_00] * 3), (1_000_00, [333_34, 333_33, 333_33]), (2, [1, 1, 0])])
def test_equal_parts_are_equal_to_the_kopeck(deal: Deal, books: User, kind: str, total: int, parts_sums: list[int]) -> None:
    deal.lines, deal.amount = [], total
    found = operations.set_terms(deal, kind, terms.steps(kind, parts=3, days=30, today=DAY), actor=books)
    assert [row.amount for row in found.steps] == parts_sums
    update_deal(deal, actor=books, amount=600_00)
    assert [row.amount for row in found.steps] == [200_00] * 3


def test_rows_of_one_s_own_that_changed_meanwhile_are_not_overwritten(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast)
    boris = sign_in(app, "boris")
    own = {"kind": "own", "percent_0": "50", "due_0": "2026-12-01", "days_1": "10", "version": "0"}
    assert boris.post(f"/deals/{deal_id}/terms", data=own).status_code == 303
    assert boris.post(f"/deals/{deal_id}/terms", data={**own, "percent_0": "60", "version": "1"}).status_code == 303
    assert boris.post(f"/deals/{deal_id}/terms", data={**own, "percent_0": "70", "version": "1"}).status_code == 409
    assert 'value="60"' in boris.get(f"/deals/{deal_id}/terms?kind=own").text.replace("60.00", "60")
