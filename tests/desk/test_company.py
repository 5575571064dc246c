"""The first page of those who lead: figures that open what lies beneath, the funnel; and of readers."""

import datetime as dt
import html
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.deals.operations import enter_stage
from crm.desk.queries import company
from crm.plans.models import Plan
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline

NOW = dt.datetime(2026, 3, 18, 9, 0, tzinfo=dt.UTC)


def day(number: int, month: int = 3) -> dt.date:
    """A day of 2026."""
    return dt.date(2026, month, number)


@pytest.fixture
def march(app: Flask, cast: Cast) -> object:
    """18 March 2026: figures that were added up by hand."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            pipeline = make_pipeline()
            won = {"stage": 3, "manager_id": cast.boris}
            make_deal(pipeline, amount=100_000, closed_on=day(1), engaged_on=day(1), **won)
            make_deal(pipeline, amount=50_000, closed_on=day(18), engaged_on=day(5, 2), **won)
            make_deal(pipeline, amount=70_000, closed_on=day(18, 2), engaged_on=day(1, 2), **won)
            make_deal(pipeline, amount=900_000, closed_on=day(19, 2), **won)  # after the same day of February
            make_deal(pipeline, amount=900_000, closed_on=day(2), currency="USD", **won)
            make_deal(pipeline, amount=900_000, closed_on=day(3), deleted_at=NOW, **won)
            make_deal(pipeline, 4, manager_id=cast.vera, closed_on=day(4), engaged_on=day(2))
            make_deal(pipeline, 0, amount=10_000, manager_id=cast.gleb, engaged_on=day(10), touched_at=NOW,
                      next_step_on=day(17), next_step="Late")
            make_deal(pipeline, 1, amount=20_000, manager_id=None, touched_at=NOW, next_step_on=day(19),
                      next_step="Soon", stage_since=NOW)
            db.session.add(Plan(user_id=cast.boris, month=day(1), amount=300_000))
            db.session.commit()
        yield cast


def figures(client: FlaskClient) -> dict[str, tuple[str, str, str]]:
    """label -> (value, what stands beneath, address) of the page's figures."""
    page = client.get("/").get_data(as_text=True)
    found = re.findall(r'<a class="figure" href="([^"]*)">\s*<span class="label">(.*?)</span>\s*'
                       r'<span class="value[^"]*">(.*?)</span>(.*?)</a>', page, re.S)
    return {label: (value, " ".join(re.sub("<[^>]+>", " ", rest).split()), html.unescape(href))
            for href, label, value, rest in found}


def test_figures_are_those_of_the_month_and_open_what_lies_beneath(app: Flask, march: Cast) -> None:
    span = "from=2026-03-01&to=2026-03-18"
    assert figures(sign_in(app, "head")) == {
        "Amount won": ("₽1,500", "+114% 50% of the plan", f"/deals?status=won&{span}"),
        "Deals won": ("3", "+200%", f"/deals?status=won&{span}"),
        "New deals": ("3", "+50%", f"/deals?status=all&basis=engaged&{span}"),
        "Conversion": ("75%", "−25 points", f"/deals?status=closed&{span}"),
        "2 open deals": ("₽300", "weighted ₽110", "/deals?status=open"),
        "Forgotten deals": ("1", "", "/deals?forgotten=1"),
        "Overdue steps": ("1", "", "/deals?status=open&overdue=1")}


@pytest.mark.parametrize(("today", "expected"), [
    ("2026-03-18", ("2026-02-01", "2026-02-18")), ("2026-03-31", ("2026-02-01", "2026-02-28")),
    ("2026-01-05", ("2025-12-01", "2025-12-05"))])
def test_the_month_before_is_cut_at_the_same_day(today: str, expected: tuple[str, str]) -> None:
    found = company.same_days_before(dt.date.fromisoformat(today))
    assert tuple(one.isoformat() for one in found) == expected


def test_a_manager_sees_no_figures_of_the_company(app: Flask, march: Cast) -> None:
    client = sign_in(app, "boris")
    assert figures(client) == {}
    assert 'id="funnel"' not in client.get("/").get_data(as_text=True)


@pytest.mark.parametrize("who", ["accountant", "viewer"])
def test_readers_get_figures_and_papers_without_acts(app: Flask, march: Cast, who: str) -> None:
    client = sign_in(app, who)
    page = client.get("/").get_data(as_text=True)
    assert ("Amount won" in figures(client), "Latest documents" in page) == (True, True)
    assert 'id="day"' not in page


def test_the_funnel_counts_how_far_deals_came_and_marks_the_weakest_passage(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False), app.app_context():
        pipeline = make_pipeline()
        for number in range(10):
            make_deal(pipeline, 0, engaged_on=day(1), title=f"first {number}")
        for _number in range(4):
            make_deal(pipeline, 2, engaged_on=day(1))
        for end in (4, 0):  # one is lost, one was further and came back
            deal = make_deal(pipeline, 0, engaged_on=day(1))
            for place in (1, end):
                enter_stage(deal, pipeline.stages[place])
        for _number in range(2):
            make_deal(pipeline, 3, engaged_on=day(1))
        make_deal(pipeline, 3, engaged_on=dt.date(2025, 1, 1))  # begun too long ago
        make_deal(make_pipeline("Another"), 2, engaged_on=day(1))
        db.session.commit()
        found = company.funnel(db.session.get_one(User, cast.owner))
        assert found is not None
        steps = [(step.stage.name, step.count, step.share and round(step.share, 3), step.weak)
                 for step in found.steps]
        assert (dates.today(), found.since) == (day(18), dt.date(2025, 12, 19))
    assert steps == [("Новая", 18, None, False), ("Переговоры", 8, 0.444, False), ("Договор", 6, 0.75, False),
                     ("Оплачено", 2, 0.333, True)]


def test_a_passage_of_few_deals_is_not_called_weak(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False), app.app_context():
        pipeline = make_pipeline()
        for place in (0, 0, 1):
            make_deal(pipeline, place, engaged_on=day(1))
        db.session.commit()
        found = company.funnel(db.session.get_one(User, cast.owner))
    assert found is not None
    assert [step.weak for step in found.steps] == [False, False, False, False]


def test_an_empty_company_has_a_page_too(app: Flask, cast: Cast) -> None:
    found = figures(sign_in(app, "owner"))
    assert (found["Amount won"], found["Conversion"][0]) == (
        ("₽0", "", found["Amount won"][2]), "–")


def test_the_race_is_loaded_by_its_address(app: Flask, cast: Cast) -> None:
    assert 'hx-get="/scoreboard/race"' in sign_in(app, "viewer").get("/").get_data(as_text=True)
