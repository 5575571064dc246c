"""An invoice of a part of a deal: shares by VAT rate to the kopeck, what is left, chosen lines, too much."""

import random
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import files
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.operations import LineInput, set_lines
from crm.documents import parts
from crm.documents.models import Document
from crm.documents.operations import DocumentError, cancel_document
from crm.documents.parts import Part
from tests.billing.scene import committed
from tests.cast import Cast, sign_in
from tests.documents.scene import text_of

Bill = Callable[..., Document]
GAP = "\u00a0"
MIXED = [LineInput(name="Столы", quantity=Decimal(3), price=333_33, vat_rate=Decimal(22)),
         LineInput(name="Книги", quantity=Decimal(1), price=100_01, vat_rate=Decimal(10)),
         LineInput(name="Лицензия", quantity=Decimal(1), price=77_77, vat_rate=None)]


def percent(of: str) -> Part:
    return Part(parts.PERCENT, Decimal(of))


@pytest.fixture
def mixed(deal: Deal, boris: User) -> Deal:
    """Lines of 999.99 with 22 %, 100.01 with 10 % and 77.77 without VAT."""
    set_lines(deal, MIXED, actor=boris)
    return deal


def test_the_example_of_the_docs(mixed: Deal, bill: Bill) -> None:
    first = bill(part=percent("30"))
    assert (first.amount, first.part) == (353_33, {"kind": "percent", "percent": "30", "shares": {"22": 300_00, "10": 30_00, "": 23_33}})
    last = bill(part=Part(parts.REST))
    assert (last.amount, last.part["shares"]) == (824_44, {"22": 699_99, "10": 70_01, "": 54_44})
    assert first.amount + last.amount == mixed.amount
    assert [item["vat"] for item in first.context["items"]] == ["54,10", "2,73", ""]


def test_the_paper_shows_one_line_for_each_rate(mixed: Deal, bill: Bill) -> None:
    said = text_of(files.read(bill(part=percent("30")).digest))
    assert f"Предоплата 30{GAP}%: Оснащение класса (НДС 22{GAP}%)" in said
    assert "300,00" in said
    assert "Столы" not in said


def test_shares_always_add_up() -> None:
    dice = random.Random(7)
    for _time in range(2000):
        weights = {Decimal(rate): dice.randrange(1, 10**7) for rate in dice.sample((0, 5, 7, 10, 20, 22), dice.randrange(1, 5))}
        amount = dice.randrange(1, 10**8)
        shares = parts.share(amount, weights)
        assert sum(shares.values()) == amount
        whole = sum(weights.values())
        assert all(abs(shares.get(rate, 0) - Decimal(amount) * weight / whole) < 1 for rate, weight in weights.items())


@pytest.mark.parametrize("steps", [["30", "30"], ["33.33", "33.33"], ["0.01", "99.98"], ["10", "20", "30"]])
def test_what_is_left_makes_the_whole_rate_by_rate(mixed: Deal, bill: Bill, steps: list[str]) -> None:
    made = [bill(part=percent(one)) for one in steps] + [bill(part=Part(parts.REST))]
    assert sum(one.amount for one in made) == mixed.amount
    for rate, whole in {"22": 999_99, "10": 100_01, "": 77_77}.items():
        assert sum(one.part["shares"].get(rate, 0) for one in made) == whole
    with pytest.raises(DocumentError):
        bill(part=Part(parts.REST))


def test_chosen_lines_stand_on_the_paper_as_they_are(mixed: Deal, bill: Bill) -> None:
    one = bill(part=Part(parts.LINES, lines=(mixed.lines[1].id,)))
    assert (one.amount, one.part["shares"]) == (100_01, {"10": 100_01})
    assert "Книги" in text_of(files.read(one.digest))
    assert bill(part=Part(parts.REST)).amount == mixed.amount - 100_01


def test_a_cancelled_invoice_leaves_its_part_open(mixed: Deal, bill: Bill, boris: User) -> None:
    cancel_document(bill(part=percent("30")), actor=boris)
    assert bill(part=Part(parts.REST)).amount == mixed.amount


def test_lowered_prices_leave_no_negative_share(mixed: Deal, bill: Bill, boris: User, context: Session) -> None:
    bill(part=Part(parts.LINES, lines=(mixed.lines[1].id,)))
    set_lines(mixed, [MIXED[0], LineInput(name="Книги", price=50_00, vat_rate=Decimal(10))], actor=boris)
    context.flush()
    last = bill(part=Part(parts.REST))
    assert last.amount == 999_99 + 50_00 - 100_01
    assert all(minor > 0 for minor in last.part["shares"].values())


def test_the_wizard_offers_what_is_left_and_warns_of_too_much(app: Flask, cast: Cast) -> None:
    deal_id, _invoice = committed(app, cast, part=Part(parts.SUM, amount=100_000_00))
    boris = sign_in(app, "boris")
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=invoice&locale=ru").text
    assert 'value="rest" checked' in page
    assert "310,203.93" in page
    assert "exceed" not in page
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=invoice&locale=ru&part=whole").text
    assert "invoices exceed the deal by ₽100,000" in page
    answer = boris.post(f"/deals/{deal_id}/documents", data={"kind": "invoice", "locale": "ru", "part": "percent", "percent": "25"})
    with app.app_context():
        made = db.session.get_one(Document, int(answer.headers["Location"].split("/")[-1]))
        assert made.amount == 102_550_98


@pytest.mark.parametrize("typed", [{"percent": "0"}, {"percent": "101"}, {"part": "sum", "sum": "x"}])
def test_a_part_that_cannot_be_is_refused(app: Flask, cast: Cast, typed: dict[str, str]) -> None:
    deal_id, _invoice = committed(app, cast)
    answer = sign_in(app, "boris").post(f"/deals/{deal_id}/documents", data={
        "kind": "invoice", "locale": "ru", "part": "percent", **typed})
    assert answer.status_code == 422


def test_what_is_left_after_a_line_became_cheaper_goes_to_the_rate_that_lacks_it(deal: Deal, bill: Bill, boris: User) -> None:
    def lines(first: int, *more: LineInput) -> None:
        set_lines(deal, [LineInput(name="А", price=first, vat_rate=Decimal(22)),
                         LineInput(name="Б", price=1_000_00, vat_rate=Decimal(10)), *more], actor=boris)

    lines(1_000_00)
    bill(part=Part(parts.LINES, lines=(deal.lines[0].id,)))
    lines(400_00)
    last = bill(part=Part(parts.REST))
    assert (last.amount, last.part["shares"]) == (400_00, {"10": 400_00})
    lines(400_00, LineInput(name="В", price=500_00))
    assert bill(part=Part(parts.REST)).part["shares"] == {"10": 272_73, "": 227_27}
