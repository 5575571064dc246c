"""A contract on its way, by hand: a manager on a phone, a lawyer at a desk, without a page that is written twice."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from crm.core.db import db
from crm.documents import pdf
from crm.documents.models import Document
from tests.browser.opening import OpenPage
from tests.cast import Cast, add_colleague
from tests.documents.engine.word_file import docx, p, run
from tests.documents.scene import committed

SCAN = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
INSERTED = '<w:ins w:id="1" w:author="Client Lawyer" w:date="2026-11-20T10:00:00Z">' + run("within ten days") + "</w:ins>"


@pytest.fixture
def deal_id(real_app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pdf, "program", lambda: None)
    with real_app.app_context():
        add_colleague("lawyer")
    return committed(real_app, people)


def contract(open_page: OpenPage, deal_id: int, *phone: str) -> tuple[Page, str]:
    """Boris's page of a new contract, and its path."""
    page = open_page("boris", *phone, path=f"/deals/{deal_id}/documents/new?kind=contract&locale=ru")
    page.locator(".page-act button").click()
    expect(page.locator("#way")).to_be_visible()
    return page, re.sub(r"^https?://[^/]+", "", page.url)


def test_a_manager_asks_on_a_phone_and_the_lawyer_answers_at_a_desk(
        real_app: Flask, open_page: OpenPage, deal_id: int) -> None:
    page, path = contract(open_page, deal_id, "Pixel 7")
    expect(page.locator("#link")).to_have_count(0)  # nothing is sent before it is agreed
    page.locator("#way a.main").tap()
    page.locator("#dialog [name=text]").fill("Look at 2.2")
    page.locator("#dialog button.main").tap()
    expect(page.locator("#way [aria-current=step]")).to_contain_text("lawyer")
    lawyer = open_page("lawyer", path="/")
    lawyer.locator("#to-agree a.item").click()
    expect(lawyer.locator("#way")).to_contain_text("Look at 2.2")
    lawyer.locator("#way a.act", has_text="Return").click()
    lawyer.locator("#dialog [name=text]").fill("Ten days, please")
    lawyer.locator("#dialog button.main").click()
    expect(lawyer.locator("#remarks")).to_contain_text("Ten days, please")
    page.goto(page.url)
    expect(page.locator("#way [aria-current=step]")).to_contain_text("Returned")
    lawyer.locator("#remarks button", has_text="Settle").click()
    lawyer.locator("#way button", has_text="Agree").click()
    expect(lawyer.locator("#way [aria-current=step]")).to_have_text("Agreed")
    page.goto(page.url)
    page.locator("#link form button").first.tap()
    expect(page.locator("#link-url")).to_be_visible()
    expect(page.locator("#way [aria-current=step]")).to_have_text("Sent")
    page.locator("#way a.main").tap()
    page.locator("#dialog [name=signed_by]").fill("Kravets, Orlova")
    page.locator("#dialog [name=file]").set_input_files({"name": "scan.pdf", "mimeType": "application/pdf", "buffer": SCAN})
    page.locator("#dialog button.main").tap()
    expect(page.locator("#way [aria-current=step]")).to_have_text("Signed")
    with real_app.app_context():
        assert db.session.scalars(sa.select(Document.state)).one() == "signed"
    assert path


def test_an_edited_file_is_uploaded_and_compared(open_page: OpenPage, deal_id: int) -> None:
    page, _path = contract(open_page, deal_id)
    page.locator("#versions a", has_text="Upload").click()
    page.locator("#dialog [name=file]").set_input_files({"name": "bad.docx", "mimeType": "application/octet-stream", "buffer": b"%PDF-1.4"})
    page.locator("#dialog button.main").click()
    expect(page.locator("#dialog .error")).to_be_visible()
    page.locator("#dialog [name=file]").set_input_files(
        {"name": "contract.docx", "mimeType": "application/octet-stream", "buffer": docx(p("Paid ", INSERTED))})
    page.locator("#dialog button.main").click()
    expect(page.locator("#dialog [role=alert]")).to_contain_text("common to this file and the document")
    page.locator("#dialog button.main", has_text="all the same").click()  # the file needs not be chosen again
    expect(page.locator("#remarks ins")).to_have_text("within ten days")
    expect(page.locator(".paper")).to_contain_text("Paid within ten days")
    page.locator("#versions a", has_text="What has changed").click()
    expect(page.locator(".compared ins").first).to_be_visible()
    expect(page.locator(".compared del").first).to_be_visible()
    open_page.errors.clear()  # the browser notes the 422
