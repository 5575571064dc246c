"""One search over people, companies, deals and documents."""

import datetime as dt

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.clients import operations
from crm.core.db import db
from crm.core.text import search_text
from crm.documents.models import Document
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline

HX = {"HX-Request": "true"}


@pytest.fixture
def found(app: Flask, cast: Cast) -> int:
    """A company, a person, a deal and a document of Boris, and the same of Gleb; gives the id of Boris's deal."""
    with app.app_context():
        pipeline, ids = make_pipeline(), []
        for who, user_id in (("Борисов", cast.boris), ("Глебов", cast.gleb)):
            actor = db.session.get_one(User, user_id)
            company = operations.create_company(actor=actor, name=f"Ёлка {who}", inn="7707083893")
            person = operations.create_contact(actor=actor, surname=who, company=company,
                                               channels=[("phone", "+79011234567")])
            deal = make_deal(pipeline, title=f"Крыша {who}", company=company, contact=person, manager_id=user_id)
            db.session.add(Document(
                deal=deal, kind="quote", locale="ru", series=2026, number=17, numbered="17/2026", dated=dt.date(2026, 1, 2), currency="RUB",
                context={}, digest="0" * 64, file_name=f"КП-17 {who}.docx", search_text=search_text("КП-17", who))
                if who == "Борисов" else Document(
                deal=deal, kind="quote", locale="ru", series=2026, number=18, numbered="18/2026", dated=dt.date(2026, 1, 2), currency="RUB",
                context={}, digest="0" * 64, file_name=f"КП-18 {who}.docx", search_text=search_text("КП-17", who)))
            ids.append(deal)
        db.session.commit()
        return ids[0].id


@pytest.mark.parametrize(("q", "groups"), [
    ("ЕЛКА", ["People", "Companies", "Deals"]), ("8 901 123-45-67", ["People", "Deals"]),
    ("7707083893", ["Companies", "Deals"]), ("кры борис", ["Deals"]), ("кп-17", ["Documents"]), ("zzzz", []),
    ("е", []), ("", [])])
def test_each_sort_of_find_has_its_group_and_a_colleagues_finds_have_none(
        app: Flask, found: int, q: str, groups: list[str]) -> None:
    page = sign_in(app, "boris").get("/search", query_string={"q": q}, headers=HX).get_data(as_text=True)
    assert [name for name in ("People", "Companies", "Deals", "Documents") if f"<h3>{name}</h3>" in page] == groups
    assert "Глебов" not in page


def test_the_page_leads_to_the_cards(app: Flask, found: int) -> None:
    page = sign_in(app, "boris").get("/search?q=борисов").get_data(as_text=True)
    assert [f'href="/deals/{found}"' in page, "<!doctype html>" in page, "КП-17 Борисов.docx" in page] == [True] * 3


def test_the_owner_finds_what_everybody_has(app: Flask, found: int) -> None:
    page = sign_in(app, "owner").get("/search?q=крыша").get_data(as_text=True)
    assert ["Крыша Борисов" in page, "Крыша Глебов" in page] == [True, True]


def test_a_percent_sign_finds_nothing_but_itself(app: Flask, found: int) -> None:
    page = sign_in(app, "owner").get("/search?q=%25%25", headers=HX).get_data(as_text=True)
    assert "Nothing found for" in page
