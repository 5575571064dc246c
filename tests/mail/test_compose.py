"""A letter to the client from the deal or from a document."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import Organization
from crm.core import files
from crm.core.db import db
from crm.core.events import Event
from crm.documents import pdf
from crm.documents.models import Document
from crm.mail.models import Letter
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, text_of


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


@pytest.fixture
def address(app: Flask, cast: Cast, boris: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where a letter with a made quote is written."""
    monkeypatch.setattr(pdf, "program", lambda: None)
    deal_id = committed(app, cast)
    made = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"})
    return f"/deals/{deal_id}/letter?document={made.headers['Location'].rsplit('/', 1)[-1]}"


TYPED = {"to": "o.lebed@port.example", "subject": "КП", "body": "Здравствуйте!"}


def letters(app: Flask) -> list[Letter]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Letter)).all())


def test_a_letter_is_proposed_in_the_language_of_the_document(app: Flask, boris: FlaskClient, address: str) -> None:
    page = boris.get(address).text
    assert 'value="o.lebed@port.example"' in page
    assert 'value="КП 1/2026, ООО «Тест»"' in page
    assert "Здравствуйте, Ольга Ивановна!" in page
    assert "Во вложении КП 1/2026 от 21.11.2026." in page
    assert "/q/" not in page
    assert letters(app) == []


def test_the_letter_tells_the_public_link_when_there_is_one(boris: FlaskClient, address: str) -> None:
    document_id = address.rsplit("=", 1)[-1]
    link = re.search(r'value="(http[^"]+/q/[^"]+)"', boris.post(f"/documents/{document_id}/link").text)
    assert link is not None
    assert link.group(1) in boris.get(address).text


def test_a_sent_letter_carries_the_document_and_stands_on_the_timeline(app: Flask, boris: FlaskClient,
                                                                       address: str) -> None:
    answer = boris.post(address, data=TYPED)
    assert answer.headers["Location"] == f"/documents/{address.rsplit('=', 1)[-1]}"
    (letter,) = letters(app)
    assert (letter.to, letter.subject, letter.attachment_name) == (
        "o.lebed@port.example", "КП", "КП 1-2026 ООО «Рога & Копыта Юг».docx")
    with app.app_context():
        assert "Стол <30 мм> & стул" in text_of(files.read(letter.attachment_digest or ""))
        assert len(db.session.scalars(sa.select(Event.id).where(Event.kind == "letter.written")).all()) == 1


def test_the_pdf_goes_along_where_there_is_one(app: Flask, boris: FlaskClient, address: str) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Document)).one().pdf_digest = files.keep(b"%PDF-")
        db.session.commit()
    boris.post(address, data=TYPED)
    assert letters(app)[0].attachment_name == "КП 1-2026 ООО «Рога & Копыта Юг».pdf"


def test_a_letter_sent_twice_is_one(app: Flask, boris: FlaskClient, address: str) -> None:
    for _twice in range(2):
        assert boris.post(address, data={**TYPED, "once": "k" * 22}).status_code == 303
    assert len(letters(app)) == 1


@pytest.mark.parametrize("wrong", [{"to": "nowhere"}, {"to": ""}, {"body": ""}, {"subject": ""}])
def test_a_letter_that_cannot_go_is_shown_again(app: Flask, boris: FlaskClient, address: str, wrong: dict[str, str]) -> None:
    answer = boris.post(address, data={**TYPED, **wrong})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert letters(app) == []


def test_a_document_of_another_deal_does_not_go_along(app: Flask, cast: Cast, boris: FlaskClient, address: str) -> None:
    other = committed(app, cast)
    document_id = address.rsplit("=", 1)[-1]
    assert boris.get(f"/deals/{other}/letter?document={document_id}").status_code == 404


def test_letters_that_are_switched_off_are_not_there(app: Flask, boris: FlaskClient, address: str) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Organization)).one().modules_off = ["mail"]
        db.session.commit()
    assert boris.get(address).status_code == 404
    assert "/letter" not in boris.get(f"/documents/{address.rsplit('=', 1)[-1]}").text


def test_a_cancelled_document_goes_to_nobody(app: Flask, boris: FlaskClient, address: str) -> None:
    page = f"/documents/{address.rsplit('=', 1)[-1]}"
    assert boris.post(f"{page}/cancel").status_code == 303
    shown = boris.get(page).text
    assert f'href="{address}"' not in shown
    assert "data-share-file" not in shown
    assert f'href="{page}/word"' in shown
    form = boris.get(address).text
    assert "The document is cancelled" in form
    assert "Put into the outbox" not in form
    refused = boris.post(address, data={**TYPED, "body": "Долгое письмо"})
    assert (refused.status_code, "The document is cancelled" in refused.text, "Долгое письмо" in refused.text) == (422, True, True)
    assert boris.post(f"{page}/link").status_code == 422
    assert letters(app) == []
