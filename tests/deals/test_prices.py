"""A line gets its price from the list of its client, follows the quantity, and keeps how the price came about."""

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from crm.accounts.models import Organization, User
from crm.catalog import operations as catalog
from crm.catalog.models import PriceList, Product
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal
from crm.deals.queries import prices
from tests.cast import Cast, sign_in
from tests.deals.shop import HX, LONG_AGO, change, lines, put_in
from tests.factories import make_deal
from tests.statements import asked


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


def test_a_price_is_reckoned_once_and_not_at_all_where_the_line_keeps_it(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="12")
    client, url = sign_in(app, "boris"), f"/deals/{shop['firm']}/lines"
    asks = f"product_id={shop['product']}&quantity=10"

    def reckoned(ask: Callable[[], object]) -> int:
        with asked(app) as seen:
            ask()
        return len([one for one in seen if "FROM list_price" in one])

    assert reckoned(lambda: client.get(f"{url}/form?{asks}", headers=HX)) == 1
    assert reckoned(lambda: client.get(f"{url}/price?{asks}", headers=HX)) == 1
    assert reckoned(lambda: change(app, shop["firm"], unit="пара")) == 0
    assert reckoned(lambda: change(app, shop["firm"], quantity="13")) == 1
    assert lines(app, shop["firm"]) == [(Decimal(13), 950_00, Decimal(0))]


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


def make_unpriced(app: Flask, **fields: Any) -> dict[str, str]:
    with app.app_context():
        product = catalog.create_product(name="Замер", actor=None, **fields)
        db.session.commit()
        return {"product_id": str(product.id), "product_id_text": "Замер"}


@pytest.mark.parametrize("product", [{}, {"price": 10_00, "currency": "USD"}, None])
def test_a_price_that_nobody_knows_is_asked_for(app: Flask, shop: dict[str, int], product: dict[str, object] | None) -> None:
    what = {"product_id_text": "Монтаж"} if product is None else make_unpriced(app, **product)
    client, url = sign_in(app, "boris"), f"/deals/{shop['firm']}/lines/new"
    answer = client.post(url, data={**what, "quantity": "12", "price": " ", "vat_rate": ""}, headers=HX)
    assert answer.status_code == 422
    assert re.search(r'id="price-new-error">.*Type the price; 0 if it costs nothing\.', answer.get_data(as_text=True))
    assert lines(app, shop["firm"]) == []
    assert client.post(url, data={**what, "quantity": "12", "price": "0", "vat_rate": ""}, headers=HX).status_code == 204
    assert lines(app, shop["firm"]) == [(Decimal(12), 0, Decimal(0))]
    assert change(app, shop["firm"], unit="раз") == 204
    assert change(app, shop["firm"], price="") == 422


def test_a_product_without_a_price_fills_in_none(app: Flask, shop: dict[str, int]) -> None:
    what, client = make_unpriced(app), sign_in(app, "boris")
    asks = f"/deals/{shop['firm']}/lines/%s?product_id={what['product_id']}&quantity=2&price=%s"
    for step, typed, shown in (("form", "", ""), ("form", "700", "700"), ("price", "0", "0"), ("price", "700", "700"), ("price", "", "")):
        page = client.get(asks % (step, typed), headers=HX).get_data(as_text=True)
        assert re.search(rf'name="price"[^>]*value="{shown}"', page), (step, typed)


def test_a_product_that_a_list_gives_away_costs_nothing(app: Flask, shop: dict[str, int]) -> None:
    what = make_unpriced(app)
    with app.app_context():
        product = db.session.get_one(Product, int(what["product_id"]))
        opt = db.session.get_one(PriceList, shop["list"])
        catalog.add_price(opt, product, price=0, from_quantity=Decimal(1), since=LONG_AGO, actor=None)
        db.session.commit()
    page = sign_in(app, "boris").get(f"/deals/{shop['firm']}/lines/form?product_id={what['product_id']}", headers=HX).get_data(as_text=True)
    assert re.search(r'name="price"[^>]*value="0"', page)
    put_in(app, shop, **what)
    assert lines(app, shop["firm"]) == [(Decimal(1), 0, Decimal(0))]


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


def test_without_the_module_a_typed_name_is_only_a_name(app: Flask, shop: dict[str, int]) -> None:
    with app.app_context():
        db.session.query(Organization).one().modules_off = ["products"]
        db.session.commit()
    put_in(app, shop, price="77")
    with app.app_context():
        assert [(row.product_id, row.price) for row in db.session.get_one(Deal, shop["firm"]).lines] == [(None, 77_00)]
