"""A discount above the limit of a role counts for nothing until somebody allows it, by whatever way it came."""

import re
from decimal import Decimal

import pytest
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.core.db import db
from crm.core.errors import Stale
from crm.deals import operations
from crm.deals.models import Deal, DealLine
from crm.deals.operations import LineInput
from tests.cast import Cast, sign_in
from tests.deals.shop import HX, change, lines, put_in


def limit(role: str, percent: int) -> None:
    powers = queries.powers_of(role)
    assert powers
    roles.change_role(role, levels=powers.levels, hidden=powers.hidden, discount=percent, actor=None)
    db.session.commit()


@pytest.fixture(autouse=True)
def _limits(app: Flask, cast: Cast) -> None:
    """Managers give 10 % by themselves, the head of sales 30 %."""
    with app.app_context():
        limit("manager", 10)
        limit("head", 30)


def the_line(app: Flask, deal_id: int) -> DealLine:
    with app.app_context():
        return db.session.get_one(Deal, deal_id).lines[0]


def answer(app: Flask, deal_id: int, who: str, what: str, percent: str | None = None) -> int:
    line = the_line(app, deal_id)
    url = f"/deals/{deal_id}/lines/{line.id}/{what}"
    return sign_in(app, who).post(url, data={"percent": percent or str(line.asked_percent)}, headers=HX).status_code


def test_within_the_limit_it_counts_at_once(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="10")
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(10))]
    assert the_line(app, shop["firm"]).asked is None


@pytest.mark.parametrize("fields", [{"discount": "20"}, {"price": "800", "offered": "100000"}, {"price": "900", "discount": "11.2"},
                                    {"price": "0"}, {"discount": "100"}])
def test_above_it_waits_and_papers_have_the_price_without_it(app: Flask, shop: dict[str, int], fields: dict[str, str]) -> None:
    put_in(app, shop, **fields)
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    with app.app_context():
        assert db.session.get_one(Deal, shop["firm"]).amount == 1_000_00
    page = sign_in(app, "boris").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert "asks for" in page
    assert "/approve" not in page


def test_who_may_go_so_far_approves_with_one_tap_and_both_facts_are_told(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    assert "/approve" in sign_in(app, "head").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert answer(app, shop["firm"], "head", "approve") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(20))]
    page = sign_in(app, "boris").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert "allowed by Пётр Главный" in page
    told = sign_in(app, "boris").get(f"/timeline/deal/{shop['firm']}", headers=HX).get_data(as_text=True)
    assert "Discount asked for: Перчатки, 20%" in told
    assert "Discount approved: Перчатки, 20%" in told


def test_the_russian_timeline_writes_a_discount_with_a_comma(app: Flask, shop: dict[str, int], cast: Cast) -> None:
    put_in(app, shop, discount="99.94")
    with app.app_context():
        db.session.get_one(User, cast.boris).locale = "ru"
        db.session.commit()
    told = sign_in(app, "boris").get(f"/timeline/deal/{shop['firm']}", headers=HX).get_data(as_text=True)
    assert "Перчатки, 99,94\u00a0%" in told


def test_a_refusal_is_shown_to_who_asked(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, price="800", offered="100000")
    assert answer(app, shop["firm"], "head", "refuse") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    page = sign_in(app, "boris").get(f"/deals/{shop['firm']}").get_data(as_text=True)
    assert "20% below the list, by Пётр Главный" in page


def test_nobody_approves_beyond_the_own_limit(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="40")
    assert answer(app, shop["firm"], "boris", "approve") == 409
    assert answer(app, shop["firm"], "head", "approve") == 409
    assert lines(app, shop["firm"])[0][2] == 0
    assert answer(app, shop["firm"], "owner", "approve") == 204
    assert lines(app, shop["firm"])[0][2] == 40


def test_an_answer_to_another_discount_than_was_shown_is_stale(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    assert answer(app, shop["firm"], "head", "approve", percent="15.00") == 409
    assert answer(app, shop["firm"], "head", "approve") == 204
    assert answer(app, shop["firm"], "head", "approve", percent="20.00") == 409


def test_what_was_approved_stays_while_it_is_no_more_than_that(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="5", discount="20")
    answer(app, shop["firm"], "head", "approve")
    assert change(app, shop["firm"], unit="пара") == 204
    assert change(app, shop["firm"], quantity="6") == 204
    assert lines(app, shop["firm"]) == [(Decimal(6), 1_000_00, Decimal(20))]
    assert change(app, shop["firm"], discount="15") == 204
    assert lines(app, shop["firm"]) == [(Decimal(6), 1_000_00, Decimal(15))]
    assert change(app, shop["firm"], discount="21") == 204
    assert lines(app, shop["firm"]) == [(Decimal(6), 1_000_00, Decimal(15))]  # what was allowed counts on
    assert the_line(app, shop["firm"]).asked_percent == 21


def test_a_smaller_quantity_asks_again(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="5", discount="20")
    answer(app, shop["firm"], "head", "approve")
    assert change(app, shop["firm"], quantity="1") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    assert the_line(app, shop["firm"]).asked_percent == 20


def test_a_wholesale_price_does_not_stay_with_one_piece(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="10", discount="10")
    assert lines(app, shop["firm"]) == [(Decimal(10), 950_00, Decimal(10))]
    assert change(app, shop["firm"], quantity="1", price="855", offered="") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    assert the_line(app, shop["firm"]).asked_percent == Decimal("23.05")


def test_another_product_has_to_be_asked_for_anew(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    answer(app, shop["firm"], "head", "approve")
    with app.app_context():
        other = catalog.create_product(name="Маски", actor=None, price=3_000_00).id
        db.session.commit()
    assert change(app, shop["firm"], product_id=str(other), product_id_text="Маски", price="800", offered="") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 3_000_00, Decimal(0))]


def test_a_product_taken_off_its_line_leaves_its_price_as_the_measure(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop)
    assert change(app, shop["firm"], product_id="", product_id_text="Перчатки особые", price="500", offered="") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(0))]
    assert the_line(app, shop["firm"]).asked_percent == 50


def test_saving_the_form_while_it_waits_goes_on_asking_once(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    assert change(app, shop["firm"], unit="пара") == 204
    assert the_line(app, shop["firm"]).asked_percent == 20
    told = sign_in(app, "boris").get(f"/timeline/deal/{shop['firm']}", headers=HX).get_data(as_text=True)
    assert told.count("Discount asked for") == 1


def test_who_may_go_so_far_approves_by_saving_the_line(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    assert change(app, shop["firm"], "head") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(20))]
    told = sign_in(app, "boris").get(f"/timeline/deal/{shop['firm']}", headers=HX).get_data(as_text=True)
    assert "Discount approved: Перчатки, 20%" in told


def test_a_discount_taken_back_waits_no_longer(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, discount="20")
    assert change(app, shop["firm"], discount="5") == 204
    assert lines(app, shop["firm"]) == [(Decimal(1), 1_000_00, Decimal(5))]
    assert the_line(app, shop["firm"]).asked is None
    told = sign_in(app, "boris").get(f"/timeline/deal/{shop['firm']}", headers=HX).get_data(as_text=True)
    assert "Discount approved" not in told


def test_the_undo_of_a_removal_is_no_way_round(app: Flask, shop: dict[str, int]) -> None:
    put_in(app, shop, quantity="5", discount="20")
    answer(app, shop["firm"], "head", "approve")
    client, line_id = sign_in(app, "boris"), the_line(app, shop["firm"]).id
    client.post(f"/deals/{shop['firm']}/lines/{line_id}/remove")
    with client.session_transaction() as session:
        undo = re.search(r'"undo": "([^"]+)"', str(session["_flashes"][-1][0]))
    assert undo
    tampered = undo[1].replace("discount=20", "discount=90").replace("-back", "-backx")
    client.post(tampered)
    assert lines(app, shop["firm"]) == [(Decimal(5), 1_000_00, Decimal(0))]
    with app.app_context():
        operations.set_lines(db.session.get_one(Deal, shop["firm"]), [], actor=None)
        db.session.commit()
    client.post(undo[1])
    assert lines(app, shop["firm"]) == [(Decimal(5), 1_000_00, Decimal(20))]


def test_lines_from_before_keep_their_prices(app: Flask, shop: dict[str, int], cast: Cast) -> None:
    put_in(app, shop, quantity="3")
    with app.app_context():
        line = db.session.get_one(Deal, shop["firm"]).lines[0]
        line.formed, line.price, line.discount = None, 700_00, Decimal(5)
        db.session.commit()
    assert change(app, shop["firm"], unit="пара") == 204
    assert lines(app, shop["firm"]) == [(Decimal(3), 700_00, Decimal(5))]


def test_the_operations_themselves_hold_the_limit(app: Flask, shop: dict[str, int], cast: Cast) -> None:
    with app.app_context():
        deal, boris = db.session.get_one(Deal, shop["firm"]), db.session.get_one(User, cast.boris)
        operations.set_lines(deal, [LineInput("Услуга", price=500_00, discount=Decimal(50))], actor=boris)
        assert (deal.lines[0].discount, deal.lines[0].asked_percent) == (0, 50)
        operations.set_lines(deal, [LineInput("Услуга", price=500_00, discount=Decimal(50))], actor=None)
        assert (deal.lines[0].discount, deal.lines[0].asked_percent) == (50, None)
        with pytest.raises(Stale):
            operations.approve_discount(deal, deal.lines[0], actor=db.session.get_one(User, cast.owner), percent=Decimal(50))


def test_the_owner_sets_the_limit_on_the_screen_of_roles(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    page = owner.get("/settings/roles?role=manager").get_data(as_text=True)
    assert re.search(r'name="discount"[^>]*value="10"', page)
    assert "Gives discounts up to 10%" in page
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    data = {"version": version[1], "discount": "101"}
    assert owner.post("/settings/roles/manager", data=data).status_code == 422
    assert owner.post("/settings/roles/manager", data={**data, "discount": "25"}).status_code == 303
    with app.app_context():
        powers = queries.powers_of("manager")
        assert powers
        assert powers.discount == 25
