"""Price lists on their pages: made, given to kinds of clients, filled, changed in place, dated, archived."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from flask import Flask

from crm.catalog import operations, queries
from crm.catalog.models import ListPrice, PriceList
from crm.core import dates
from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.statements import statements

HX = {"HX-Request": "true"}


@pytest.fixture
def shop(app: Flask, cast: Cast) -> dict[str, int]:
    """A list with one price of one product."""
    with app.app_context():
        product = operations.create_product(name="Перчатки", actor=None, price=1_000_00, unit="шт")
        made = operations.create_list(name="Опт", kinds=["company"], actor=None)
        row = operations.add_price(made, product, price=950_00, from_quantity=Decimal(10), since=dt.date(2026, 1, 1), actor=None)
        db.session.commit()
        return {"product": product.id, "list": made.id, "row": row.id}


def prices(app: Flask) -> list[tuple[Decimal, dt.date, int | None]]:
    with app.app_context():
        return [(row.from_quantity, row.since, row.price) for row in db.session.query(ListPrice).order_by(ListPrice.id)]


def test_a_list_is_made_and_given_to_kinds_of_clients(app: Flask, cast: Cast) -> None:
    head = sign_in(app, "head")
    assert "A price list gives some clients other prices" in head.get("/products/lists").get_data(as_text=True)
    data = {"name": "Тёплый опт", "kinds": ["company", "person"], "chosen_by": "all"}
    assert head.post("/products/lists/new", data=data).status_code == 303
    with app.app_context():
        made = db.session.query(PriceList).one()
        assert (made.kinds, made.chosen_by, queries.list_for("person"), queries.list_for("entrepreneur")) == (
            ["company", "person"], "all", made, None)
        url = f"/products/lists/{made.id}/edit"
    assert "Companies, Private persons" in head.get("/products/lists").get_data(as_text=True)
    twin = head.post("/products/lists/new", data={**data, "name": "теплый ОПТ"})
    assert (twin.status_code, "There is a price list called" in twin.get_data(as_text=True)) == (422, True)
    assert head.post(url, data={**data, "kinds": [], "version": "1"}).status_code == 303
    assert head.post(url, data={**data, "version": "1"}).status_code == 409


def test_prices_are_changed_in_place_and_taken_out(app: Flask, shop: dict[str, int]) -> None:
    head, url, cell = sign_in(app, "head"), f"/products/lists/{shop['list']}", f"price_{shop['row']}"
    page = head.get(url).get_data(as_text=True)
    assert re.search(rf'name="{cell}"[^>]*value="950"', page)
    shown = {f"shown_{shop['row']}": "95000"}
    assert head.post(url, data={**shown, cell: "много"}).status_code == 422
    assert head.post(url, data={**shown, cell: "940,50"}).status_code == 303
    assert prices(app) == [(Decimal(10), dt.date(2026, 1, 1), 940_50)]
    assert head.post(url, data={**shown, cell: "930"}).status_code == 409  # another price was shown
    assert head.post(url, data={f"shown_{shop['row']}": "94050", cell: ""}).status_code == 303
    assert prices(app) == []


def test_a_new_price_counts_from_its_day_and_the_present_one_until_then(app: Flask, shop: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/products/lists/{shop['list']}"
    with app.app_context():
        tomorrow, today = dates.today() + dt.timedelta(days=1), dates.today()
    data = {"product_id": str(shop["product"]), "product_id_text": "Перчатки", "from_quantity": "10", "price": "900"}
    assert head.post(f"{url}/prices", data={**data, "since": tomorrow.isoformat(), "once": "a"}).status_code == 303
    page = head.get(url).get_data(as_text=True)
    assert (page.count("data-row"), "not yet" in page) == (2, True)
    assert head.post(f"{url}/prices", data={**data, "since": today.isoformat(), "once": "b"}).status_code == 303
    assert head.get(url).get_data(as_text=True).count("data-row") == 2  # the first one is a former price
    assert head.get(f"{url}?past=1").get_data(as_text=True).count("data-row") == 3
    assert head.post(f"{url}/prices", data={**data, "product_id": "", "since": today.isoformat()}).status_code == 422


def test_managers_see_the_prices_and_change_none(app: Flask, shop: dict[str, int]) -> None:
    boris, url = sign_in(app, "boris"), f"/products/lists/{shop['list']}"
    page = boris.get(url).get_data(as_text=True)
    assert ("₽950" in page, 'name="price_' in page) == (True, False)
    for path, data in ((url, {}), (f"{url}/prices", {}), (f"{url}/archive", {}), (f"{url}/edit", {}), ("/products/lists/new", {})):
        assert boris.post(path, data=data).status_code == 403
    assert boris.get("/products/lists/999").status_code == 404


def test_an_archived_list_is_given_to_nobody_and_comes_back(app: Flask, shop: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/products/lists/{shop['list']}/archive"
    head.post(url)
    with app.app_context():
        assert queries.list_for("company") is None
    head.post(f"{url}?back=1")
    with app.app_context():
        assert queries.list_for("company") is not None


def test_a_long_list_asks_for_no_more_statements(app: Flask, shop: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/products/lists/{shop['list']}"
    seen = statements(head, url)
    with app.app_context():
        chosen = queries.price_list(shop["list"])
        assert chosen
        for number in range(8):
            product = operations.create_product(name=f"Товар {number}", actor=None, price=100)
            operations.add_price(chosen, product, price=90, since=dt.date(2026, 1, 1), actor=None)
        db.session.commit()
    assert statements(head, url) == seen
