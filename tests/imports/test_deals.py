"""Deals out of files."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.catalog.models import Product
from crm.clients.models import Company
from crm.core.db import db
from crm.core.jobs import run_one
from crm.deals.models import Deal, DealLine, Stage
from crm.imports import mapping
from crm.imports.models import Import
from crm.imports.operations import import_deals
from crm.imports.reading import read_table
from crm.imports.values import date_order, parse_date
from tests.cast import Cast, sign_in

SAMPLE = Path(os.environ.get("SAMPLE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
SMALL = """opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
A1,Ann Lee,GTX Pro,Acme,Won,1/5/2026,2/14/2026,100.50
A2,Ann Lee,GTXPro,Acme,Won,1/5/2026,2/4/2026,50
A3,Ann Lee,MG,Beta,Lost,1/20/2026,2/1/2026,0
A4,Bo Ray,MG,Beta,Won,1/31/2026,2/28/2026,150.50
A5,Bo Ray,MG,,Engaging,1/31/2026,,
A6,Cy Fox,MG,Acme,Prospecting,,,
"""


def take(text: str) -> object:
    table = read_table(text.encode(), "deals.csv")
    return import_deals(table, mapping.guess(table.columns, "deals"), actor=None)


def by_key(key: str) -> Deal:
    return db.session.scalars(sa.select(Deal).where(Deal.external_key == key)).one()


def test_columns_are_known_in_any_order_and_in_russian() -> None:
    assert mapping.guess(["Сумма", "Этап сделки", "Название сделки", "Ответственный", "ID"], "deals") == {
        "Сумма": "amount", "Этап сделки": "stage", "Название сделки": "title", "Ответственный": "manager", "ID": "key"}


def test_the_order_of_day_and_month_is_found_from_the_column() -> None:
    assert (date_order(["1/5/2026", "2/14/2026"]), date_order(["14/2/2026"]), date_order(["2026-02-14"])) == (
        "mdy", "dmy", "ymd")
    with pytest.raises(ValueError, match="day is out of range"):
        parse_date("31.02.2026", "dmy")


def test_a_small_file_makes_managers_companies_products_stages_and_deals(context: object, cast: Cast) -> None:
    report = take(SMALL)
    assert (report.added, report.changed, report.same, report.refused) == (6, 0, 0, [])
    assert db.session.scalars(sa.select(Company.name).order_by(Company.name)).all() == ["Acme", "Beta"]
    assert db.session.scalars(sa.select(Product.name).order_by(Product.name)).all() == ["GTX Pro", "MG"]
    stages = db.session.scalars(sa.select(Stage).order_by(Stage.position)).all()
    assert [(stage.name, stage.kind) for stage in stages] == [
        ("Prospecting", "open"), ("Engaging", "open"), ("Won", "won"), ("Lost", "lost")]
    ann = db.session.scalars(sa.select(User).where(User.name == "Ann Lee")).one()
    assert (ann.role, ann.can_sign_in) == ("manager", False)
    deal = by_key("A1")
    assert (deal.amount, deal.currency, str(deal.engaged_on), str(deal.closed_on), deal.status, deal.manager_id) == (
        10050, "RUB", "2026-01-05", "2026-02-14", "won", ann.id)
    line = db.session.scalars(sa.select(DealLine).where(DealLine.deal_id == deal.id)).one()
    assert (line.name, line.price, line.quantity) == ("GTX Pro", 10050, 1)


def test_the_same_file_again_adds_nothing_and_a_changed_row_updates_its_deal(context: object, cast: Cast) -> None:
    take(SMALL)
    again = take(SMALL)
    assert (again.added, again.changed, again.same) == (0, 0, 6)
    changed = take(SMALL.replace("A5,Bo Ray,MG,,Engaging,1/31/2026,,", "A5,Bo Ray,MG,,Won,1/31/2026,3/31/2026,70"))
    assert (changed.added, changed.changed, changed.same) == (0, 1, 5)
    deal = by_key("A5")
    assert (deal.status, deal.amount, str(deal.closed_on), len(deal.history)) == ("won", 7000, "2026-03-31", 2)


def test_bad_rows_are_reported_with_their_line_and_the_others_are_taken(context: object, cast: Cast) -> None:
    report = take(SMALL + "B1,Ann Lee,MG,Acme,Won,2/30/2026,3/1/2026,5\nB2,Ann Lee,MG,Acme,,1/1/2026,,5\n"
                  "B3,Ann Lee,MG,Acme,Won,1/1/2026,1/2/2026,-5\nA1,Ann Lee,MG,Acme,Won,1/1/2026,1/2/2026,5\n"
                  "B4,Ann Lee,MG,Acme,Won,3/1/2026,1/2/2026,5\n")
    assert report.added == 6
    assert [line for line, _sentence in report.refused] == [8, 9, 10, 11, 12]


def test_the_browser_shows_the_columns_and_takes_the_file_by_a_job(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    answer = client.post("/imports/", data={"what": "deals", "file": (io.BytesIO(SMALL.encode()), "deals.csv")})
    page = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert '<option value="amount" selected>' in page
    names = SMALL.splitlines()[0].split(",")
    fields = mapping.guess(names, "deals")
    client.post(answer.headers["Location"], data={f"column-{i}": fields[name] for i, name in enumerate(names)})
    with app.app_context():
        assert run_one()
        made = db.session.scalars(sa.select(Import)).one()
        assert (made.status, made.report["added"], db.session.query(Deal).count()) == ("done", 6, 6)


def test_a_bad_file_in_the_browser_is_refused_with_a_sentence_and_nothing_is_kept(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/imports/", data={"what": "deals", "file": (io.BytesIO(b"x"), "deals.xlsx")})
    assert answer.status_code == 422
    assert "is not an Excel file" in answer.get_data(as_text=True)
    with app.app_context():
        assert db.session.query(Import).count() == 0


def test_two_columns_of_one_meaning_are_refused(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    answer = client.post("/imports/", data={"what": "deals", "file": (io.BytesIO(SMALL.encode()), "deals.csv")})
    refused = client.post(answer.headers["Location"], data={"column-0": "key", "column-4": "stage", "column-5": "stage"})
    assert refused.status_code == 422
    assert "Two columns mean the same." in refused.get_data(as_text=True)


def test_managers_may_not_import(app: Flask, cast: Cast) -> None:
    assert sign_in(app, "boris").get("/imports/").status_code == 403


def leaderboard(app: Flask, cast: Cast, start: str, end: str) -> list[dict[str, str]]:
    answer = sign_in(app, "owner").get(f"/scoreboard.csv?from={start}&to={end}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data(as_text=True))))


def test_the_scoreboard_of_the_small_file_is_the_truth_reckoned_by_hand(app: Flask, cast: Cast) -> None:
    with app.app_context():
        take(SMALL)
    assert leaderboard(app, cast, "2026-01-01", "2026-12-31") == [
        {"place": "1", "manager": "Ann Lee", "won": "2", "lost": "1", "open": "0", "revenue": "150.50",
         "win_rate": "0.666667", "average_deal": "75.25", "median_cycle_days": "35"},
        {"place": "1", "manager": "Bo Ray", "won": "1", "lost": "0", "open": "1", "revenue": "150.50",
         "win_rate": "1.000000", "average_deal": "150.50", "median_cycle_days": "28"},
        {"place": "3", "manager": "Cy Fox", "won": "0", "lost": "0", "open": "1", "revenue": "0",
         "win_rate": "", "average_deal": "", "median_cycle_days": ""}]


@pytest.mark.skipif(not (SAMPLE / "sales").exists(), reason="no sample data: set SAMPLE_DATA to run against 8,800 deals")
def test_the_scoreboard_of_8800_public_deals_equals_their_truth(app: Flask, cast: Cast) -> None:
    truth = json.loads((SAMPLE / "sales" / "truth.json").read_text())
    with app.app_context():
        report = take((SAMPLE / "sales" / "sales_pipeline.csv").read_text())
        assert (report.added, report.refused) == (8800, [])
    rows = {row["manager"]: row for row in leaderboard(app, cast, "2016-01-01", "2018-12-31")}
    wanted = {name: agent for name, agent in truth["by_agent"].items() if agent["deals"]}
    assert set(rows) == set(wanted)
    for name, agent in wanted.items():
        row = rows[name]
        assert (int(row["won"]), int(row["lost"]), int(row["open"]), float(row["revenue"])) == (
            agent["won"], agent["lost"], agent["open"], agent["won_revenue"])
        assert float(row["win_rate"]) == agent["win_rate"]
        assert float(row["average_deal"]) == pytest.approx(agent["avg_deal"], abs=0.005)
        assert float(row["median_cycle_days"]) == agent["median_cycle_days_won"]
    order = sorted(wanted, key=lambda name: (-wanted[name]["won_revenue"], name))
    assert list(rows) == order
