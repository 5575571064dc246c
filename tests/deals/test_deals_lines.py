"""Products of a deal: one rule of money, bounds with sentences, edited in place, undone."""

import json
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts.models import Organization, User
from crm.catalog.operations import create_product
from crm.core import money
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal, DealLine
from crm.deals.operations import LineInput
from crm.deals.queries.page import deal_page
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline
from tests.statements import asked

HX = {"HX-Request": "true"}


@pytest.fixture
def english(context: Session) -> None:
    """Sentences in the language of the tests."""
    g.locale = "en"


def make_own_deal(app: Flask, cast: Cast, *lines: LineInput) -> int:
    with app.app_context():
        deal = make_deal(make_pipeline(), manager_id=cast.boris, amount=5_000)
        if lines:
            operations.set_lines(deal, lines, actor=db.session.get_one(User, cast.boris))
        db.session.commit()
        return deal.id


def test_the_sum_of_a_deal_is_the_sum_of_its_lines(context: Session, cast: Cast) -> None:
    deal = make_deal(make_pipeline(), amount=1)
    operations.set_lines(deal, [
        LineInput("Перчатки", quantity=Decimal("12.5"), price=120_050, discount=Decimal(5), vat_rate=Decimal(22)),
        LineInput("Доставка", price=50_000)], actor=None)
    # 1200.50 x 12.5 = 15006.25, less 5 % = 14255.9375 -> 14255.94; VAT inside: x 22 / 122 = 2570.7433 -> 2570.74
    assert deal.amount == 1_475_594
    assert deal_page(deal, User()).totals == money.Totals(
        gross=1_550_625, discount=75_031, total=1_475_594, vat=257_074, net=1_218_520)


@pytest.mark.parametrize(("line", "sentence"), [
    (LineInput(" "), "Name the product of this line or choose it from the list."),
    (LineInput("Мойка", quantity=Decimal(0)), "Мойка: the quantity must be above zero."),
    (LineInput("Мойка", discount=Decimal("-0.01")), "Мойка: a discount is from 0 to 100 percent."),
    (LineInput("Мойка", discount=Decimal("100.01")), "Мойка: a discount is from 0 to 100 percent."),
    (LineInput("Мойка", price=-1), "Мойка: the price cannot be below zero."),
    (LineInput("Мойка", vat_rate=Decimal(100)), "Мойка: a VAT rate is from 0 to 99 percent."),
    (LineInput("Мойка", price=10**15, quantity=Decimal(2)), "Мойка: this amount is too large."),
])
def test_a_line_that_cannot_be_is_refused_and_the_old_ones_stay(
        english: None, cast: Cast, line: LineInput, sentence: str) -> None:
    deal = make_deal(make_pipeline())
    operations.set_lines(deal, [LineInput("Доставка", price=500)], actor=None)
    with pytest.raises(operations.DealError) as refusal:
        operations.set_lines(deal, [LineInput("Ещё", price=1), line], actor=None)
    assert refusal.value.message == sentence
    assert ([row.name for row in deal.lines], deal.amount) == (["Доставка"], 500)


def test_a_whole_discount_is_allowed_and_comes_to_nothing(context: Session, cast: Cast) -> None:
    deal = make_deal(make_pipeline())
    operations.set_lines(deal, [LineInput("Подарок", price=99_99, discount=Decimal(100))], actor=None)
    assert deal.amount == 0


def test_after_the_last_line_the_sum_stays_as_a_typed_one(english: None, cast: Cast) -> None:
    actor = db.session.get_one(User, cast.boris)
    deal = make_deal(make_pipeline(), amount=1)
    line = operations.add_line(deal, LineInput("Мойка", price=700), actor=actor)
    with pytest.raises(operations.DealError, match="The amount comes from the products"):
        operations.update_deal(deal, actor=actor, amount=900)
    operations.remove_line(deal, line, actor=actor)
    assert (deal.lines, deal.amount) == ([], 700)
    operations.update_deal(deal, actor=actor, amount=900)
    assert deal.amount == 900


def typed(**fields: str) -> dict[str, str]:
    return {"product_id_text": "Мойка", "quantity": "2", "price": "12,5k", "discount": "", "vat_rate": "22", **fields}


def test_a_line_is_added_by_its_form_once(app: Flask, cast: Cast) -> None:
    deal_id, client = make_own_deal(app, cast), sign_in(app, "boris")
    for told in (["deal-changed"], ["deal-changed", "toasts"]):  # the second one is told that it added nothing
        answer = client.post(f"/deals/{deal_id}/lines/new", data=typed(once="only-once"), headers=HX)
        assert (answer.status_code, sorted(json.loads(answer.headers["HX-Trigger"]))) == (204, told)
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert [(row.name, row.quantity, row.price) for row in deal.lines] == [("Мойка", Decimal(2), 12_500_00)]
        assert deal.amount == 25_000_00


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("discount", "-5", "Type a number from 0 to 100."),
    ("discount", "101", "Type a number from 0 to 100."),
    ("discount", "7.125", "At most 2 digits after the point."),
    ("discount", "1e1", "Type a number."),
    ("quantity", "1E5", "Type a number."),
    ("quantity", "0.0015", "At most 3 digits after the point."),
    ("quantity", "0", "Type a number from 0.001 to 1000000000."),
    ("quantity", "много", "Type a number."),
    ("price", "-1", "An amount cannot be below zero."),
    ("product_id_text", "", "Name the product or choose it from the list."),
])
def test_a_wrong_line_is_shown_again_with_a_sentence(
        app: Flask, cast: Cast, field: str, value: str, sentence: str) -> None:
    deal_id = make_own_deal(app, cast)
    answer = sign_in(app, "boris").post(f"/deals/{deal_id}/lines/new", data=typed(**{field: value}), headers=HX)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).amount == 5_000


def test_choosing_a_product_fills_its_unit_price_and_vat(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast)
    with app.app_context():
        product = create_product(name="Бахилы", actor=None, price=1_250, unit="уп", vat_rate=Decimal(10))
        dollars = create_product(name="Import", actor=None, price=999, currency="USD")
        db.session.commit()
        ids = product.id, dollars.id
    client = sign_in(app, "boris")
    url = f"/deals/{deal_id}/lines/form?product_id="
    page = client.get(f"{url}{ids[0]}&quantity=3", headers=HX).get_data(as_text=True)
    values = dict(re.findall(r'<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"', page))
    assert (values["product_id_text"], values["quantity"], values["unit"], values["price"]) == (
        "Бахилы", "3", "уп", "12.50")
    page = client.get(f"{url}{ids[1]}", headers=HX).get_data(as_text=True)
    assert re.search(r'name="price"[^>]*value=""', page)


def test_a_rate_of_former_times_stays_with_its_line(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast, LineInput("Мойка", price=100_00, vat_rate=Decimal(18)))
    with app.app_context():
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
        db.session.commit()
    client, url = sign_in(app, "boris"), f"/deals/{deal_id}/lines"
    page = client.get(f"{url}/{line_id}", headers=HX).get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert seen
    assert client.post(f"{url}/{line_id}", data=typed(vat_rate="18", price="90", seen=seen[1]), headers=HX).status_code == 204
    with app.app_context():
        assert [(row.price, row.vat_rate) for row in db.session.get_one(Deal, deal_id).lines] == [(90_00, Decimal(18))]


def test_a_product_of_a_former_rate_is_sold_at_the_usual_one(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast, LineInput("Мойка", price=100_00, vat_rate=Decimal(18)))
    with app.app_context():
        product_id = create_product(name="Бахилы", actor=None, price=10_00, vat_rate=Decimal(18)).id
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
        db.session.scalars(sa.select(Organization)).one().vat_rate = 22
        db.session.commit()
    client, url = sign_in(app, "boris"), f"/deals/{deal_id}/lines"
    new = client.get(f"{url}/form?product_id={product_id}", headers=HX).get_data(as_text=True)
    assert re.findall(r'<option selected value="(\w*)"', new)[0] == "22"
    assert "The product has 18%, a rate of former times. Check the usual one that stands here." in new
    answer = client.post(f"{url}/new", data=typed(product_id=str(product_id), product_id_text="Бахилы", vat_rate="22"), headers=HX)
    assert answer.status_code == 204
    own = client.get(f"{url}/form?product_id={product_id}&line={line_id}", headers=HX).get_data(as_text=True)
    assert re.findall(r'<option selected value="(\w*)"', own)[0] == "18"  # the line has it already, and may keep it
    assert "former times" not in own


def test_a_line_that_a_colleague_changed_shows_both_versions(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast, LineInput("Мойка", price=100_00))
    with app.app_context():
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
    boris, head = sign_in(app, "boris"), sign_in(app, "head")
    url = f"/deals/{deal_id}/lines/{line_id}"
    seen, heads = (re.search(r'name="seen"[^>]*value="([^"]*)"', client.get(url, headers=HX).get_data(as_text=True))
                   for client in (boris, head))
    assert seen is not None
    assert heads is not None
    assert head.post(url, data=typed(price="150", seen=heads[1]), headers=HX).status_code == 204
    answer = boris.post(url, data=typed(price="90", seen=seen[1]), headers=HX)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "In the deal now: Мойка, 2 × ₽150." in page
    assert re.search(r'name="price"[^>]*value="90"', page)
    with app.app_context():
        assert db.session.get_one(DealLine, line_id).price == 150_00
    fresh = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert fresh is not None
    assert boris.post(url, data=typed(price="90", seen=fresh[1]), headers=HX).status_code == 204
    with app.app_context():
        assert db.session.get_one(DealLine, line_id).price == 90_00


def test_cancel_leads_from_a_form_s_own_page_to_the_deal(app: Flask, cast: Cast) -> None:
    deal_id, client = make_own_deal(app, cast), sign_in(app, "boris")
    url = f"/deals/{deal_id}/lines/new"

    def cancel(page: str) -> str:
        return re.findall(r'<a class="act quiet" ([^>]*)>Cancel', page)[0]

    assert cancel(client.get(url).get_data(as_text=True)) == f'href="/deals/{deal_id}#lines"'
    alone = {**HX, "HX-Current-URL": f"http://localhost{url}"}
    for answer in (client.post(url, data=typed(price="?"), headers=alone), client.get(f"/deals/{deal_id}/lines/form", headers=alone)):
        assert cancel(answer.get_data(as_text=True)) == f'href="/deals/{deal_id}#lines"'
    within = {**HX, "HX-Current-URL": f"http://localhost/deals/{deal_id}"}
    assert 'hx-target="#lines"' in cancel(client.get(url, headers=within).get_data(as_text=True))


def test_the_page_asks_for_the_price_list_only_where_it_shows_it(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast)

    def lists_asked(who: str) -> bool:
        client = sign_in(app, who)
        with asked(app) as seen:
            page = client.get(f"/deals/{deal_id}").get_data(as_text=True)
        read = any("FROM price_list" in one for one in seen)
        assert (read, True) == ('id="deal-list"' in page, 'id="lines"' in page)
        return read

    assert (lists_asked("boris"), lists_asked("viewer")) == (True, False)
    with app.app_context():
        db.session.scalars(sa.select(Organization)).one().modules_off = ["products"]
        db.session.commit()
    assert not lists_asked("boris")


def test_a_removed_line_comes_back_by_undo(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast, LineInput("Мойка", quantity=Decimal("1.5"), price=100_00,
                                                 discount=Decimal(10), vat_rate=Decimal(20), unit="ч"))
    client = sign_in(app, "boris")
    with app.app_context():
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
    client.post(f"/deals/{deal_id}/lines/{line_id}/remove")
    with client.session_transaction() as session:
        undo = re.search(r'"undo": "([^"]+)"', str(session["_flashes"][-1][0]))
    assert undo is not None
    for _ in range(2):
        client.post(undo[1])
    with app.app_context():
        rows = db.session.get_one(Deal, deal_id).lines
        assert [(row.name, row.unit, row.quantity, row.price, row.discount, row.vat_rate) for row in rows] == [
            ("Мойка", "ч", Decimal("1.5"), 100_00, Decimal(10), Decimal(20))]


def test_a_line_of_another_deal_is_not_found(app: Flask, cast: Cast) -> None:
    mine, other = make_own_deal(app, cast), make_own_deal(app, cast, LineInput("Мойка", price=1))
    with app.app_context():
        line_id = db.session.get_one(Deal, other).lines[0].id
    client = sign_in(app, "boris")
    assert client.get(f"/deals/{mine}/lines/{line_id}").status_code == 404
    assert client.post(f"/deals/{mine}/lines/{line_id}/remove").status_code == 404


@pytest.mark.parametrize("line", ["quantity=NaN&price=1&discount=0", "quantity=1&price=1&discount=sNaN",
                                  "quantity=1&price=1&discount=0&vat=NaN", "quantity=0.0001&price=1&discount=0"])
def test_an_undo_that_was_tampered_with_is_refused(app: Flask, cast: Cast, line: str) -> None:
    deal_id = make_own_deal(app, cast)
    answer = sign_in(app, "boris").post(f"/deals/{deal_id}/lines/back?name=x&{line}")
    assert answer.status_code == 409
    with app.app_context():
        assert not db.session.get_one(Deal, deal_id).lines


def test_a_rate_of_more_places_than_are_kept_is_rounded(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast)
    sign_in(app, "boris").post(f"/deals/{deal_id}/lines/back?name=x&quantity=1&price=100&discount=0&vat=1.23456")
    with app.app_context():
        assert [line.vat_rate for line in db.session.get_one(Deal, deal_id).lines] == [Decimal("1.23")]


def test_a_version_that_is_no_number_is_no_crash(app: Flask, cast: Cast) -> None:
    deal_id = make_own_deal(app, cast)
    answer = sign_in(app, "boris").post(f"/deals/{deal_id}/edit", data={
        "title": "x", "currency": "RUB", "version": "abc"})
    assert answer.status_code == 422
