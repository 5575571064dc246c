"""Products from a table: what is taken, what is refused, how it is undone, and that what goes out comes in again."""

import io
import re
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask, g

from crm.accounts import queries as accounts
from crm.accounts import roles
from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog import queries
from crm.catalog.events import PRICES_CHANGED
from crm.catalog.models import ListPrice, Product
from crm.core import dates
from crm.core.db import db
from crm.core.events import Event
from crm.imports import operations
from crm.imports.models import Import
from crm.imports.reading import ImportProblem
from tests.cast import Cast, sign_in
from tests.statements import asked

HEAD = "Название;Артикул;Группа;Ед.;Цена;НДС, %;Себестоимость;Наценка, %;Опт;Опт, от 10\n"


def bring(app: Flask, text: str | bytes, who: str = "owner", name: str = "prices.csv") -> int:
    """Upload the file as it is mapped by itself, and take it; the id of the import."""
    data = text.encode() if isinstance(text, str) else text
    with app.app_context():
        g.locale = "en"
        actor = db.session.scalars(sa.select(User).where(User.email == f"{who}@example.com")).one()
        made = operations.upload_file(what="products", data=data, file_name=name, actor=actor)
        operations.start_import(made, made.mapping, actor=actor)
        db.session.commit()
        operations.run_upload(made, actor_id=actor.id)
        return made.id


def report(app: Flask, import_id: int) -> dict[str, object]:
    with app.app_context():
        return db.session.get_one(Import, import_id).report


def rows(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        return [(row.name, row.sku, row.group.title if row.group else "", row.unit, row.price, row.vat_rate, row.cost)
                for row in db.session.scalars(sa.select(Product).where(Product.active).order_by(Product.id))]


def listed(app: Flask) -> list[tuple[Decimal, int | None]]:
    with app.app_context():
        return [tuple(row) for row in db.session.execute(sa.select(ListPrice.from_quantity, ListPrice.price).order_by(ListPrice.id))]


def told_prices(app: Flask) -> list[list[int | None]]:
    """Before and after of every price of a list that was changed, as the log has them."""
    with app.app_context():
        return [data["changed"]["price"] for data in db.session.scalars(
            sa.select(Event.data).where(Event.kind == PRICES_CHANGED.code).order_by(Event.id))]


@pytest.fixture
def wholesale(app: Flask, cast: Cast) -> int:
    with app.app_context():
        made = catalog.create_list(name="Опт", kinds=["company"], actor=None)
        db.session.commit()
        return made.id


def test_a_row_becomes_a_product_with_group_price_and_prices_of_lists(app: Flask, wholesale: int) -> None:
    made = bring(app, HEAD + "Гель;G-1;Химия / Полы;л;1 200,50;22;700;;1100;1 000,05\nПаста;;;кг;;10;333,33;25;;\n")
    assert report(app, made)["added"] == 2
    # 333.33 x 1.25 = 416.6625, with VAT of 10 % 458.32875 -> 458.33
    assert rows(app) == [("Гель", "G-1", "Химия / Полы", "л", 1_200_50, 22, 700_00), ("Паста", "", "", "кг", 458_33, 10, 333_33)]
    assert listed(app) == [(Decimal(1), 1_100_00), (Decimal(10), 1_000_05)]


def test_a_margin_is_a_part_of_the_price_without_vat(app: Flask, cast: Cast) -> None:
    bring(app, "name;cost;margin;vat\nGel;600;40 %;22\n")  # 600 / 0.6 = 1000, with VAT 1220
    assert rows(app)[0][4] == 1_220_00


def test_a_known_product_is_found_by_code_then_by_name_and_keeps_what_the_file_does_not_say(app: Flask, cast: Cast) -> None:
    with app.app_context():
        catalog.create_product(name="Гель", sku="G-1", price=100_00, cost=50_00, unit="л", actor=None)
        catalog.create_product(name="Паста", price=100_00, unit="кг", actor=None)
        db.session.commit()
    made = bring(app, "Артикул;Название;Цена\ng-1;Гель новый;150\n;ПАСТА;100\n")
    assert [report(app, made)[name] for name in ("changed", "same", "added")] == [1, 1, 0]
    assert [(row[0], row[1], row[3], row[4], row[6]) for row in rows(app)] == [
        ("Гель новый", "G-1", "л", 150_00, 50_00), ("Паста", "", "кг", 100_00, None)]


@pytest.mark.parametrize(("row", "sentence"), [
    (";X-1;;;5;;;;;", "The row has no name."), ("A;;;;много;;;;;", "This is not an amount: много."),
    ("A;;;;-5;;;;;", "This is not an amount: -5."), ("A;;;;01.02.2026;;;;;", "This is not an amount: 01.02.2026."),
    ("A;;;;5;;;;1.2.3;", "This is not an amount: 1.2.3."), ("A;;;;5;сто;;;;", "This is not a percent: сто."),
    ("A;;;;5;18;;;;", "There is no VAT rate of 18. Write one of these: 22, 20, 10, 7, 5, 0, or “without VAT”."),
    ("A;;;;5;0,22;;;;", "There is no VAT rate of 0,22."),
    ("A;;a/b/c;;5;;;;;", "Groups have two levels"), ("A;;;;;;;20;;", "There is no cost to reckon the price from."),
    ("Гель;;;;7;;;;;", "stands in the file twice"), ("Гель;Z-9;;;7;;;;;", "is here with the code G-1")])
def test_a_wrong_row_is_refused_with_a_sentence_and_leaves_nothing(app: Flask, wholesale: int, row: str, sentence: str) -> None:
    made = bring(app, f"{HEAD}Гель;G-1;;л;5;;;;;\n{row}\nЩётка;;;шт;5;;;;;\n")
    told = report(app, made)
    assert (told["added"], told["refused"]) == (2, 1)
    assert told["listed"][0][0] == 3
    assert sentence in told["listed"][0][1]
    assert [one[0] for one in rows(app)] == ["Гель", "Щётка"]


def test_an_import_is_undone_as_a_whole(app: Flask, wholesale: int) -> None:
    with app.app_context():
        gel = catalog.create_product(name="Гель", price=100_00, unit="л", actor=None, vat_rate=Decimal(20))
        chosen = queries.price_list(wholesale)
        assert chosen
        catalog.add_price(chosen, gel, price=90_00, since=dates.today(), actor=None)
        db.session.commit()
    before, prices = rows(app), listed(app)
    made = bring(app, HEAD + "Гель;;;кг;150;10;;;80;70\nНовый;;;шт;1;;;;;\n")
    assert (rows(app) != before, listed(app)) == (True, [(Decimal(1), 80_00), (Decimal(10), 70_00)])
    owner = sign_in(app, "owner")
    assert "/undo" in owner.get(f"/imports/{made}").get_data(as_text=True)
    assert owner.post(f"/imports/{made}/undo").status_code == 303
    assert (rows(app), listed(app)) == (before, prices)
    assert told_prices(app)[-2:] == [[80_00, 90_00], [70_00, None]]
    assert owner.post(f"/imports/{made}/undo").status_code == 422


def test_what_somebody_changed_since_stays(app: Flask, cast: Cast) -> None:
    with app.app_context():
        catalog.create_product(name="Гель", price=100_00, actor=None)
        db.session.commit()
    made = bring(app, "name;price\nГель;150\n")
    with app.app_context():
        catalog.update_product(db.session.query(Product).one(), actor=db.session.get_one(User, cast.owner), price=170_00)
        db.session.commit()
    sign_in(app, "owner").post(f"/imports/{made}/undo")
    assert rows(app)[0][4] == 170_00


def test_a_rate_of_former_times_stays_with_its_product(app: Flask, cast: Cast) -> None:
    with app.app_context():
        catalog.create_product(name="Гель", price=100_00, vat_rate=Decimal(18), actor=None)
        db.session.commit()
    made = bring(app, "name;price;vat\nГель;150;18 %\n")
    assert (report(app, made)["changed"], rows(app)[0][4:6]) == (1, (150_00, 18))


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_goes_out_comes_in_again_unchanged(app: Flask, wholesale: int, ending: str) -> None:
    bring(app, HEAD + "Гель;G-1;Химия / Полы;л;1 200,50;22;700,10;;1100;1 000,05\nПаста;;Химия;кг;99,90;;;;;89\n")
    before, prices = rows(app), listed(app)
    owner = sign_in(app, "owner")
    taken = owner.get(f"/products/export.{ending}").data
    made = bring(app, taken, name=f"products.{ending}")
    assert (report(app, made)["same"], report(app, made)["refused"]) == (2, 0)
    assert (rows(app), listed(app)) == (before, prices)
    with app.app_context():
        for row in db.session.scalars(sa.select(Product)):
            row.price, row.cost, row.unit, row.group_id = 1, 1, "", None
        for price in db.session.scalars(sa.select(ListPrice)):
            price.price = 1
        db.session.commit()
    bring(app, io.BytesIO(taken).getvalue(), name=f"products.{ending}")
    back = [(one[0], one[1], one[2], one[3], one[4], one[5], one[6] if one[0] == "Гель" else None) for one in rows(app)]
    assert (back, listed(app)) == (before, prices)


def test_who_does_not_see_costs_brings_none_and_reckons_no_price_from_them(app: Flask, cast: Cast) -> None:
    with app.app_context():
        catalog.create_product(name="Гель", price=100_00, cost=60_00, actor=None)
        powers = accounts.powers_of("head")
        assert powers
        roles.change_role("head", levels=powers.levels, hidden=["product.cost"], actor=None)
        db.session.commit()
    made = bring(app, "name;price;cost;markup\nГель;;1;50\nПаста;;10;50\n", who="head")
    assert [(one[0], one[4], one[6]) for one in rows(app)] == [("Гель", 100_00, 60_00), ("Паста", 0, None)]
    assert report(app, made)["notes"]


def test_a_role_that_changes_no_products_imports_none(app: Flask, cast: Cast) -> None:
    with app.app_context():
        powers = accounts.powers_of("manager")
        assert powers
        roles.change_role("manager", levels={**powers.levels, "imports.run": "all"}, hidden=powers.hidden, actor=None)
        db.session.commit()
    page = sign_in(app, "boris").get("/imports/").get_data(as_text=True)
    assert 'value="products"' not in page
    with pytest.raises(ImportProblem):
        bring(app, "name;price\nГель;150\n", who="boris")


def foreseen(app: Flask, text: str, **columns: str) -> tuple[int, str]:
    """Upload a file in the browser; the number of its import, and what the page of columns foresees."""
    owner = sign_in(app, "owner")
    answer = owner.post("/imports/", data={"what": "products", "file": (io.BytesIO(text.encode()), "prices.csv")})
    made = int(answer.headers["Location"].rpartition("/")[2])
    page = owner.get(f"/imports/{made}/forecast", query_string=columns, headers={"HX-Request": "true"}) if columns else owner.get(
        f"/imports/{made}")
    return made, page.get_data(as_text=True)


def figures(page: str) -> list[int]:
    """New, changed, with another price, unchanged, rejected."""
    found = re.search(r'id="forecast".*?</section>', page, re.DOTALL)
    assert found
    return [int(number) for number in re.findall(r'class="value">(\d+)|of them the price: (\d+)', found[0]) for number in number if number]


def test_the_page_of_columns_says_what_the_rows_will_do_and_does_nothing(app: Flask, wholesale: int) -> None:
    bring(app, HEAD + "Гель;G-1;Химия / Полы;л;100;22;;;80;\nПаста;P-1;Химия;кг;50;22;;;;\nСоль;;;кг;10;22;;;9;\nПемза;;;шт;7;22;;;;\n")
    before, prices = rows(app), listed(app)
    text = HEAD + ("Гель;G-1;химия/полы;л;100;22;;;80;\nпаста;;Химия;кг;55,005;22;;;;\nСоль;;;кг;10;22;;;8;\nПемза;;;пачка;7;22;;;;\n"
                   "Новый;N-1;Другое;шт;1;22;;;5;\nНОВЫЙ;;;шт;2;22;;;;\nЕщё;n-1;;шт;2;22;;;;\nГубка;;а/б/в;;1;;;;;\nСода;;;;01.02.2026;;;;;\n")
    made, page = foreseen(app, text)
    assert figures(page) == [1, 3, 2, 1, 4]
    assert "This is not an amount: 01.02.2026." in page
    assert re.search(r"1 row: A sum had more digits", page)
    assert (rows(app), listed(app)) == (before, prices)
    sign_in(app, "owner").post(f"/imports/{made}", data={f"column-{place}": field for place, field in enumerate(
        ["name", "sku", "group", "unit", "price", "vat_rate", "cost", "markup", f"list-{wholesale}-1", f"list-{wholesale}-10"])})
    with app.app_context():
        upload = db.session.get_one(Import, made)
        operations.run_upload(upload, actor_id=upload.created_by_id)
    told = report(app, made)
    assert [told[name] for name in ("added", "changed", "same", "refused")] == [1, 3, 1, 4]
    assert [number for _sentence, number in told["notes"]] == [1]


def test_the_forecast_follows_the_chosen_columns(app: Flask, cast: Cast) -> None:
    text = "Имя;Сумма\nГель;много\n"
    assert "Say which column holds the product&#39;s name or its code." in foreseen(app, text)[1]
    assert figures(foreseen(app, text, **{"column-0": "name"})[1]) == [1, 0, 0, 0]
    assert figures(foreseen(app, text, **{"column-0": "name", "column-1": "price"})[1]) == [0, 0, 0, 1]


def test_a_forecast_asks_no_more_for_more_rows(app: Flask, cast: Cast) -> None:
    def questions(many: int) -> int:
        made = foreseen(app, "name;price;group\n" + "".join(f"Гель {number};{number};Химия\n" for number in range(many)))[0]
        client = sign_in(app, "owner")
        with asked(app) as seen:
            client.get(f"/imports/{made}")
        return len(seen)

    assert questions(30) == questions(3)
