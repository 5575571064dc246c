"""What a product costs us: typed, listed and exported by who may see it; for others it is nowhere, and their forms keep it."""

import csv
import io
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.accounts.rights import BUILT_IN, built_in, reckon
from crm.catalog import operations
from crm.catalog.models import Product
from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.statements import statements

COST, PRINTED = 777_31, ("777.31", "777,31", "77731")
HX = {"HX-Request": "true"}


def add(app: Flask, name: str = "Мойка", **fields: object) -> int:
    with app.app_context():
        product = operations.create_product(name=name, actor=None, **{"price": 1_000_00, "cost": COST, **fields})
        db.session.commit()
        return product.id


def hide(app: Flask, *fields: str, role: str = "head", **levels: str) -> None:
    """Hide fields from a role; "log_see" stands for "log.see"."""
    with app.app_context():
        powers = queries.powers_of(role)
        assert powers is not None
        given = {name.replace("_", "."): level for name, level in levels.items()}
        roles.change_role(role, levels={**powers.levels, **given}, hidden=fields, actor=None)
        db.session.commit()


def kept(app: Flask, product_id: int) -> Product:
    with app.app_context():
        return db.session.get_one(Product, product_id)


def typed(**fields: str) -> dict[str, str]:
    return {"name": "Мойка", "price": "1000", "currency": "RUB", "unit": "ч", "vat_rate": "", "version": "1", **fields}


def names(page: str) -> list[str]:
    return re.findall(r'<td>(?:<a[^>]*>)?(Товар \w)', page)


def leaks(client: FlaskClient, paths: list[str]) -> list[str]:
    found = []
    for path in paths:
        answer = client.get(path, headers=HX if "pick" in path else {})
        assert answer.status_code == 200, path
        found += [path for text in PRINTED if text in answer.get_data(as_text=True)]
    return found


def test_owner_head_and_accountant_see_cost_and_margin() -> None:
    seers = {code for code in BUILT_IN if not {"product.cost", "deal.margin"} & built_in(code).hidden}
    assert seers == {"owner", "head", "accountant"}


def test_who_sees_no_cost_sees_no_margin() -> None:
    assert reckon("head", {}, ["product.cost"]).hidden == {"product.cost", "deal.margin"}
    assert reckon("head", {}, ["deal.margin"]).hidden == {"deal.margin"}


def test_a_hidden_cost_is_told_with_the_margin(app: Flask, cast: Cast) -> None:
    hide(app, "product.cost")
    page = sign_in(app, "owner").get("/settings/roles?role=head").get_data(as_text=True)
    assert "Never shown: cost, margin." in page
    assert "Who does not see the cost sees no margin either" in page
    assert re.findall(r'name="hidden" value="([^"]+)" checked', page) == ["product.cost", "deal.margin"]


def test_a_cost_is_typed_changed_and_taken_away(app: Flask, cast: Cast) -> None:
    head = sign_in(app, "head")
    assert "without VAT" in head.get("/products/new").get_data(as_text=True)
    assert head.post("/products/new", data=typed(cost="777,31")).status_code == 303
    with app.app_context():
        product_id = db.session.query(Product).one().id
    assert kept(app, product_id).cost == COST
    assert re.search(r'name="cost"[^>]*value="777.31"', head.get(f"/products/{product_id}").get_data(as_text=True))
    assert head.post(f"/products/{product_id}", data=typed(cost="")).status_code == 303
    assert kept(app, product_id).cost is None
    refused = head.post(f"/products/{product_id}", data=typed(cost="-1", version="2"))
    assert (refused.status_code, "An amount cannot be below zero." in refused.get_data(as_text=True)) == (422, True)


def test_a_stale_form_says_the_cost_of_now_to_who_sees_it(app: Flask, cast: Cast) -> None:
    product_id, head = add(app), sign_in(app, "head")
    with app.app_context():
        operations.update_product(db.session.get_one(Product, product_id), actor=db.session.get_one(User, cast.owner), unit="мин")
        db.session.commit()
    said = head.post(f"/products/{product_id}", data=typed(cost="5"))
    assert (said.status_code, "Cost: ₽777.31." in said.get_data(as_text=True)) == (409, True)
    hide(app, "product.cost")
    said = head.post(f"/products/{product_id}", data=typed())
    assert (said.status_code, [text for text in PRINTED if text in said.get_data(as_text=True)]) == (409, [])


def test_hidden_it_is_on_no_page_and_in_no_file(app: Flask, cast: Cast) -> None:
    product_id, head = add(app), sign_in(app, "head")
    pages = [f"/products/{product_id}", "/products", "/products?sort=-cost", "/products/export.csv", "/products/pick?q=Мойка"]
    assert leaks(head, pages) == pages[:4]
    hide(app, "product.cost")
    assert leaks(head, pages) == []
    assert 'name="cost"' not in head.get(pages[0]).get_data(as_text=True)
    assert ">Cost<" not in head.get("/products").get_data(as_text=True)
    assert leaks(sign_in(app, "boris"), pages[1:3]) == []


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_files_hold_the_cost_for_who_may_see_it(app: Flask, cast: Cast, ending: str) -> None:
    add(app)
    add(app, "Без неё", cost=None)
    head = sign_in(app, "head")

    def table() -> list[list[str]]:
        data = head.get(f"/products/export.{ending}").data
        if ending == "csv":
            return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        return [["" if cell is None else str(cell) for cell in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active.values]

    head_row, without, with_cost = table()
    assert (head_row[-1], without[-1], with_cost[-1]) == ("Cost", "", "777.31")
    hide(app, "product.cost")
    assert [row[:-1] for row in (head_row, without, with_cost)] == table()


def test_the_list_is_sorted_by_cost_for_who_sees_it_alone(app: Flask, cast: Cast) -> None:
    for name, cost in (("Товар А", 30_00), ("Товар Б", None), ("Товар В", 10_00), ("Товар Г", 20_00)):
        add(app, name, cost=cost)
    head = sign_in(app, "head")
    assert names(head.get("/products?sort=cost").get_data(as_text=True)) == ["Товар Б", "Товар В", "Товар Г", "Товар А"]
    assert names(head.get("/products?sort=-cost").get_data(as_text=True)) == ["Товар А", "Товар Г", "Товар В", "Товар Б"]
    hide(app, "product.cost")
    for asked in ("cost", "-cost"):
        for path in (f"/products?sort={asked}", f"/products/export.csv?sort={asked}"):
            page = head.get(path).get_data(as_text=True)
            assert (names(page) or re.findall("^Товар .", page, re.M)) == ["Товар А", "Товар Б", "Товар В", "Товар Г"], path


def test_a_form_without_the_field_keeps_the_cost(app: Flask, cast: Cast) -> None:
    product_id, head = add(app), sign_in(app, "head")
    hide(app, "product.cost")
    assert head.post(f"/products/{product_id}", data=typed(price="1200", cost="1")).status_code == 303
    product = kept(app, product_id)
    assert (product.price, product.cost) == (1_200_00, COST)
    assert head.post("/products/new", data=typed(name="Новая", cost="1")).status_code == 303
    with app.app_context():
        assert db.session.query(Product).filter_by(name="Новая").one().cost is None


def test_a_cost_that_is_not_seen_does_not_change_its_currency(app: Flask, cast: Cast) -> None:
    product_id, plain, head = add(app), add(app, "Без неё", cost=None), sign_in(app, "head")
    hide(app, "product.cost")
    refused = head.post(f"/products/{product_id}", data=typed(currency="USD"))
    assert (refused.status_code, "This product has a cost in RUB." in refused.get_data(as_text=True)) == (409, True)
    assert head.post(f"/products/{plain}", data=typed(name="Без неё", currency="USD")).status_code == 303
    assert (kept(app, product_id).currency, kept(app, plain).currency) == ("RUB", "USD")


def test_the_log_tells_the_cost_to_who_may_see_it(app: Flask, cast: Cast) -> None:
    product_id = add(app)
    with app.app_context():
        operations.update_product(db.session.get_one(Product, product_id), actor=db.session.get_one(User, cast.owner), cost=888_42,
                                  price=1_100_00)
        db.session.commit()
    owner = sign_in(app, "owner")
    assert "Cost: ₽777.31 → ₽888.42" in owner.get("/settings/log").get_data(as_text=True)
    assert "Price, VAT included: ₽1,000 → ₽1,100" in owner.get("/settings/log?q=88842").get_data(as_text=True)
    hide(app, "product.cost", log_see="all", log_export="all")
    with app.app_context():
        db.session.get_one(User, cast.head).role = copy_with_log(cast)
        db.session.commit()
    reader = sign_in(app, "head")
    for path in ("/settings/log", "/settings/log/export.csv"):
        text = reader.get(path).get_data(as_text=True)
        assert "₽1,100" in text, path
        assert not [one for one in ("777.31", "888.42", "88842") if one in text], path
    for word, found in (("88842", False), ("77731", False), ("мойка", True), ("110000", True)):
        rows = reader.get(f"/settings/log?q={word}&kind=product.changed").get_data(as_text=True).partition('id="list"')[2]
        assert ("Price" in rows) is found, word


def copy_with_log(cast: Cast) -> str:
    """An own role that reads the log and does not see costs; the code of it."""
    made = roles.copy_role("head", name="Ревизор", actor=db.session.get_one(User, cast.owner))
    roles.change_role(made.code, levels={**made.powers.levels, "log.see": "all", "log.export": "all"}, hidden=["product.cost"], actor=None)
    return made.code


def test_the_cost_asks_for_no_statement(app: Flask, cast: Cast) -> None:
    for number in range(5):
        add(app, f"Мойка {number}")
    head = sign_in(app, "head")
    seen = statements(head, "/products")
    hide(app, "product.cost")
    assert statements(head, "/products") == seen
