"""A line gets its price from the list of its client, follows the quantity, and keeps how the price came about."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog.models import PriceList, Product
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal
from crm.deals.queries import prices
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline

HX = {"HX-Request": "true"}
LONG_AGO = dt.date(2020, 1, 1)


@pytest.fixture
def shop(app: Flask, cast: Cast) -> dict[str, int]:
    """Gloves at 1 000, wholesale from 10 at 950 for companies; a deal of a company and one of a person, led by Boris."""
    with app.app_context():
        product = catalog.create_product(name="Перчатки", actor=None, price=1_000_00, unit="шт", cost=600_00)
        wholesale = catalog.create_list(name="Опт", kinds=["company"], actor=None)
        catalog.add_price(wholesale, product, price=950_00, from_quantity=Decimal(10), since=LONG_AGO, actor=None)
        pipeline = make_pipeline()
        firm = make_deal(pipeline, company=make_company(manager_id=cast.boris), manager_id=cast.boris)
        person = make_deal(pipeline, contact=make_contact(manager_id=cast.boris), manager_id=cast.boris)
        db.session.commit()
        return {"product": product.id, "list": wholesale.id, "firm": firm.id, "person": person.id}


def put_in(app: Flask, shop: dict[str, int], deal: str = "firm", who: str = "boris", **fields: str) -> None:
    data = {"product_id": str(shop["product"]), "product_id_text": "Перчатки", "quantity": "1", "unit": "шт", "vat_rate": "", **fields}
    answer = sign_in(app, who).post(f"/deals/{shop[deal]}/lines/new", data=data, headers=HX)
    assert answer.status_code == 204, answer.get_data(as_text=True)


def lines(app: Flask, deal_id: int) -> list[tuple[Decimal, int, Decimal]]:
    with app.app_context():
        return [(row.quantity, row.price, row.discount) for row in db.session.get_one(Deal, deal_id).lines]


def change(app: Flask, deal_id: int, who: str = "boris", **fields: str) -> int:
    """Open the form of the deal's only line, change what is named, save."""
    with app.app_context():
        line_id = db.session.get_one(Deal, deal_id).lines[0].id
    client, url = sign_in(app, who), f"/deals/{deal_id}/lines/{line_id}"
    page = client.get(url, headers=HX).get_data(as_text=True)
    inputs = (re.search(r'name="(\w+)"', tag) for tag in re.findall(r"<input[^>]*>", page))
    shown = {name[1]: re.search(rf'<input[^>]*name="{name[1]}"[^>]*?value="([^"]*)"', page) for name in inputs if name}
    shown |= {"offered": re.search(r'name="offered"[^>]*value="([^"]*)"', page)}
    data = {name: value[1] for name, value in shown.items() if value and name != "csrf_token"}
    return client.post(url, data={**data, "vat_rate": "", **fields}, headers=HX).status_code


def test_a_line_gets_the_price_of_its_client_s_list_with_the_reason(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="12")
    put_in(app, shop, "person", quantity="12")
    assert lines(app, shop["firm"]) == [(Decimal(12), 950_00, Decimal(0))]
    assert lines(app, shop["person"]) == [(Decimal(12), 1_000_00, Decimal(0))]
    page = sign_in(app, "boris").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert "Опт, from 10 шт: ₽950 instead of ₽1,000" in page


def test_the_price_follows_the_quantity_until_somebody_types_one(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop)
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    assert change(app, shop["firm"], quantity="10") == 204
    assert lines(app, shop["firm"]) == [(Decimal(10), 950_00, Decimal(0))]
    assert change(app, shop["firm"], quantity="9") == 204
    assert lines(app, shop["firm"]) == [(Decimal(9), 1_000_00, Decimal(0))]
    assert change(app, shop["firm"], price="980") == 204
    assert change(app, shop["firm"], quantity="50") == 204
    assert lines(app, shop["firm"]) == [(Decimal(50), 980_00, Decimal(0))]


def test_the_form_shows_the_price_of_the_typed_quantity(app: Flask, shop: dict[str, int]) -> None:
    client, url = sign_in(app, "boris"), f"/deals/{shop['firm']}/lines/price?product_id={shop['product']}"
    page = client.get(f"{url}&quantity=10&price=1000&offered=100000", headers=HX).get_data(as_text=True)
    assert re.search(r'name="price"[^>]*value="950"', page)
    assert "Опт, from 10" in page
    typed = client.get(f"{url}&quantity=10&price=990&offered=100000", headers=HX).get_data(as_text=True)
    assert re.search(r'name="price"[^>]*value="990"', typed)


def test_what_prices_do_later_does_not_alter_a_line(app: Flask, shop: dict[str, int], cast: Cast) -> None:
    put_in(app, shop, quantity="12")
    with app.app_context():
        product, owner = db.session.get_one(Product, shop["product"]), db.session.get_one(User, cast.owner)
        catalog.update_product(product, actor=owner, price=2_000_00)
        catalog.add_price(db.session.get_one(PriceList, shop["list"]), product, price=1_900_00, from_quantity=Decimal(10),
                          since=LONG_AGO, actor=owner)
        db.session.commit()
    assert change(app, shop["firm"], unit="пара") == 204
    assert lines(app, shop["firm"]) == [(Decimal(12), 950_00, Decimal(0))]
    assert "₽950 instead of ₽1,000" in sign_in(app, "boris").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert change(app, shop["firm"], quantity="13") == 204
    assert lines(app, shop["firm"]) == [(Decimal(13), 1_900_00, Decimal(0))]


def test_a_list_chosen_for_the_client_stands_above_its_kind_and_below_the_deal(app: Flask, shop: dict[str, int], cast: Cast) -> None:
    with app.app_context():
        owner, deal = db.session.get_one(User, cast.owner), db.session.get_one(Deal, shop["firm"])
        theirs, own = (catalog.create_list(name=name, actor=owner) for name in ("Партнёры", "Акция"))
        assert prices.list_of(deal).by == "kind"
        operations.choose_list(deal, theirs.id, for_client=True, actor=owner)
        assert (prices.list_of(deal).list, prices.list_of(deal).by) == (theirs, "client")
        other = make_deal(deal.pipeline, company=deal.company)
        assert prices.list_of(other).list == theirs
        operations.choose_list(deal, own.id, for_client=False, actor=owner)
        assert (prices.list_of(deal).list, prices.list_of(other).list) == (own, theirs)
        catalog.archive_list(own, archived=True, actor=owner)
        assert prices.list_of(deal).list == theirs


def test_a_manager_chooses_no_list_that_is_for_setters_of_prices(app: Flask, shop: dict[str, int]) -> None:
    with app.app_context():
        cheap = catalog.create_list(name="Даром", actor=None).id
        spring = catalog.create_list(name="Весна", chosen_by="all", actor=None).id
        db.session.commit()
    client, url = sign_in(app, "boris"), f"/deals/{shop['firm']}/price-list"
    page = client.get(url).get_data(as_text=True)
    assert ("Весна" in page, "Даром" in page) == (True, False)
    assert client.post(url, data={"price_list_id": str(cheap)}).status_code == 422
    assert client.post(url, data={"price_list_id": str(spring)}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Deal, shop["firm"]).price_list_id == spring


def test_a_product_in_another_currency_has_no_price_of_a_list(app: Flask, shop: dict[str, int]) -> None:
    with app.app_context():
        shop["product"] = catalog.create_product(name="Перчатки US", actor=None, price=10_00, currency="USD").id
        db.session.commit()
    put_in(app, shop, price="77")
    assert lines(app, shop["firm"]) == [(Decimal(1), 77_00, Decimal(0))]


def test_a_removed_line_comes_back_with_how_its_price_came_about(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="12")
    client = sign_in(app, "boris")
    with app.app_context():
        line = db.session.get_one(Deal, shop["firm"]).lines[0]
        line_id, formed = line.id, line.formed
    client.post(f"/deals/{shop['firm']}/lines/{line_id}/remove")
    with client.session_transaction() as session:
        undo = re.search(r'"undo": "([^"]+)"', str(session["_flashes"][-1][0]))
    assert undo
    client.post(undo[1])
    with app.app_context():
        assert [row.formed for row in db.session.get_one(Deal, shop["firm"]).lines] == [formed]
