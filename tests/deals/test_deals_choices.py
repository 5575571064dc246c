"""Lines that a client may choose: what is in the sum of a deal, its margin and what was bought."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal, DealLine
from crm.deals.operations import LineInput
from crm.deals.queries import deals as queries
from crm.deals.queries.lines import fingerprint, mark
from crm.deals.queries.page import deal_page
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_deal, make_pipeline


def line(name: str, price: int, choice: str | None = None, *, chosen: bool = False, cost: int | None = None) -> LineInput:
    return LineInput(name=name, price=price, choice=choice, chosen=chosen, cost=cost, vat_rate=Decimal(22))


LINES = (line("Base", 1000, cost=100), line("Windows", 300, "", cost=200),
         line("Standard", 5000, "Package"), line("Premium", 9000, "Package"))


@pytest.fixture
def deal(context: Session, cast: Cast) -> Deal:
    made = make_deal(make_pipeline(), manager_id=cast.boris, company=make_company(manager_id=cast.boris))
    operations.set_lines(made, LINES, actor=None)
    return made


def counted(deal: Deal) -> list[str]:
    return [one.name for one in deal.lines if one.choice is None or one.chosen]


def by_name(deal: Deal, name: str) -> DealLine:
    return next(one for one in deal.lines if one.name == name)


def test_only_what_is_chosen_is_in_the_sum(deal: Deal, cast: Cast) -> None:
    boris = db.session.get_one(User, cast.boris)
    assert (counted(deal), deal.amount) == (["Base", "Standard"], 6000)
    operations.toggle(deal, by_name(deal, "Windows"), actor=boris)
    operations.toggle(deal, by_name(deal, "Premium"), actor=boris)
    assert (counted(deal), deal.amount) == (["Base", "Windows", "Premium"], 10_300)
    operations.toggle(deal, by_name(deal, "Premium"), actor=boris)  # one of a group always counts
    operations.toggle(deal, by_name(deal, "Windows"), actor=boris)
    assert (counted(deal), deal.amount) == (["Base", "Premium"], 10_000)


def test_exactly_one_of_a_group_counts_whatever_is_done_to_it(deal: Deal, cast: Cast) -> None:
    boris = db.session.get_one(User, cast.boris)
    operations.change_line(deal, by_name(deal, "Premium"), line("Premium", 9000, "Package", chosen=True), actor=boris)
    assert counted(deal) == ["Base", "Premium"]
    operations.change_line(deal, by_name(deal, "Premium"), line("Premium", 9000, "Package"), actor=boris)
    assert counted(deal) == ["Base", "Standard"]
    operations.remove_line(deal, by_name(deal, "Standard"), actor=boris)
    assert (counted(deal), deal.amount) == (["Base", "Premium"], 10_000)
    operations.choose(deal, [], actor=boris)
    assert counted(deal) == ["Base", "Premium"]


def test_margin_and_what_was_bought_count_the_same(deal: Deal, cast: Cast) -> None:
    boris = db.session.get_one(User, cast.boris)
    page = deal_page(deal, boris)
    assert page.margin is not None
    assert (page.totals.total, page.margin.cost, page.margin.unknown) == (6000, 100, 1)
    operations.move_deal(deal, deal.pipeline.stages[3], actor=boris)
    assert deal.company is not None
    assert {one.name for one in queries.bought(deal.company, boris)} == {"Base", "Standard"}


def test_a_chosen_line_is_another_line_to_an_open_form_but_not_to_a_quote(deal: Deal, cast: Cast) -> None:
    boris, windows = db.session.get_one(User, cast.boris), by_name(deal, "Windows")
    before = fingerprint(windows, boris), mark(windows)
    operations.toggle(deal, windows, actor=boris)
    assert (fingerprint(windows, boris) != before[0], mark(windows)) == (True, before[1])
    assert "200" not in mark(windows)


def test_a_line_is_offered_taken_in_and_put_back_on_the_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        made = make_deal(make_pipeline(), manager_id=cast.boris)
        db.session.commit()
        deal_id = made.id
    boris, address = sign_in(app, "boris"), f"/deals/{deal_id}/lines"

    def add(name: str, **more: str) -> int:
        typed = {"product_id_text": name, "quantity": "1", "price": "100", "vat_rate": ""}
        return boris.post(f"{address}/new", data={**typed, **more}).status_code

    assert add("Windows", in_quote="optional") == 303
    assert add("Standard", in_quote="group") == 422
    assert [add(name, in_quote="group", group="Package") for name in ("Standard", "Premium")] == [303, 303]
    page = boris.get(f"/deals/{deal_id}").text
    assert page.count("not in the total") == 2
    with app.app_context():
        ids = {one.name: one.id for one in db.session.get_one(Deal, deal_id).lines}
    assert boris.post(f"{address}/{ids['Premium']}/choose").status_code == 303
    assert state(app, deal_id) == (10_000, {"Windows": False, "Standard": False, "Premium": True})
    assert 'value="group"' in boris.get(f"{address}/{ids['Premium']}").text
    taken = boris.post(f"{address}/{ids['Windows']}/remove", headers={"HX-Request": "true"})
    assert taken.status_code in (200, 204)
    assert boris.post(f"{address}/back?name=Windows&quantity=1&price=10000&discount=0&choice=&chosen=0&once=x").status_code == 303
    assert state(app, deal_id) == (10_000, {"Windows": False, "Standard": False, "Premium": True})


def state(app: Flask, deal_id: int) -> tuple[int, dict[str, bool]]:
    with app.app_context():
        found = db.session.get_one(Deal, deal_id)
        return found.amount, {one.name: one.chosen for one in found.lines}
