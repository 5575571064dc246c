"""The page of the leaderboard, its refreshing, the wall screen, the desk's panel, the workbook."""

import datetime as dt
import io
import re

import openpyxl
import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.queries import the_organization
from crm.core.db import db
from crm.core.events import record
from crm.deals.events import DEAL_WON
from crm.deals.models import LOST, OPEN, WON, Deal
from crm.plans.models import Plan
from tests.cast import Cast, move_to_moscow, sign_in
from tests.scoreboard.sales import Sales, march

NOW = dt.datetime(2026, 3, 20, 9, 0, tzinfo=dt.UTC)
MARCH = "/scoreboard?from=2026-03-01&to=2026-03-31"
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def sales(app: Flask, cast: Cast) -> Sales:
    """Three managers of the cast in March: Boris leads Vera by 300, Gleb has nothing but an open deal."""
    made = Sales(app)
    made.deal(cast.boris, WON, 500, "2026-03-05", "2026-03-01")
    made.deal(cast.boris, LOST, 0, "2026-03-06")
    made.deal(cast.vera, WON, 100, "2026-03-05", "2026-03-01")
    made.deal(cast.vera, WON, 100, "2026-03-07", "2026-03-01")
    made.deal(cast.gleb, OPEN, 40, engaged="2026-03-02")
    made.deal(cast.vera, WON, 900, "2026-02-05", "2026-02-01")
    made.deal(cast.boris, WON, 100, "2026-02-05", "2026-02-01")
    with app.app_context():
        db.session.add(Plan(user_id=cast.boris, month=dt.date(2026, 3, 1), amount=100_000))
        db.session.commit()
    return made


@pytest.fixture
def browser(app: Flask, sales: Sales) -> FlaskClient:
    """The owner on 20 March 2026."""
    return sign_in(app, "owner")


def words(html: str) -> str:
    """What a person reads, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page(client: FlaskClient, address: str = MARCH, **headers: str) -> str:
    """The markup of a page that must open."""
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def racers(html: str) -> list[str]:
    """The rows of the race in order, as words."""
    rows = re.findall(r'<li class="racer[^"]*" data-racer.*?</li>', html, re.S)
    return [words(re.sub(r"<svg.*?</svg>", "", row, flags=re.S)) for row in rows]


def test_rows_tell_place_change_name_sum_plan_and_sides(browser: FlaskClient) -> None:
    assert racers(page(browser)) == [
        "Place 1 ▲1 up by 1 place БЁ Борис Ёлкин Amount won: ₽500 Plan: 50% Deals won: 1 Conversion: 50%",
        "Place 2 ▼1 down by 1 place ВС Вера Соколова Amount won: ₽200 Plan: – Deals won: 2 Conversion: 100%",
        "Place 3 new here ГЧ Глеб Чужой Amount won: ₽0 Plan: – Deals won: 0 Conversion: –"]


@pytest.mark.parametrize(("measure", "first", "figure"), [
    ("won", "Вера Соколова", "Deals won: 2"), ("conversion", "Вера Соколова", "Conversion: 100%"),
    ("average", "Борис Ёлкин", "Average deal: ₽500"), ("cycle", "Борис Ёлкин", "Days to win: 4 d"),
    ("plan", "Борис Ёлкин", "Plan completion: 50%"), ("nonsense", "Борис Ёлкин", "Amount won: ₽500"),
])
def test_the_order_follows_the_measure(browser: FlaskClient, measure: str, first: str, figure: str) -> None:
    row = racers(page(browser, f"/scoreboard?from=2026-03-01&to=2026-03-31&measure={measure}"))[0]
    assert (first in row, figure in row) == (True, True)


@pytest.mark.parametrize(("period", "days"), [
    ("day", "2026-03-20 2026-03-20"), ("week", "2026-03-16 2026-03-22"), ("month", "2026-03-01 2026-03-31"),
    ("quarter", "2026-01-01 2026-03-31"), ("year", "2026-01-01 2026-12-31")])
def test_periods_are_those_of_the_calendar(app: Flask, browser: FlaskClient, period: str, days: str) -> None:
    with time_machine.travel(NOW, tick=False):
        html = page(browser, f"/scoreboard?period={period}")
    first, last = days.split()
    assert f"/scoreboard.csv?from={first}&amp;to={last}" in html


def test_the_day_is_that_of_the_companys_zone(app: Flask, browser: FlaskClient) -> None:
    with app.app_context():
        move_to_moscow()
    with time_machine.travel(dt.datetime(2026, 3, 31, 21, 30, tzinfo=dt.UTC), tick=False):  # April in Moscow
        html = page(browser, "/scoreboard?period=month")
    assert "/scoreboard.csv?from=2026-04-01&amp;to=2026-04-30" in html


def test_a_day_that_does_not_exist_is_told_and_this_month_shown(browser: FlaskClient) -> None:
    with time_machine.travel(NOW, tick=False):
        html = page(browser, "/scoreboard?from=2026-02-31&to=2026-03-01")
    assert ("There is no such day" in html, len(racers(html))) == (True, 3)


def test_figures_open_the_deals_behind_them(browser: FlaskClient, cast: Cast) -> None:
    html = page(browser)
    for status in ("won", "lost", "closed"):
        address = f"/deals?manager={cast.boris}&amp;status={status}&amp;from=2026-03-01&amp;to=2026-03-31"
        assert f'href="{address}"' in html, status
    assert f'href="/deals?manager={cast.boris}&amp;status=open"' in html


def test_a_manager_sees_all_rows_but_opens_only_what_is_theirs(app: Flask, sales: Sales, cast: Cast) -> None:
    html = page(sign_in(app, "boris"))
    assert len(racers(html)) == 3
    assert set(re.findall(r'href="/deals\?manager=(\d+)', html)) == {str(cast.boris)}


def test_the_own_row_is_marked_and_tells_what_separates(app: Flask, sales: Sales) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app, "vera")
        html = page(client, "/scoreboard?measure=revenue")
        panel = page(client, "/scoreboard/race", **FRAGMENT)
    own = re.findall(r'<li class="racer me" data-racer.*?</li>', html, re.S)
    assert [("₽300 to 1st place" in words(row)) for row in own] == [True]
    assert "Your place: 2" in words(panel)
    assert "₽300 to 1st place" in words(panel)


def test_deals_that_separate_are_counted(app: Flask, sales: Sales) -> None:
    html = page(sign_in(app, "boris"), "/scoreboard?from=2026-03-01&to=2026-03-31&measure=won")
    assert "1 deal to 1st place" in words(html)


def test_sums_left_out_and_deals_of_nobody_are_told(app: Flask, cast: Cast) -> None:
    march(Sales(app))
    html = words(page(sign_in(app, "owner")))
    assert "1 won deal is in another currency" in html
    assert "1 won deal has no manager" in html


def test_names_are_never_markup(app: Flask, sales: Sales) -> None:
    sales.deal(sales.manager("<b>Bob</b>"), WON, 10, "2026-03-05")
    assert "&lt;b&gt;Bob&lt;/b&gt;" in page(sign_in(app, "owner"))


def test_the_page_is_still_until_a_deal_changes(
        app: Flask, browser: FlaskClient, sales: Sales, cast: Cast) -> None:
    since = re.findall(r'data-poll-since="([^"]+)"', page(browser))[0]
    address = "/scoreboard/changes?from=2026-03-01&to=2026-03-31&since="
    assert browser.get(address + since, headers=FRAGMENT).status_code == 204
    deal_id = sales.deal(cast.gleb, WON, 999, "2026-03-08")
    with app.app_context():
        record(DEAL_WON, db.session.get_one(Deal, deal_id), actor_id=cast.gleb)
        db.session.commit()
    fresh = browser.get(address + since, headers=FRAGMENT)
    assert (fresh.status_code, "Глеб Чужой" in racers(fresh.get_data(as_text=True))[0]) == (200, True)
    token = re.findall(r'"since": "([^"]+)"', fresh.headers["HX-Trigger"])[0]
    assert browser.get(address + token, headers=FRAGMENT).status_code == 204


def test_a_new_day_draws_the_race_anew(app: Flask, sales: Sales) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app, "owner")
        since = re.findall(r'data-poll-since="([^"]+)"', page(client, "/scoreboard/wall"))[0]
        assert client.get(f"/scoreboard/wall/changes?since={since}", headers=FRAGMENT).status_code == 204
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        assert client.get(f"/scoreboard/wall/changes?since={since}", headers=FRAGMENT).status_code == 200


def test_the_wall_shows_twelve_rows_and_the_last_win(app: Flask, sales: Sales) -> None:
    for number in range(15):
        sales.deal(sales.manager(f"Manager {number:02}"), WON, 1000 + number, "2026-03-09")
    sales.deal(sales.manager("Late Winner"), WON, 12345, "2026-03-19")
    html = page(sign_in(app, "viewer"), "/scoreboard/wall?from=2026-03-01&to=2026-03-31")
    assert len(re.findall("data-racer=", html)) == 12
    assert "Won: Late Winner, ₽12,345" in html


def test_the_wall_is_gone_when_it_is_switched_off(app: Flask, sales: Sales) -> None:
    with app.app_context():
        the_organization().modules_off = ["wall", "plans"]
        db.session.commit()
    client = sign_in(app, "owner")
    assert client.get("/scoreboard/wall").status_code == 404
    html = page(client)
    assert ("/scoreboard/wall" in html, "Plan" in words(html), "/plans" in html) == (False, False, False)


def test_the_panel_without_javascript_is_the_page(browser: FlaskClient) -> None:
    answer = browser.get("/scoreboard/race")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/scoreboard")


def test_the_workbook_holds_numbers_and_never_formulas(app: Flask, cast: Cast) -> None:
    sales = Sales(app)
    sales.deal(sales.manager("=1+1"), WON, 1000.50, "2026-03-05", "2026-03-01")
    sales.deal(sales.manager("Anna"), LOST, 10, "2026-03-05")
    answer = sign_in(app, "head").get("/scoreboard.xlsx?from=2026-03-01&to=2026-03-31")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)] == [
        [1, "=1+1", 1, 0, 0, 1000.5, 1, 1000.5, 4], [2, "Anna", 0, 1, 0, 0, 0, None, None]]
    assert [cell.data_type for cell in sheet["B"]] == ["s", "s", "s"]
    assert [cell.value for cell in sheet[1]] == [
        "Place", "Manager", "Deals won", "Deals lost", "Open now", "Amount won, RUB", "Conversion",
        "Average deal, RUB", "Days to win"]


def test_strangers_are_led_to_the_sign_in(client: FlaskClient, cast: Cast) -> None:
    answer = client.get("/scoreboard.csv")
    assert (answer.status_code, answer.headers["Location"].startswith("/login")) == (303, True)
