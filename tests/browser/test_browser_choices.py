"""Companies of ours and the choice on a quote, by hand: the owner at a desk, the client with a thumb."""


import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.operations import set_lines
from crm.documents import pdf
from tests.browser.opening import OpenPage
from tests.cast import Cast
from tests.documents.scene import committed
from tests.documents.test_choices import LINES
from tests.firms.scene import TRADER


@pytest.fixture
def deal_id(real_app: Flask, people: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pdf, "program", lambda: None)
    found = committed(real_app, people)
    with real_app.app_context():
        set_lines(db.session.get_one(Deal, found), LINES, actor=None)
        db.session.commit()
    return found


@pytest.mark.parametrize("script", [True, False])
def test_the_client_chooses_with_a_thumb(real_app: Flask, open_page: OpenPage, deal_id: int, script: bool) -> None:
    page = open_page("boris", path=f"/deals/{deal_id}/documents/new?kind=quote&locale=en")
    page.locator(".page-act button").click()
    page.locator("#link form button").first.click()
    url = page.locator("#link-url").input_value()
    if script:
        client = open_page("", "phone", lang="en")
    else:
        client = page.context.browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844}).new_page()
    client.goto(url)
    assert client.locator("main").evaluate("one => document.documentElement.scrollWidth") <= 390
    client.get_by_label("Premium").check()
    client.get_by_label("Windows").check()
    if not script:
        client.get_by_role("button", name="Reckon the total").click()
        expect(client.get_by_label("Premium")).to_be_checked()
    expect(client.locator("[data-total]")).to_have_text("₽10,300.50")
    client.get_by_label("Your name").first.fill("Olga")
    client.get_by_role("button", name="Accept the quote").click()
    expect(client.locator("#answer")).to_contain_text("Accepted: Olga")
    expect(client.locator("#answer")).to_contain_text("Premium")
    page.goto(page.url.partition("/documents")[0] + f"/deals/{deal_id}")
    expect(page.locator("#lines tfoot .total").last).to_contain_text("10,300.50")


def test_a_second_company_from_the_settings_to_the_paper(open_page: OpenPage, deal_id: int) -> None:
    page = open_page("owner", lang="en", path="/settings/companies")
    page.get_by_role("link", name="Add a company").click()
    for name in ("name", "legal_name", "inn", "bank", "bic", "account", "corr_account", "signatory_name", "signatory_job"):
        page.locator(f"[name={name}]").fill(TRADER[name])
    page.get_by_role("button", name="Suggest").click()
    expect(page.locator("[name=signatory_name_genitive]")).to_have_value("Орловой Марины Викторовны")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("ИП Орлова")
    page.goto(page.url.partition("/settings")[0] + f"/deals/{deal_id}/edit")
    page.get_by_label("Our company").select_option(label="ИП Орлова")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#facts")).to_contain_text("ИП Орлова")
    expect(page.locator("#lines")).to_contain_text("ИП Орлова is without VAT")
    page.get_by_role("button", name="Take VAT off all lines").click()
    expect(page.locator("#lines")).not_to_contain_text("is without VAT")
    page.goto(page.url.partition("#")[0] + "/documents/new?kind=quote&locale=ru")
    expect(page.locator(".paper")).to_contain_text("ИП Орлова")
    page.locator(".page-act button").click()
    expect(page.locator("h1").first).to_contain_text("1/2026")
