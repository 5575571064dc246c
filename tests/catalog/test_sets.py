"""Groups in two levels, and sets: one line in the deal, whose cost is the sum of its parts' and whose paper may print them."""

import datetime as dt
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.catalog import operations, queries, units
from crm.catalog.models import Product, ProductGroup
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import context
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline

HX = {"HX-Request": "true"}


@pytest.fixture
def kit(app: Flask, cast: Cast) -> dict[str, int]:
    """A set of two mops at 1.115 and half a litre at 200.01, and its parts."""
    with app.app_context():
        mop = operations.create_product(name="Швабра", actor=None, price=500_00, cost=111_50, unit="шт")
        soap = operations.create_product(name="Мыло", actor=None, price=300_00, cost=200_01, unit="л")
        whole = operations.create_product(name="Набор", actor=None, price=1_000_00, unit="компл", cost=5)
        operations.add_part(whole, mop, quantity=Decimal(2), actor=None)
        operations.add_part(whole, soap, quantity=Decimal("0.5"), actor=None)
        db.session.commit()
        return {"mop": mop.id, "soap": soap.id, "whole": whole.id}


def cost(app: Flask, product_id: int) -> int | None:
    with app.app_context():
        return db.session.get_one(Product, product_id).cost


def test_the_cost_of_a_set_is_the_sum_of_its_parts_to_the_kopeck(app: Flask, kit: dict[str, int]) -> None:
    assert cost(app, kit["whole"]) == 2 * 111_50 + 100_01  # 200.01 / 2 = 100.005 -> 100.01


def test_the_parts_one_by_one_are_rounded_like_every_sum(app: Flask, kit: dict[str, int], cast: Cast) -> None:
    with app.app_context():
        operations.update_product(db.session.get_one(Product, kit["soap"]), actor=db.session.get_one(User, cast.owner), price=300_01)
        db.session.commit()
    page = sign_in(app, "head").get(f"/products/{kit['whole']}").get_data(as_text=True)
    assert "The parts one by one: ₽1,150.01." in page  # 300.01 / 2 = 150.005


def test_it_follows_its_parts_and_is_unknown_while_one_is(app: Flask, kit: dict[str, int], cast: Cast) -> None:
    for wanted, whole in ((100_00, 300_01), (None, None), (50_00, 200_01)):
        with app.app_context():
            operations.update_product(db.session.get_one(Product, kit["mop"]), actor=db.session.get_one(User, cast.owner), cost=wanted)
            db.session.commit()
        assert cost(app, kit["whole"]) == whole


def test_the_cost_of_a_set_is_not_typed(app: Flask, kit: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/products/{kit['whole']}"
    page = head.get(url).get_data(as_text=True)
    assert 'name="cost"' not in page
    assert "Cost of the set: ₽323.01." in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    data = {"name": "Набор", "price": "900", "currency": "RUB", "vat_rate": "", "cost": "1", "version": version[1]}
    assert head.post(url, data=data).status_code == 303
    assert cost(app, kit["whole"]) == 323_01


@pytest.mark.parametrize(("whole", "part", "sentence"), [
    ("whole", "whole", "is a set itself"), ("mop", "whole", "is a set itself"), ("mop", "soap", "is a part of a set")])
def test_sets_do_not_hold_sets(app: Flask, kit: dict[str, int], whole: str, part: str, sentence: str) -> None:
    answer = sign_in(app, "head").post(f"/products/{kit[whole]}/parts", data={"part_id": kit[part], "quantity": "1"})
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)


def test_a_part_is_added_changed_and_taken_out_on_the_page(app: Flask, kit: dict[str, int]) -> None:
    head, url = sign_in(app, "head"), f"/products/{kit['whole']}/parts"
    assert head.post(url, data={"part_id": kit["mop"], "quantity": "3"}).status_code == 303
    assert cost(app, kit["whole"]) == 3 * 111_50 + 100_01
    row = re.search(r"/parts/(\d+)/remove", head.get(f"/products/{kit['whole']}").get_data(as_text=True))
    assert row
    assert head.post(f"{url}/{row[1]}/remove").status_code == 303
    assert cost(app, kit["whole"]) == 100_01


def test_a_set_is_one_line_that_keeps_what_it_held(app: Flask, kit: dict[str, int], cast: Cast) -> None:
    with app.app_context():
        deal = make_deal(make_pipeline(), manager_id=cast.boris)
        db.session.commit()
        deal_id = deal.id
    boris = sign_in(app, "boris")
    data = {"product_id": str(kit["whole"]), "product_id_text": "Набор", "quantity": "3", "unit": "компл", "vat_rate": ""}
    assert boris.post(f"/deals/{deal_id}/lines/new", data=data, headers=HX).status_code == 204
    with app.app_context():
        whole = db.session.get_one(Product, kit["whole"])
        operations.remove_part(whole, whole.parts[0].id, actor=db.session.get_one(User, cast.owner))
        db.session.commit()
        deal = db.session.get_one(Deal, deal_id)
        line = deal.lines[0]
        assert (len(deal.lines), line.price, line.cost) == (1, 1_000_00, 323_01)
        paper = context.build(deal, kind="quote", lang="en", number="1", dated=dt.date(2026, 1, 1), valid_until=None)
        assert [(part["name"], part["quantity"]) for part in paper["items"][0]["parts"]] == [("Швабра", "6"), ("Мыло", "1.5")]
        assert "cost" not in str(line.parts)
    page = boris.get(f"/deals/{deal_id}").get_data(as_text=True)
    assert re.search(r"<dt>Швабра</dt><dd>6 шт", page)
    assert "323" not in page


def test_groups_come_by_their_names_in_two_levels(app: Flask, cast: Cast) -> None:
    head = sign_in(app, "head")
    for name, group in (("Гель", "Химия / Полы"), ("Паста", "химия"), ("Щётка", "")):
        data = {"name": name, "price": "1", "currency": "RUB", "vat_rate": "", "group": group}
        assert head.post("/products/new", data=data).status_code == 303
    with app.app_context():
        assert [one.title for one in queries.groups()] == ["Химия", "Химия / Полы"]
        top = db.session.query(ProductGroup).filter_by(parent_id=None).one().id
    refused = head.post("/products/new", data={"name": "X", "price": "1", "currency": "RUB", "vat_rate": "", "group": "a/b/c"})
    assert (refused.status_code, "Groups have two levels" in refused.get_data(as_text=True)) == (422, True)
    listed = head.get(f"/products?group={top}").get_data(as_text=True)
    assert [name in listed for name in ("Гель", "Паста", "Щётка")] == [True, True, False]
    picked = head.get("/products/pick?q=полы", headers=HX).get_data(as_text=True)
    assert re.findall(r'data-text="([^"]*)"', picked) == ["Гель"]
    picked = head.get(f"/products/pick?q=&group={top}", headers=HX).get_data(as_text=True)
    assert re.findall(r'data-text="([^"]*)"', picked) == ["Гель", "Паста"]


def test_a_renamed_group_is_found_by_its_new_name_and_a_deleted_one_leaves_its_products(app: Flask, cast: Cast) -> None:
    head = sign_in(app, "head")
    head.post("/products/new", data={"name": "Гель", "price": "1", "currency": "RUB", "vat_rate": "", "group": "Химия"})
    with app.app_context():
        group = f"/products/groups/{db.session.query(ProductGroup).one().id}"
    assert sign_in(app, "boris").get(group).status_code == 403
    assert head.post(group, data={"name": "Средства"}).status_code == 303
    assert "Гель" in head.get("/products/pick?q=средства", headers=HX).get_data(as_text=True)
    assert head.post(f"{group}/delete").status_code == 303
    assert "Гель" in head.get("/products").get_data(as_text=True)
    assert "Гель" not in head.get("/products/pick?q=средства", headers=HX).get_data(as_text=True)


@pytest.mark.parametrize(("unit", "code"), [("шт", "796"), ("Шт.", "796"), ("м2", "055"), ("м²", "055"), ("час", "356"), ("вагон", ""),
                                            ("pcs", "796"), ("", "")])
def test_a_typed_unit_has_its_code_of_the_classifier(unit: str, code: str) -> None:
    assert units.code(unit) == code


def test_a_name_that_another_group_has_is_refused_at_its_field(app: Flask, cast: Cast) -> None:
    with app.app_context():
        operations.group_named("Щётки")
        other = operations.group_named("Химия")
        assert other
        db.session.commit()
        url = f"/products/groups/{other.id}"
    head = sign_in(app, "head")
    for name, sentence in (("ЩЕТКИ", "There is a group called Щётки already."), (" / ", "Type the name of the group.")):
        answer = head.post(url, data={"name": name})
        assert answer.status_code == 422
        assert sentence in answer.get_data(as_text=True).partition('id="name-error"')[2]
    with app.app_context():
        assert sorted(db.session.scalars(sa.select(ProductGroup.name))) == ["Химия", "Щётки"]
