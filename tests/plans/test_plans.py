"""Sales plans: a grid to type in, and the plan of any days."""

import datetime as dt
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import dates
from crm.core.db import db
from crm.core.errors import Stale
from crm.plans import operations, queries
from crm.plans.models import Plan
from tests.cast import Cast, sign_in


def month(number: int, year: int = 2026) -> dt.date:
    """The first day of a month."""
    return dt.date(year, number, 1)


@pytest.fixture
def planned(app: Flask, cast: Cast) -> Cast:
    """Boris is to sell 3,100.00 in March and 3,000.00 in April."""
    with app.app_context():
        db.session.add_all([Plan(user_id=cast.boris, month=month(3), amount=310_000),
                            Plan(user_id=cast.boris, month=month(4), amount=300_000)])
        db.session.commit()
    return cast


def kept(app: Flask) -> dict[tuple[int, dt.date], int]:
    """The plans of 2026 as they are in the database."""
    with app.app_context():
        return dict(queries.grid(2026).amounts)


@pytest.mark.parametrize(("first", "last", "amount"), [
    ("2026-03-01", "2026-03-31", 310_000), ("2026-03-01", "2026-04-30", 610_000),
    ("2026-03-31", "2026-04-01", 20_000), ("2026-03-05", "2026-03-05", 10_000),
    ("2026-01-01", "2026-12-31", 610_000)])
def test_part_of_a_month_counts_by_its_days(
        context: object, planned: Cast, first: str, last: str, amount: int) -> None:
    period = dates.Period(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
    assert queries.plan_sums(period) == [{planned.boris: amount}]


def test_days_without_plans_have_none(context: object, planned: Cast) -> None:
    assert queries.plan_sums(dates.Period(dt.date(2026, 2, 1), dt.date(2026, 2, 28))) == [{}]


def test_only_changed_cells_are_written_and_zero_removes(context: object, planned: Cast) -> None:
    head = db.session.get_one(User, planned.head)
    amounts = {(planned.boris, month(3)): 310_000, (planned.boris, month(4)): 0, (planned.vera, month(5)): 7}
    assert operations.set_plans(2026, amounts, actor=head) == 2
    assert queries.grid(2026).amounts == {(planned.boris, month(3)): 310_000, (planned.vera, month(5)): 7}


def test_plans_that_somebody_changed_meanwhile_are_not_overwritten(
        context: object, planned: Cast) -> None:
    head, mark = db.session.get_one(User, planned.head), queries.grid(2026).mark
    operations.set_plans(2026, {(planned.vera, month(1)): 5}, actor=head, mark=mark)
    with pytest.raises(Stale):
        operations.set_plans(2026, {(planned.vera, month(1)): 6}, actor=head, mark=mark)


def filled(client: FlaskClient, year: int = 2026) -> dict[str, str]:
    """The form as the page shows it."""
    html = client.get(f"/plans?year={year}").get_data(as_text=True)
    inputs = re.findall(r"<input [^>]*>", html)
    pairs = [(re.findall(r'name="([^"]+)"', one), re.findall(r'value="([^"]*)"', one)) for one in inputs]
    return {name[0]: value[0] if value else "" for name, value in pairs
            if name and name[0].startswith(("plan_", "mark"))}


def test_the_grid_shows_what_there_is_and_keeps_what_is_typed(app: Flask, planned: Cast) -> None:
    client = sign_in(app, "head")
    form = filled(client)
    assert {name: value for name, value in form.items() if value and name != "mark"} == {
        f"plan_{planned.boris}_3": "3100", f"plan_{planned.boris}_4": "3000"}
    form[f"plan_{planned.vera}_12"] = "12,5k"
    answer = client.post("/plans?year=2026", data=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/plans?year=2026")
    assert kept(app)[planned.vera, month(12)] == 1_250_000


@pytest.mark.parametrize("typed", ["-5", "many", "9" * 20])
def test_a_sum_that_cannot_be_is_told_and_nothing_is_written(app: Flask, planned: Cast, typed: str) -> None:
    client = sign_in(app, "head")
    form = {**filled(client), f"plan_{planned.vera}_1": typed, f"plan_{planned.vera}_2": "7"}
    answer = client.post("/plans?year=2026", data=form)
    assert (answer.status_code, f'value="{typed}"' in answer.get_data(as_text=True)) == (422, True)
    assert sum(kept(app).values()) == 610_000


def test_a_stale_page_is_refused_with_a_sentence(app: Flask, planned: Cast) -> None:
    client = sign_in(app, "head")
    form = filled(client)
    first = client.post("/plans?year=2026", data={**form, f"plan_{planned.vera}_1": "1"})
    second = client.post("/plans?year=2026", data={**form, f"plan_{planned.vera}_1": "2"})
    assert (first.status_code, second.status_code) == (303, 409)
    assert "Somebody changed the plans in the meantime" in second.get_data(as_text=True)
    assert kept(app)[planned.vera, month(1)] == 100


@pytest.mark.parametrize("year", ["", "1", "20267", "xx", "²026", "2026.5", "00002026"])
def test_a_year_that_cannot_be_is_this_year(app: Flask, planned: Cast, year: str) -> None:
    html = sign_in(app, "head").get("/plans", query_string={"year": year}).get_data(as_text=True)
    assert f"Year {dates.today().year}" in html


def test_plans_are_for_those_who_lead(app: Flask, planned: Cast) -> None:
    people = ("owner", "head", "boris", "viewer")
    answers = {who: sign_in(app, who).get("/plans").status_code for who in people}
    assert answers == {"owner": 200, "head": 200, "boris": 403, "viewer": 403}


def test_plans_vanish_when_they_are_switched_off(app: Flask, planned: Cast) -> None:
    with app.app_context():
        the_organization().modules_off = ["plans"]
        db.session.commit()
    client = sign_in(app, "head")
    assert client.get("/plans").status_code == 404
    assert 'href="/plans"' not in client.get("/scoreboard").get_data(as_text=True)


def test_cells_that_were_not_sent_stay_as_they_are(app: Flask, planned: Cast) -> None:
    before = kept(app)
    head = sign_in(app, "head")
    assert head.post("/plans?year=2026").status_code in (303, 409, 422)
    with app.app_context():
        mark = queries.grid(2026).mark
    assert head.post("/plans?year=2026", data={"mark": mark}).status_code == 303
    assert kept(app) == before
    assert head.post("/plans?year=2026", data={"mark": mark, f"plan_{planned.boris}_4": ""}).status_code == 303
    assert kept(app) == {(planned.boris, month(3)): 310_000}
