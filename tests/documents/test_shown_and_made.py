"""The wizard makes what it shows: nothing else, and nothing typed is lost."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.core import dates
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents.models import Document
from tests.cast import Cast, sign_in
from tests.documents.scene import committed
from tests.factories import make_deal, make_pipeline


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr("crm.documents.pdf.program", lambda: None)
    return sign_in(app, "boris")


@pytest.fixture
def deal_id(app: Flask, cast: Cast) -> int:
    return committed(app, cast)


def shown(client: FlaskClient, path: str) -> dict[str, str]:
    """The hidden fields of the form on a page."""
    return hidden(client.get(path).text)


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(seen|kind|locale|template)" value="([^"]*)"', page))


def amounts(app: Flask) -> list[int]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Document.amount).order_by(Document.id)))


@pytest.mark.parametrize("kind", ["quote", "invoice", "contract"])
def test_what_is_shown_is_made(app: Flask, boris: FlaskClient, deal_id: int, kind: str) -> None:
    form = shown(boris, f"/deals/{deal_id}/documents/new?kind={kind}")
    assert form["seen"]
    assert boris.post(f"/deals/{deal_id}/documents", data=form).status_code == 303


def test_a_deal_that_has_changed_is_shown_again_and_takes_no_number(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    form = shown(boris, f"/deals/{deal_id}/documents/new?kind=invoice")
    with app.app_context():
        for line in db.session.get_one(Deal, deal_id).lines:
            line.price += 100
        db.session.commit()
    answer = boris.post(f"/deals/{deal_id}/documents", data=form)
    assert answer.status_code == 409
    assert "This is how the document looks now" in answer.text
    assert amounts(app) == []
    again = hidden(answer.text)
    assert again["seen"] != form["seen"]
    assert boris.post(f"/deals/{deal_id}/documents", data=again).status_code == 303
    with app.app_context():
        assert db.session.scalars(sa.select(Document.number)).all() == [1]


def test_a_sum_that_was_typed_and_not_looked_at_is_shown_first(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    url = f"/deals/{deal_id}/documents"
    form = shown(boris, f"{url}/new?kind=invoice&part=sum&sum=1000") | {"part": "sum", "sum": "123.45"}
    answer = boris.post(url, data=form)
    assert answer.status_code == 409
    assert "123.45" in answer.text
    form |= hidden(answer.text)
    assert boris.post(url, data=form).status_code == 303
    assert amounts(app) == [123_45]


def test_the_form_looks_again_at_what_is_typed_in_it(boris: FlaskClient, deal_id: int) -> None:
    typed = {"kind": "invoice", "part": "sum", "sum": "123.45", "seen": "x", "once": "y"}
    answer = boris.post(f"/deals/{deal_id}/documents/look", data=typed)
    assert answer.headers["Location"] == f"/deals/{deal_id}/documents/new?kind=invoice&part=sum&sum=123.45"


def test_lines_that_are_all_taken_out_make_no_invoice(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    url = f"/deals/{deal_id}/documents"
    page = boris.get(f"{url}/new?kind=invoice&part=lines&line=0").text
    assert not re.search(r'name="line" value="[1-9]\d*" checked', page)
    answer = boris.post(url, data={"kind": "invoice", "locale": "en", "part": "lines", "line": "0"}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert amounts(app) == []


def test_a_percent_that_cannot_be_is_told_at_once(boris: FlaskClient, deal_id: int) -> None:
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=invoice&part=percent&percent=150").text
    assert 'class="error"' in page


def test_an_invoice_for_nothing_is_not_made(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    with app.app_context():
        empty = make_deal(make_pipeline(), manager_id=cast.boris, amount=0).id
        db.session.commit()
    answer = boris.post(f"/deals/{empty}/documents", data={"kind": "invoice", "locale": "en"})
    assert answer.status_code == 422
    assert "The deal has no sum to ask for." in answer.text
    assert amounts(app) == []


@pytest.mark.parametrize(("part", "typed", "said"), [
    ("percent", "0", "Type a number from 0.01 to 100."), ("percent", "101", "Type a number from 0.01 to 100."),
    ("percent", "abc", "Type a number."), ("sum", "0", "Type a sum above zero."), ("sum", "-5", "An amount cannot be below zero.")])
def test_a_part_that_cannot_be_stays_as_it_was_typed_and_makes_nothing(
        app: Flask, boris: FlaskClient, deal_id: int, part: str, typed: str, said: str) -> None:
    url = f"/deals/{deal_id}/documents"
    asked = {"kind": "invoice", "locale": "en", "part": part, part: typed}
    for answer, status in ((boris.get(f"{url}/new", query_string=asked), 200), (boris.post(url, data=asked), 422)):
        assert answer.status_code == status
        assert re.search(rf'name="{part}"[^>]* value="{typed}"', answer.text)
        assert said in answer.text
        assert "Create the document" not in answer.text
        assert "To be paid" not in answer.text
    assert amounts(app) == []


def test_what_was_typed_for_another_part_is_not_in_the_way(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    url = f"/deals/{deal_id}/documents"
    page = boris.get(f"{url}/new?kind=invoice&locale=en&part=whole&percent=101&sum=0").text
    assert 'class="error"' not in page
    assert boris.post(url, data=hidden(page) | {"part": "whole", "percent": "101", "sum": "0"}).status_code == 303


def test_when_everything_is_invoiced_no_part_is_proposed(app: Flask, boris: FlaskClient, deal_id: int) -> None:
    url = f"/deals/{deal_id}/documents"
    assert boris.post(url, data=shown(boris, f"{url}/new?kind=invoice&locale=en")).status_code == 303
    page = boris.get(f"{url}/new?kind=invoice&locale=en").text
    assert "nothing is left to ask for" in page
    assert not re.search(r'name="part"[^>]* checked', page)
    assert 'value="rest"' not in page
    assert "Create the document" not in page
    chosen = boris.get(f"{url}/new?kind=invoice&locale=en&part=percent&percent=10").text
    assert "invoices exceed the deal by" in chosen
    assert "Create the document" in chosen


@pytest.mark.parametrize(("query", "stands_open"), [
    ("", False), ("&dated=2026-11-02", True), ("&valid_until=2027-01-15", True), ("&dated=31.02.2026", True),
    ("&part=percent&percent=101", False)])
def test_days_other_than_the_usual_stay_unfolded(boris: FlaskClient, deal_id: int, query: str, stands_open: bool) -> None:
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=invoice{query}").text
    assert bool(re.search(r"<details open>\s*<summary>[^<]*valid until", page)) is stands_open


@pytest.mark.parametrize(("kind", "told"), [("act", True), ("contract", True), ("quote", False)])
def test_a_paper_that_the_deal_has_already_is_named_with_the_way_to_correct_it(
        app: Flask, boris: FlaskClient, deal_id: int, kind: str, told: bool) -> None:
    url = f"/deals/{deal_id}/documents"
    assert "is in force already" not in boris.get(f"{url}/new?kind={kind}").text
    first = boris.post(url, data=shown(boris, f"{url}/new?kind={kind}")).headers["Location"]
    again = boris.get(f"{url}/new?kind={kind}").text
    assert (f"1/{dates.today().year} of" in again and "is in force already" in again) is told
    correcting = re.search(r'href="([^"]+instead=\d+)"', again)
    assert (correcting is not None) is told
    if correcting:
        page = boris.get(correcting[1].replace("&amp;", "&")).text
        assert "is in force already" not in page
        assert "Instead of 1/" in page
    boris.post(f"{first}/cancel")
    assert "is in force already" not in boris.get(f"{url}/new?kind={kind}").text
