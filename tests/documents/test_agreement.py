"""A contract on its way: to the lawyer and back, agreed, sent; who may do what, and what a changed text does to it."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.core.db import db
from crm.core.events import Event
from crm.documents import pdf
from crm.documents.models import Document, Remark
from tests.cast import Cast, add_colleague, sign_in
from tests.documents.scene import committed
from tests.documents.test_versions import edited, send


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(pdf, "program", lambda: None)
    return sign_in(app, "boris")


@pytest.fixture
def lawyer(app: Flask, cast: Cast) -> FlaskClient:
    with app.app_context():
        add_colleague("lawyer")
    return sign_in(app, "lawyer")


def made(app: Flask, cast: Cast, boris: FlaskClient, kind: str = "contract", **deal: object) -> str:
    """The address of a new document of Boris's deal."""
    deal_id = committed(app, cast, **deal)
    return boris.post(f"/deals/{deal_id}/documents", data={"kind": kind, "locale": "ru", "dated": "2026-11-21"}).headers["Location"]


@pytest.fixture
def page(app: Flask, cast: Cast, boris: FlaskClient, lawyer: FlaskClient) -> str:
    return made(app, cast, boris)


def state(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(Document.state).order_by(Document.id.desc())).first() or ""


def told(app: Flask) -> list[str]:
    with app.app_context():
        return [kind.removeprefix("document.") for kind in db.session.scalars(
            sa.select(Event.kind).where(Event.kind.startswith("document."), Event.kind != "document.made").order_by(Event.id))]


def asked(boris: FlaskClient, page: str) -> None:
    assert boris.post(f"{page}/ask", data={"seen": "1", "lawyer": "", "text": "Look at 4.2"}).status_code in (303, 422)
    found = re.search(r'<option selected value="(\d+)">', boris.get(f"{page}/ask").text)
    assert found is not None
    answer = boris.post(f"{page}/ask", data={"seen": "1", "lawyer": found[1], "due_on": "2099-12-01", "text": "Look at 4.2"})
    assert answer.status_code == 303, answer.text


def test_a_manager_asks_the_lawyer_returns_with_a_remark_and_then_agrees(
        app: Flask, page: str, boris: FlaskClient, lawyer: FlaskClient) -> None:
    assert 'aria-current="step"' in boris.get(page).text
    asked(boris, page)
    assert state(app) == "lawyer"
    assert page in lawyer.get("/documents/agreement").text
    assert lawyer.post(f"{page}/return", data={"seen": "1", "text": ""}).status_code == 422
    assert lawyer.post(f"{page}/return", data={"seen": "1", "quote": "в течение 5 дней", "text": "Пишите 10 дней"}).status_code == 303
    assert state(app) == "returned"
    shown = boris.get(page).text
    assert "Пишите 10 дней" in shown
    assert "в течение 5 дней" in shown
    asked(boris, page)
    refused = lawyer.post(f"{page}/agree", data={"seen": "1"})
    assert refused.status_code == 422
    assert "There are open remarks: 1." in refused.text
    assert "Пишите 10 дней" in refused.text
    assert f'action="{page}/agree"' in refused.text
    with app.app_context():
        remark = db.session.scalars(sa.select(Remark.id)).one()
    assert boris.post(f"{page}/remarks/{remark}/answer", data={"text": "Исправлено"}).status_code == 303
    assert lawyer.post(f"{page}/remarks/{remark}/settle").status_code == 303
    assert lawyer.post(f"{page}/agree", data={"seen": "1"}).status_code == 303
    assert state(app) == "agreed"
    assert told(app) == ["lawyer", "returned", "lawyer", "remark", "settled", "agreed"]
    assert page not in lawyer.get("/documents/agreement").text
    assert "Исправлено" in lawyer.get(page).text


def test_a_manager_does_not_agree_their_own_contract(app: Flask, page: str, boris: FlaskClient) -> None:
    asked(boris, page)
    assert boris.post(f"{page}/agree", data={"seen": "1"}).status_code == 403
    assert boris.post(f"{page}/return", data={"seen": "1", "text": "no"}).status_code == 403
    assert state(app) == "lawyer"


def test_the_owner_and_the_head_may_agree_at_once(app: Flask, page: str, cast: Cast) -> None:
    assert sign_in(app, "head").post(f"{page}/agree", data={"seen": "1"}).status_code == 303
    assert state(app) == "agreed"


def test_a_version_that_was_not_read_is_not_agreed(app: Flask, page: str, boris: FlaskClient, lawyer: FlaskClient) -> None:
    asked(boris, page)
    answer = lawyer.post(f"{page}/agree", data={"seen": "7"})
    assert answer.status_code == 409
    assert "Somebody has changed this document since you opened it." in answer.text
    assert 'id="way"' in answer.text
    assert state(app) == "lawyer"


def test_words_typed_over_an_older_version_are_kept_and_the_newer_one_is_named(
        app: Flask, page: str, boris: FlaskClient, lawyer: FlaskClient) -> None:
    asked(boris, page)
    data = edited(boris.get(f"{page}/word").data, lambda text: text.replace("ДОГОВОР", "ДОГОВОР НОВЫЙ").replace("Договор", "Договор новый"))
    assert send(boris, page, data)[0] == 303
    refused = lawyer.post(f"{page}/return", data={"seen": "1", "quote": "в течение 5 дней", "text": "Пишите 10 дней"})
    assert (refused.status_code, state(app)) == (409, "lawyer")
    for words in ("Version 2 has come since you opened this page.", "Пишите 10 дней", "в течение 5 дней", 'value="2"', f'href="{page}"'):
        assert words in refused.text
    again = lawyer.post(f"{page}/return", data={"seen": "2", "quote": "в течение 5 дней", "text": "Пишите 10 дней"})
    assert (again.status_code, state(app)) == (303, "returned")


def test_a_step_that_somebody_else_has_taken_is_told_where_the_words_stand(
        app: Flask, page: str, boris: FlaskClient, lawyer: FlaskClient) -> None:
    asked(boris, page)
    assert lawyer.post(f"{page}/agree", data={"seen": "1"}).status_code == 303
    refused = lawyer.post(f"{page}/return", data={"seen": "1", "text": "Пишите 10 дней"})
    assert refused.status_code == 422
    assert "It has been agreed already." in refused.text
    assert "Пишите 10 дней</textarea>" in refused.text


def test_what_waits_is_taken_back_and_asked_twice_only_once(app: Flask, page: str, boris: FlaskClient) -> None:
    asked(boris, page)
    someone = re.findall(r'option selected value="(\d+)"', boris.get(f"{page}/ask").text)[0]
    again = boris.post(f"{page}/ask", data={"seen": "1", "lawyer": someone})
    assert "It is with the lawyer already." in again.text
    assert boris.post(f"{page}/withdraw", data={"seen": "1"}).status_code == 303
    assert state(app) == "draft"


def test_where_there_is_no_lawyer_nobody_is_asked(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    page = made(app, cast, boris)
    shown = boris.get(page).text
    assert "With the lawyer" not in shown
    assert "Note as sent" in shown
    head = re.findall(r'<option (?:selected )?value="(\d+)">', boris.get(f"{page}/ask").text)[0]
    assert "not agreed with a lawyer" in boris.post(f"{page}/ask", data={"seen": "1", "lawyer": head}).text
    assert boris.post(f"{page}/sent", data={"seen": "1"}).status_code == 303
    assert state(app) == "sent"


def test_the_owner_says_which_kinds_the_lawyer_agrees(app: Flask, cast: Cast, boris: FlaskClient, lawyer: FlaskClient) -> None:
    owner = sign_in(app, "owner")
    assert owner.post("/documents/agreement/rules", data={"asked": ["act"]}).status_code == 303
    assert "With the lawyer" not in boris.get(made(app, cast, boris)).text
    act = made(app, cast, boris, "act")
    assert "With the lawyer" in boris.get(act).text
    assert boris.post("/documents/agreement/rules", data={"asked": []}).status_code == 403


def test_a_quote_goes_no_such_way(app: Flask, cast: Cast, boris: FlaskClient, lawyer: FlaskClient) -> None:
    page = made(app, cast, boris, "quote")
    assert 'id="way"' not in boris.get(page).text
    boris.post(f"{page}/sent", data={"seen": "1"})
    assert state(app) == "draft"
