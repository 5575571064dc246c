"""Products: a price list that is searched, edited, archived and picked from."""

import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization
from crm.catalog.models import Product
from crm.catalog.operations import create_list, create_product, group_named
from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline

HX = {"HX-Request": "true"}


def add(app: Flask, name: str, **fields: object) -> int:
    with app.app_context():
        product = create_product(name=name, actor=None, **fields)
        db.session.commit()
        return product.id


def names(page: str) -> list[str]:
    return re.findall(r'<td><a href="/products/\d+">([^<]*)</a>', page)


def test_a_product_is_added_once_with_its_vat(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "head")
    data = {"name": "Мойка окон", "price": "1 250,50", "currency": "RUB", "vat_rate": "", "once": "k"}
    for _ in range(2):
        assert client.post("/products/new", data=data).status_code == 303
    with app.app_context():
        product = db.session.scalars(sa.select(Product)).one()
        assert (product.name, product.price, product.vat_rate) == ("Мойка окон", 1_250_50, None)


def test_the_form_begins_with_the_company_s_currency_and_rate(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Organization)).one().vat_rate = 20
        db.session.commit()
    page = sign_in(app, "head").get("/products/new").get_data(as_text=True)
    assert re.findall(r'<option selected value="([^"]*)"', page) == ["RUB", "20"]


@pytest.mark.parametrize(("field", "value", "sentence"), [
    ("name", "", "Type the product&#39;s name."),
    ("price", "-1", "An amount cannot be below zero."),
    ("price", "даром", "Type an amount, such as 12 500,50."),
    ("vat_rate", "99", "Not a valid choice."),
    ("vat_rate", "abc", "Not a valid choice."),
])
def test_a_wrong_product_is_shown_again(app: Flask, cast: Cast, field: str, value: str, sentence: str) -> None:
    data = {"name": "Мойка", "price": "1", "currency": "RUB", "vat_rate": "22", field: value}
    answer = sign_in(app, "head").post("/products/new", data=data)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_rate_of_former_times_stays_when_another_field_is_changed(app: Flask, cast: Cast) -> None:
    product_id, head = add(app, "Мойка", vat_rate=Decimal("18.5")), sign_in(app, "head")
    page = head.get(f"/products/{product_id}").get_data(as_text=True)
    assert re.findall(r'<option selected value="([^"]*)"', page) == ["RUB", "18.5"]
    data = {"name": "Мойка", "price": "7", "currency": "RUB", "vat_rate": "18.5", "version": "1"}
    assert head.post(f"/products/{product_id}", data=data).status_code == 303
    assert head.post("/products/new", data={**data, "name": "Ещё"}).status_code == 422
    with app.app_context():
        assert [(row.name, row.price, row.vat_rate) for row in db.session.scalars(sa.select(Product))] == [("Мойка", 7_00, Decimal("18.5"))]


def test_two_products_of_one_name_are_refused_and_what_was_typed_stays(app: Flask, cast: Cast) -> None:
    add(app, "Мойка окон")
    other_id, head = add(app, "Мойка полов"), sign_in(app, "head")
    for path in ("/products/new", f"/products/{other_id}"):
        answer = head.post(path, data={"name": "мойка  ОКОН", "sku": "A-7", "price": "1", "currency": "RUB", "vat_rate": "22",
                                       "version": "1"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "A product called Мойка окон already exists." in page.partition('id="name-error"')[2]
        assert 'value="A-7"' in page


def test_a_code_that_another_product_has_is_refused_at_its_field(app: Flask, cast: Cast) -> None:
    add(app, "Мойка окон", sku="Ё-7")
    other_id, head = add(app, "Мойка полов", sku="Б-1"), sign_in(app, "head")
    data = {"name": "Мойка стен", "sku": "е-7", "price": "1", "currency": "RUB", "vat_rate": "22", "version": "1"}
    for path in ("/products/new", f"/products/{other_id}"):
        answer = head.post(path, data=data)
        assert answer.status_code == 422
        assert "Мойка окон has this code already." in answer.get_data(as_text=True).partition('id="sku-error"')[2]
    for sku in ("б-1", "Ё", ""):  # its own in other letters, a part of another's, none
        with app.app_context():
            version = str(db.session.get_one(Product, other_id).version)
        assert head.post(f"/products/{other_id}", data={**data, "sku": sku, "version": version}).status_code == 303


def test_an_archived_product_keeps_no_code_from_another(app: Flask, cast: Cast) -> None:
    head, old = sign_in(app, "head"), add(app, "Мойка окон", sku="A-7")
    head.post(f"/products/{old}/archive")
    data = {"name": "Мойка полов", "sku": "A-7", "price": "1", "currency": "RUB", "vat_rate": "22"}
    assert head.post("/products/new", data=data).status_code == 303


def test_a_stale_edit_shows_both(app: Flask, cast: Cast) -> None:
    product_id = add(app, "Мойка", price=100_00)
    client, url = sign_in(app, "head"), f"/products/{product_id}"
    data = {"name": "Мойка", "currency": "RUB", "vat_rate": "22", "version": "1"}
    assert client.post(url, data={**data, "price": "150"}).status_code == 303
    answer = client.post(url, data={**data, "price": "90"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Saved now: Мойка, ₽150" in page
    assert re.search(r'name="price"[^>]*value="90"', page)
    assert 'name="version" type="hidden" value="2"' in page


def test_an_archived_product_leaves_the_picker_and_comes_back(app: Flask, cast: Cast) -> None:
    product_id = add(app, "Мойка Ёлок", price=100_00, unit="шт", vat_rate=Decimal(22))
    client = sign_in(app, "head")
    picked = client.get("/products/pick?q=ЕЛОК", headers=HX).get_data(as_text=True)
    assert re.findall(r'data-id="(\d+)" data-text="([^"]*)"', picked) == [(str(product_id), "Мойка Ёлок")]
    client.post(f"/products/{product_id}/archive")
    assert client.get("/products/pick?q=ЕЛОК", headers=HX).get_data(as_text=True).strip() == ""
    assert names(client.get("/products").get_data(as_text=True)) == []
    assert names(client.get("/products?archived=1").get_data(as_text=True)) == ["Мойка Ёлок"]
    client.post(f"/products/{product_id}/archive?back=1")
    assert names(client.get("/products").get_data(as_text=True)) == ["Мойка Ёлок"]


def test_managers_see_the_price_list_and_do_not_change_it(app: Flask, cast: Cast) -> None:
    product_id, client = add(app, "Мойка"), sign_in(app, "boris")
    assert client.get("/products").status_code == 200
    assert client.get(f"/products/{product_id}").status_code == 403
    assert client.post("/products/new", data={}).status_code == 403


def test_without_the_module_there_is_no_price_list(app: Flask, cast: Cast) -> None:
    with app.app_context():
        chosen, group = create_list(name="Опт", actor=None), group_named("Химия")
        deal = make_deal(make_pipeline())
        assert group
        db.session.flush()
        pages = [f"/products/lists/{chosen.id}", f"/products/groups/{group.id}", f"/deals/{deal.id}/price-list"]
        db.session.scalars(sa.select(Organization)).one().modules_off = ["products"]
        db.session.commit()
    client = sign_in(app, "head")
    for page in ("/products", "/products/lists", "/products/lists/new", "/products/groups", "/products/export.csv", *pages):
        assert client.get(page).status_code == 404
    assert 'value="products"' not in client.get("/imports/").get_data(as_text=True)
    assert 'href="/products"' not in client.get("/deals").get_data(as_text=True)
