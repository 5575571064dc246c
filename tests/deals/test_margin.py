"""What is left of a deal: reckoned from the cost that products had when they were put in, shown to who may know it alone."""

import re
from decimal import Decimal

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.catalog.operations import create_product, update_product
from crm.core import money
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal, DealLine
from crm.deals.operations import LineInput
from crm.deals.queries.page import deal_page
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline
from tests.statements import statements

HX = {"HX-Request": "true"}
COST, PRINTED = 433_21, ("433.21", "433,21", "43321")


@pytest.fixture
def ids(app: Flask, cast: Cast) -> dict[str, int]:
    """A deal of Boris with one line of a product whose cost is known; another product, and one in dollars."""
    with app.app_context():
        product = create_product(name="Мойка", actor=None, price=1_220_00, cost=COST, vat_rate=Decimal(22))
        other = create_product(name="Бахилы", actor=None, price=100_00, cost=57_00)
        dollars = create_product(name="Import", actor=None, price=9_99, cost=5_55, currency="USD")
        deal = make_deal(make_pipeline(), manager_id=cast.boris)
        operations.set_lines(deal, [LineInput(
            "Мойка", product=product, price=1_220_00, cost=COST, vat_rate=Decimal(22), quantity=Decimal(2))], actor=None)
        db.session.commit()
        return {"deal": deal.id, "line": deal.lines[0].id, "product": product.id, "other": other.id, "dollars": dollars.id}


def hide(app: Flask, *fields: str, role: str = "head") -> None:
    with app.app_context():
        powers = queries.powers_of(role)
        assert powers is not None
        roles.change_role(role, levels=powers.levels, hidden=fields, actor=None)
        db.session.commit()


def lines(app: Flask, deal_id: int) -> list[DealLine]:
    with app.app_context():
        return list(db.session.get_one(Deal, deal_id).lines)


def typed(**fields: str) -> dict[str, str]:
    return {"product_id_text": "Мойка", "quantity": "2", "price": "1220", "discount": "", "vat_rate": "22", **fields}


def margin(client: FlaskClient, deal_id: int) -> str:
    """The quiet line under the sum, or nothing."""
    found = re.search(r'id="margin">(.*?)</td>', client.get(f"/deals/{deal_id}").get_data(as_text=True), re.S)
    return found[1].strip() if found else ""


def undo_of(client: FlaskClient) -> str:
    with client.session_transaction() as session:
        undo = re.search(r'"undo": "([^"]+)"', str(session["_flashes"][-1][0]))
    assert undo is not None
    return undo[1]


def test_the_margin_of_a_deal_is_the_net_sum_less_its_cost(context: Session, cast: Cast) -> None:
    deal = make_deal(make_pipeline())
    operations.set_lines(deal, [
        LineInput("Перчатки", quantity=Decimal("12.5"), price=120_050, discount=Decimal(5), vat_rate=Decimal(22), cost=70_007),
        LineInput("Доставка", price=50_000)], actor=None)
    # 14255.94 with VAT 2570.74 inside leaves 11685.20; 700.07 x 12.5 = 8750.875 -> 8750.88
    found = deal_page(deal, User()).margin
    assert found == money.Margin(cost=875_088, net=1_168_520, unknown=1)
    assert (found.margin, found.percent) == (293_432, Decimal("25.1"))


def test_the_page_says_cost_margin_and_what_has_no_cost(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    head = sign_in(app, "head")
    assert margin(head, ids["deal"]) == "Cost ₽866.42 · margin ₽1,133.58 (56.7%)"
    for name in ("Доставка", "Подъём"):
        head.post(f"/deals/{ids['deal']}/lines/new", data=typed(product_id_text=name, vat_rate=""))
    assert margin(head, ids["deal"]).endswith("<br>2 lines have no cost and are left out.")
    head.post(f"/deals/{ids['deal']}/lines/{ids['line']}", data=typed(discount="100", cost="433,21"))
    assert margin(head, ids["deal"]).startswith("Cost ₽866.42 · margin -₽866.42<br>")
    head.post(f"/deals/{ids['deal']}/lines/{ids['line']}", data=typed())
    assert margin(head, ids["deal"]) == ""


@pytest.mark.parametrize("fields", [("deal.margin",), ("product.cost",), ("product.cost", "deal.margin")])
def test_hidden_the_margin_is_on_no_page(app: Flask, cast: Cast, ids: dict[str, int], fields: tuple[str, ...]) -> None:
    head, path = sign_in(app, "head"), f"/deals/{ids['deal']}"
    pages = [path, f"{path}/parts", f"{path}/lines"]
    assert all("1,133.58" in head.get(page, headers=HX).get_data(as_text=True) for page in pages)
    hide(app, *fields)
    for page in [*pages, f"{path}/lines/{ids['line']}", "/deals", "/"]:
        for headers in ({}, HX):
            text = head.get(page, headers=headers).get_data(as_text=True)
            assert not [one for one in ("1,133.58", "866.42", "(56.7%)", 'id="margin"') if one in text], page
    assert margin(sign_in(app, "accountant"), ids["deal"])
    assert not margin(sign_in(app, "boris"), ids["deal"])
    assert not margin(sign_in(app, "viewer"), ids["deal"])


def test_a_product_brings_its_cost_whoever_puts_it_in(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    boris, head, path = sign_in(app, "boris"), sign_in(app, "head"), f"/deals/{ids['deal']}/lines/new"
    assert boris.post(path, data=typed(product_id=str(ids["other"]), product_id_text="Бахилы", cost="1")).status_code == 303
    head.post(path, data=typed(product_id_text="Бахилы", cost=""))  # found by its name
    head.post(path, data=typed(product_id=str(ids["other"]), product_id_text="Бахилы", cost="60"))
    boris.post(path, data=typed(product_id=str(ids["dollars"]), product_id_text="Import"))
    boris.post(path, data=typed(product_id_text="Доставка", cost="1"))
    assert [line.cost for line in lines(app, ids["deal"])] == [COST, 57_00, 57_00, 60_00, None, None]
    with app.app_context():  # a snapshot, as the price is
        product = create_product(name="Ещё", actor=None)
        update_product(product, actor=db.session.get_one(User, cast.owner), cost=1)
        db.session.commit()
    assert lines(app, ids["deal"])[0].cost == COST


def test_choosing_a_product_fills_its_cost_for_who_sees_it(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/deals/{ids['deal']}/lines/form?product_id="
    cost = re.compile(r'name="cost"[^>]*value="([^"]*)"')
    assert cost.findall(head.get(f"{url}{ids['product']}", headers=HX).get_data(as_text=True)) == ["433.21"]
    assert cost.findall(head.get(f"{url}{ids['dollars']}", headers=HX).get_data(as_text=True)) == [""]
    page = sign_in(app, "boris").get(f"{url}{ids['product']}", headers=HX).get_data(as_text=True)
    assert 'name="price"' in page
    assert 'name="cost"' not in page
    assert not [one for one in PRINTED if one in page]


def test_the_form_of_who_does_not_see_the_cost_holds_none_and_keeps_it(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    boris, url = sign_in(app, "boris"), f"/deals/{ids['deal']}/lines/{ids['line']}"
    page = boris.get(url, headers=HX).get_data(as_text=True)
    assert not [one for one in PRINTED if one in page]
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert seen is not None
    with app.app_context():
        db.session.get_one(DealLine, ids["line"]).cost = COST + 1  # an accountant, meanwhile: no business of this form
        db.session.commit()
    sent = typed(product_id=str(ids["product"]), price="1100", cost="1", seen=seen[1])
    assert boris.post(url, data=sent, headers=HX).status_code == 204
    assert [(line.price, line.cost) for line in lines(app, ids["deal"])] == [(1_100_00, COST + 1)]
    stale = boris.post(url, data=sent, headers=HX)
    assert (stale.status_code, [one for one in ("433.2", "4332") if one in stale.get_data(as_text=True)]) == (409, [])
    sent = typed(product_id=str(ids["other"]), product_id_text="Бахилы", seen=re.findall(
        r'name="seen"[^>]*value="([^"]*)"', stale.get_data(as_text=True))[0])
    assert boris.post(url, data=sent, headers=HX).status_code == 204
    assert [line.cost for line in lines(app, ids["deal"])] == [57_00]


def test_a_cost_that_a_colleague_changed_is_not_written_over(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/deals/{ids['deal']}/lines/{ids['line']}"
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', head.get(url, headers=HX).get_data(as_text=True))
    assert seen is not None
    with app.app_context():
        db.session.get_one(DealLine, ids["line"]).cost = 500_00
        db.session.commit()
    answer = head.post(url, data=typed(product_id=str(ids["product"]), cost="450", seen=seen[1]), headers=HX)
    assert (answer.status_code, "Cost: ₽500." in answer.get_data(as_text=True)) == (409, True)
    assert lines(app, ids["deal"])[0].cost == 500_00


@pytest.mark.parametrize("who", ["boris", "head"])
def test_a_removed_line_comes_back_with_its_cost_which_the_address_does_not_tell(
        app: Flask, cast: Cast, ids: dict[str, int], who: str) -> None:
    client = sign_in(app, who)
    client.post(f"/deals/{ids['deal']}/lines/{ids['line']}/remove")
    undo = undo_of(client)
    assert not [one for one in PRINTED if one in undo]
    client.post(undo)
    assert [line.cost for line in lines(app, ids["deal"])] == [COST]


def test_nobody_uses_up_the_undo_of_another_deal(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    with app.app_context():
        other = make_deal(make_pipeline(), manager_id=cast.gleb)
        db.session.commit()
        other_id = other.id
    gleb, boris = sign_in(app, "gleb"), sign_in(app, "boris")
    gleb.post(f"/deals/{other_id}/lines/back?name=junk&quantity=1&price=1&discount=0&once=line-{ids['line']}-back")
    boris.post(f"/deals/{ids['deal']}/lines/{ids['line']}/remove")
    undo = undo_of(boris)
    boris.post(undo)
    boris.post(undo)
    assert [line.name for line in lines(app, ids["deal"])] == ["Мойка"]


@pytest.mark.parametrize("cost", ["100", "", "gAAAA"])
def test_a_cost_that_was_tampered_with_is_none(app: Flask, cast: Cast, ids: dict[str, int], cost: str) -> None:
    boris = sign_in(app, "boris")
    boris.post(f"/deals/{ids['deal']}/lines/{ids['line']}/remove")
    boris.post(re.sub(r"cost=[^&]*", f"cost={cost}", undo_of(boris)))
    assert [line.cost for line in lines(app, ids["deal"])] == [None]


@pytest.mark.parametrize(("line", "sentence"), [
    (LineInput("Мойка", cost=-1), "Мойка: the cost cannot be below zero.")])
def test_a_cost_that_cannot_be_is_refused(context: Session, cast: Cast, line: LineInput, sentence: str) -> None:
    g.locale = "en"
    with pytest.raises(operations.DealError) as refusal:
        operations.set_lines(make_deal(make_pipeline()), [line], actor=None)
    assert refusal.value.message == sentence


@pytest.mark.parametrize("cost", [1, 23_456_78, money.MAX_MINOR])
def test_no_refusal_tells_what_a_product_costs(app: Flask, cast: Cast, ids: dict[str, int], cost: int) -> None:
    with app.app_context():
        product = create_product(name="Мрамор", actor=None, price=1, cost=cost)
        db.session.commit()
        product_id = str(product.id)
    boris = sign_in(app, "boris")
    for url in (f"/deals/{ids['deal']}/lines/new", f"/deals/{ids['deal']}/lines/{ids['line']}"):
        fields = {"product_id": product_id, "product_id_text": "Мрамор", "price": "0", "quantity": "999999999"}
        if not url.endswith("new"):
            shown = re.search(r'name="seen"[^>]*value="([^"]*)"', boris.get(url, headers=HX).get_data(as_text=True))
            assert shown is not None
            fields["seen"] = shown[1]
        assert boris.post(url, data=typed(**fields), headers=HX).status_code == 204
    head = sign_in(app, "head").get(f"/deals/{ids['deal']}")
    assert head.status_code == 200


def test_the_margin_asks_for_no_statement(app: Flask, cast: Cast, ids: dict[str, int]) -> None:
    head, page = sign_in(app, "head"), f"/deals/{ids['deal']}"
    head.get(page)
    seen = statements(head, page)
    hide(app, "product.cost")
    assert statements(head, page) == seen
