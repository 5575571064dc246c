"""The file of the leaderboard against a truth reckoned by hand."""

import csv
import datetime as dt
import io
import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization, User
from crm.core.db import db
from crm.deals.models import LOST, OPEN, WON, Deal
from tests.cast import Cast, move_to_moscow, sign_in
from tests.scoreboard.sales import Sales, march
from tests.statements import statements

HEAD = "place,manager,won,lost,open,revenue,win_rate,average_deal,median_cycle_days"
ADDRESS = "/scoreboard.csv?from=2026-03-01&to=2026-03-31"
TRUTH = [
    HEAD,
    "1,Anna,2,1,1,1500.50,0.666667,750.25,5",
    "1,Ёлкин Пётр,2,0,0,1500.50,1.000000,1500.50,7",
    "3,Zoe,0,1,1,0,0.000000,,",
]


@pytest.fixture
def sales(app: Flask, cast: Cast) -> Sales:
    """A pipeline to sell in; the cast leads no deal."""
    return Sales(app)


def lines(app: Flask, address: str = ADDRESS, who: str = "owner") -> list[str]:
    """The file's lines."""
    answer = sign_in(app, who).get(address)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).splitlines()


def test_the_file_says_what_was_reckoned_by_hand(app: Flask, sales: Sales) -> None:
    march(sales)
    assert lines(app) == TRUTH


def test_the_file_is_utf_8_with_commas_and_named_by_its_days(app: Flask, sales: Sales) -> None:
    march(sales)
    answer = sign_in(app, "accountant").get(ADDRESS)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=leaderboard_2026-03-01_2026-03-31_")
    assert answer.data.startswith(b"place,manager,")


def test_without_deals_in_the_period_there_is_only_the_head(app: Flask, sales: Sales) -> None:
    march(sales)
    assert lines(app, "/scoreboard.csv?from=2020-01-01&to=2020-12-31") == [HEAD]


def test_an_open_deal_alone_is_a_row_with_empty_figures(app: Flask, sales: Sales) -> None:
    sales.deal(sales.manager("Only Open"), OPEN, 10, engaged="2026-03-31")
    assert lines(app) == [HEAD, "1,Only Open,0,0,1,0,,,"]


def test_an_open_deal_begun_after_the_period_is_no_deal_of_it(app: Flask, sales: Sales) -> None:
    sales.deal(sales.manager("Later"), OPEN, 10, engaged="2026-04-01")
    assert lines(app) == [HEAD]


@pytest.mark.parametrize(("moment", "rows"), [("2026-03-31T20:59", 1), ("2026-03-31T21:00", 0)])
def test_a_deal_without_a_first_contact_begins_on_its_day_in_the_companys_zone(
        app: Flask, sales: Sales, moment: str, rows: int) -> None:
    with app.app_context():
        move_to_moscow()
    created = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)  # 23:59 and 00:00 in Moscow
    sales.deal(sales.manager("Midnight"), OPEN, 10, created_at=created)
    assert len(lines(app)) == 1 + rows


def test_equal_sums_share_a_place_and_stand_by_name(app: Flask, sales: Sales) -> None:
    for name, amount in (("Eve", 10), ("Ёж", 20), ("Адам", 20), ("Яна", 20)):
        sales.deal(sales.manager(name), WON, amount, "2026-03-05")
    assert [row.split(",")[:2] for row in lines(app)[1:]] == [
        ["1", "Адам"], ["1", "Ёж"], ["1", "Яна"], ["4", "Eve"]]


@pytest.mark.parametrize("name", ["=SUM(A1)", "+7 999", "-1", "@cmd"])
def test_a_name_never_becomes_a_formula(app: Flask, sales: Sales, name: str) -> None:
    sales.deal(sales.manager(name), WON, 10, "2026-03-05")
    assert [row["manager"] for row in csv.DictReader(lines(app))] == [f"'{name}"]


def test_a_name_with_commas_quotes_and_a_dash_inside_comes_back_as_it_was(app: Flask, sales: Sales) -> None:
    name = 'Smith-Jones, "Bo" = +1'
    sales.deal(sales.manager(name), WON, 10, "2026-03-05")
    assert [row["manager"] for row in csv.DictReader(lines(app))] == [name]


def test_a_team_alone_has_places_of_its_own(app: Flask, sales: Sales, cast: Cast) -> None:
    sales.deal(cast.gleb, WON, 30, "2026-03-05")
    sales.deal(cast.boris, WON, 20, "2026-03-05")
    sales.deal(cast.vera, LOST, 20, "2026-03-05")
    with app.app_context():
        team = db.session.get_one(User, cast.boris).team_id
    assert lines(app, f"{ADDRESS}&team={team}")[1:] == [
        "1,Борис Ёлкин,1,0,0,20,1.000000,20.00,", "2,Вера Соколова,0,1,0,0,0.000000,,"]


def test_managers_may_not_take_the_file(app: Flask, sales: Sales) -> None:
    client = sign_in(app, "boris")
    assert [client.get(f"/scoreboard.{kind}").status_code for kind in ("csv", "xlsx")] == [403, 403]


@pytest.mark.parametrize(("query", "sentence"), [
    ("from=2026-02-31&to=2026-03-31", "There is no such day"),
    ("from=2026-03-31", "There is no such day"),
    ("from=2026-03-31&to=2026-03-01", "The last day comes before the first"),
    ("from=0001-01-01&to=2026-03-01", "Type two days between 1900 and 2200"),
])
def test_days_that_cannot_be_are_told(app: Flask, cast: Cast, query: str, sentence: str) -> None:
    answer = sign_in(app, "owner").get(f"/scoreboard.csv?{query}")
    assert (answer.status_code, sentence in answer.get_data(as_text=True)) == (422, True)


def test_the_number_of_statements_does_not_grow_with_deals(app: Flask, sales: Sales) -> None:
    march(sales)
    client = sign_in(app, "owner")
    few = statements(client, ADDRESS)
    people = [sales.manager(f"Manager {number}") for number in range(10)]
    for number in range(60):
        sales.deal(people[number % 10], (WON, LOST, OPEN)[number % 3], number, "2026-03-05", "2026-03-01")
    assert (statements(client, ADDRESS), 2 < few < 20) == (few, True)


FOLDER = Path(os.environ.get("SAMPLE_DATA", "../shared/data")) / "sales"


@pytest.mark.skipif(not FOLDER.exists(), reason=f"the sample sales are not in {FOLDER}; set SAMPLE_DATA")
def test_8_800_real_deals_give_the_published_leaderboard(app: Flask, sales: Sales, cast: Cast) -> None:
    """Loads rows without the importer, which has a test of its own."""
    with (FOLDER / "sales_pipeline.csv").open() as file:
        source = list(csv.DictReader(file))
    ids = {name: sales.manager(name) for name in sorted({row["sales_agent"] for row in source})}
    with app.app_context():
        db.session.execute(sa.update(Organization).values(currency="USD"))
        db.session.execute(sa.insert(Deal), [_deal(row, sales, ids) for row in source])
        db.session.commit()
    truth = json.loads((FOLDER / "truth.json").read_text())
    file_text = "\n".join(lines(app, "/scoreboard.csv?from=2017-01-01&to=2017-12-31"))
    found = list(csv.DictReader(io.StringIO(file_text)))
    assert [(int(row["place"]), row["manager"]) for row in found] == [
        (row["place"], row["agent"]) for row in truth["leaderboard_by_revenue"]]
    assert {row["manager"]: [float(row[name]) for name in MEASURED] for row in found} == {
        name: [one[key] for key in MEASURED.values()] for name, one in truth["by_agent"].items()}


MEASURED = {"won": "won", "lost": "lost", "open": "open", "revenue": "won_revenue", "win_rate": "win_rate",
            "average_deal": "avg_deal", "median_cycle_days": "median_cycle_days_won"}


def _deal(row: dict[str, str], sales: Sales, ids: dict[str, int]) -> dict[str, object]:
    kind = {"Won": WON, "Lost": LOST}.get(row["deal_stage"], OPEN)
    return {"title": row["product"], "pipeline_id": sales.pipeline_id, "manager_id": ids[row["sales_agent"]],
            "status": kind, "stage_id": sales.stages[kind], "amount": int(row["close_value"] or 0) * 100,
            "currency": "USD", "closed_on": _day(row["close_date"]), "engaged_on": _day(row["engage_date"])}


def _day(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%m/%d/%Y").date() if text else None
