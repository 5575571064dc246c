"""From a deal to a paper with the client, with a thumb."""


import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from crm.clients.models import Company
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import pdf
from crm.documents.models import Document, DocumentLink
from crm.documents.operations import install_templates
from tests.browser.opening import OpenPage
from tests.cast import Cast
from tests.documents.engine.word_file import docx
from tests.documents.scene import committed


@pytest.fixture
def deal_id(real_app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pdf, "program", lambda: None)
    return committed(real_app, people)


@pytest.mark.smoke
def test_a_quote_in_three_taps_on_a_phone(open_page: OpenPage, deal_id: int) -> None:
    page = open_page("boris", "Pixel 7", path=f"/deals/{deal_id}")
    page.locator("#documents-panel a.act").first.tap()
    expect(page.locator(".paper")).to_contain_text("«Рога & Копыта»")
    page.locator(".page-act button").tap()
    expect(page.locator("h1, .top-title").first).to_contain_text("1/2026")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word", exact=True).tap()
    assert download.value.suggested_filename == "КП 1-2026 ООО «Рога & Копыта Юг».docx"


def test_the_shown_page_of_a_link_tells_that_the_client_reads_it(real_app: Flask, open_page: OpenPage,
                                                                 deal_id: int) -> None:
    page = open_page("boris", path=f"/deals/{deal_id}/documents/new?kind=quote&locale=ru")
    page.locator(".page-act button").click()
    page.locator("#link button").click()
    url = page.locator("#link-url").input_value()
    client = open_page("", "iPhone 15", lang="en")
    with client.expect_response(lambda answer: answer.url.endswith("/opened")) as told:
        client.goto(url)
        expect(client.locator(".paper")).to_contain_text("«Рога & Копыта»")
    assert told.value.status == 204
    with real_app.app_context():
        assert db.session.scalars(sa.select(DocumentLink.opened)).all() == [1]
    page.reload()
    expect(page.locator("aside")).to_contain_text("1")


def linked(open_page: OpenPage, deal_id: int) -> tuple[Page, str]:
    """Boris's page of a new quote, and its link for the client."""
    page = open_page("boris", path=f"/deals/{deal_id}/documents/new?kind=quote&locale=ru")
    page.locator(".page-act button").click()
    page.locator("#link form button").first.click()
    return page, page.locator("#link-url").input_value()


def test_a_client_accepts_and_asks_on_a_phone_without_any_account(open_page: OpenPage, deal_id: int) -> None:
    page, url = linked(open_page, deal_id)
    client = open_page("", "iPhone 15", lang="en")
    client.goto(url)
    client.locator("#answer button.main").tap()
    expect(client.locator("#answer form").first).to_be_visible()  # the browser asks for the name first
    client.locator("[name=name]").fill("Ольга Лебедь")
    client.locator("#answer button.main").tap()
    expect(client.locator("#answer .note.good")).to_contain_text("Ольга Лебедь")
    expect(client.locator("#answer button.main")).to_have_count(0)
    client.locator("#answer summary").tap()
    client.locator("[name=asker]").fill("Ольга")
    client.locator("[name=text]").fill("Когда привезёте?")
    client.locator("#answer details button").tap()
    expect(client.locator("#answer .note.good").first).to_be_visible()
    page.reload()
    expect(page.locator("aside")).to_contain_text("Ольга Лебедь")


def test_a_row_of_the_list_on_a_phone_writes_nothing_over_anything(open_page: OpenPage, deal_id: int) -> None:
    _, url = linked(open_page, deal_id)
    client = open_page("", "iPhone 15", lang="en")
    with client.expect_response(lambda answer: answer.url.endswith("/opened")):
        client.goto(url)
    page = open_page("boris", "Pixel 7", path="/documents", lang="en")
    row = page.locator("#list tr[data-row]").first
    expect(row).to_contain_text("opened")
    boxes = [box for cell in row.locator("td").all() if (box := cell.bounding_box())]
    over = [(one, other) for place, one in enumerate(boxes) for other in boxes[place + 1:]
            if one["x"] < other["x"] + other["width"] and other["x"] < one["x"] + one["width"]
            and one["y"] < other["y"] + other["height"] and other["y"] < one["y"] + one["height"]]
    assert len(boxes) > 3
    assert not over


def test_the_share_sheet_gets_the_link_and_the_file(open_page: OpenPage, deal_id: int) -> None:
    page, url = linked(open_page, deal_id)
    expect(page.locator("#link [data-share]")).to_be_hidden()  # this browser has none
    page.add_init_script("""navigator.canShare = () => true; navigator.share = async data => {
        document.body.dataset.shared = data.files ? `${data.files[0].name}, ${data.files[0].size > 5000}` : data.url; };""")
    page.reload()
    page.locator("#link [data-share]").click()
    expect(page.locator("body")).to_have_attribute("data-shared", url)
    page.locator("[data-share-file]").click()
    expect(page.locator("body")).to_have_attribute("data-shared", "КП 1-2026 ООО «Рога & Копыта Юг».docx, true")


def test_a_faulty_template_shows_its_faults_and_comes_back_with_comments(open_page: OpenPage, deal_id: int) -> None:
    page = open_page("head", path="/templates/upload")
    page.locator("#name").fill("Our quote")
    page.locator("input[type=file]").set_input_files(
        {"name": "bad.docx", "mimeType": "application/octet-stream", "buffer": docx("{{ client.nme }}")})
    page.locator("button.main").click()
    expect(page.locator(".faults .fault")).to_have_count(1)
    with page.expect_download() as download:
        page.locator("[formaction]").click()
    assert download.value.suggested_filename == "bad.docx"
    open_page.errors.clear()  # the browser notes the 422


def test_a_template_is_tried_on_a_deal_that_is_searched(real_app: Flask, open_page: OpenPage, deal_id: int) -> None:
    with real_app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    page = open_page("head", "Pixel 7", path=f"/templates/{template_id}")
    page.get_by_role("combobox", name="Try it on a deal").fill("оснащ")
    page.locator(".picker-list [role=option]").first.tap()
    expect(page.locator(".paper")).to_contain_text("№ …")
    expect(page.get_by_role("combobox", name="Try it on a deal")).to_have_value("ООО «Рога & Копыта <Юг>»")
    page.get_by_role("link", name="Show the tags").tap()
    expect(page.locator(".paper")).to_contain_text("{{ document.number }}")


def test_what_was_typed_into_the_empty_fields_is_kept_by_the_main_button(
        real_app: Flask, open_page: OpenPage, deal_id: int) -> None:
    with real_app.app_context():
        company = db.session.get_one(Deal, deal_id).company
        assert company is not None
        company.ogrn, company_id = "", company.id
        db.session.commit()
    page = open_page("head", "Pixel 7", path=f"/deals/{deal_id}/documents/new?kind=contract&locale=ru")
    if not page.locator("#gaps[open]").count():
        page.locator("#gaps summary").tap()
    page.locator("#ogrn").fill("1027700132195")
    page.locator(".page-act button").tap()
    expect(page.locator(".paper")).to_contain_text("1027700132195")
    with real_app.app_context():
        assert db.session.get_one(Company, company_id).ogrn == "1027700132195"
        assert db.session.scalars(sa.select(Document)).all() == []
    page.locator(".page-act button").tap()
    expect(page.locator("h1, .top-title").first).to_contain_text("1/2026")


def test_a_number_that_was_told_to_be_wrong_is_not_lost_by_the_main_button(
        real_app: Flask, open_page: OpenPage, deal_id: int) -> None:
    with real_app.app_context():
        company = db.session.get_one(Deal, deal_id).company
        assert company is not None
        company.ogrn, company.inn, company_id = "", "", company.id
        db.session.commit()
    page = open_page("head", path=f"/deals/{deal_id}/documents/new?kind=contract&locale=ru")
    if not page.locator("#gaps[open]").count():
        page.locator("#gaps summary").click()
    page.locator("#ogrn").fill("1027700132196")
    expect(page.locator("#gap-fields .told", has_text="does not add up")).to_be_visible()
    page.locator("#inn").fill("7707083893")
    page.locator(".page-act button").click()
    expect(page.locator("#ogrn-error")).to_contain_text("does not add up")
    page.locator(".page-act button").click()
    expect(page.locator(".paper")).to_contain_text("1027700132196")
    with real_app.app_context():
        company = db.session.get_one(Company, company_id)
        assert (company.ogrn, company.inn) == ("1027700132196", "7707083893")
        assert db.session.scalars(sa.select(Document)).all() == []
    open_page.errors.clear()  # the browser notes the 422


@pytest.mark.parametrize(("part", "typed", "shown", "amount"), [
    ("sum", "123,45", "123,45", 123_45), ("percent", "50", "205 101,97", 20_510_197)])
def test_what_was_typed_a_moment_ago_is_shown_first_with_a_question_at_the_button(
        real_app: Flask, open_page: OpenPage, deal_id: int, part: str, typed: str, shown: str, amount: int) -> None:
    page = open_page("boris", "Pixel 7", path=f"/deals/{deal_id}/documents/new?kind=invoice&locale=ru&part={part}")
    page.locator(f"#{part}").fill(typed)
    page.locator(".page-act button").tap()
    expect(page.locator(".page-act [role=alert]")).to_be_visible()
    expect(page.locator(".paper")).to_contain_text(shown.replace(" ", "\u00a0"))
    with real_app.app_context():
        assert db.session.scalars(sa.select(Document.amount)).all() == []
    page.locator(".page-act button").tap()
    expect(page.locator("h1, .top-title").first).to_contain_text("1/2026")
    with real_app.app_context():
        assert db.session.scalars(sa.select(Document.amount)).all() == [amount]
    open_page.errors.clear()  # the browser notes the 409


def test_what_was_typed_and_left_is_looked_at_at_once(open_page: OpenPage, deal_id: int) -> None:
    page = open_page("boris", path=f"/deals/{deal_id}/documents/new?kind=invoice&locale=ru&part=sum")
    page.locator("#sum").fill("123,45")
    page.locator("#sum").press("Tab")
    expect(page.locator(".paper")).to_contain_text("123,45")
    expect(page.locator(".page-act [role=alert]")).to_have_count(0)
