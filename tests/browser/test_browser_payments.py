"""Money with a thumb: a part is invoiced, paid on the deal, and the client sees how to pay."""


import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.billing import operations
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import pdf
from tests.billing.scene import committed as invoiced
from tests.browser.opening import OpenPage
from tests.cast import Cast
from tests.documents.scene import committed


@pytest.fixture(autouse=True)
def no_pdf(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFs are not what is looked at here."""
    monkeypatch.setattr(pdf, "program", lambda: None)


@pytest.mark.smoke
def test_a_payment_is_recorded_on_the_deal_and_the_card_says_paid(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    deal_id, _invoice = invoiced(real_app, people)
    page = open_page("accountant", "Pixel 7", path=f"/deals/{deal_id}")
    card = page.locator("#payments")
    expect(card).to_contain_text("issued")
    card.get_by_role("link", name="Record a payment", exact=True).tap()
    dialog = page.locator("#dialog")
    expect(dialog.locator("[name=amount]")).to_have_value("410203.93")
    dialog.locator("[name=number]").fill("118")
    dialog.get_by_role("button", name="Record", exact=True).tap()
    expect(dialog).to_be_hidden()
    expect(card).to_contain_text("paid in full")
    card.get_by_role("link", name="₽410,203.93").tap()
    dialog.get_by_role("button", name="Delete").tap()
    expect(card).to_contain_text("issued")
    page.locator(".toast").get_by_role("button", name="Undo").tap()
    expect(card).to_contain_text("paid in full")


def test_a_payment_recorded_in_a_tab_of_its_own_leads_to_the_deal(
        real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    deal_id, _invoice = invoiced(real_app, people)
    page = open_page("accountant", path=f"/deals/{deal_id}/payments/new")
    page.locator("[name=amount]").fill("1")
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_url(f"**/deals/{deal_id}#payments")
    expect(page.locator(".toast")).to_contain_text("The payment is recorded.")
    expect(page.locator("#payments")).to_contain_text("partly paid")
    page.go_back()
    page.locator("[name=amount]").fill("2")
    page.get_by_role("button", name="Record", exact=True).click()
    page.wait_for_url(f"**/deals/{deal_id}#payments")
    expect(page.locator(".toast")).to_contain_text("recorded")


def test_a_sum_is_shown_as_it_is_read_and_one_that_is_refused_stays_as_typed(
        real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    deal_id, _invoice = invoiced(real_app, people)
    page = open_page("accountant", path=f"/deals/{deal_id}/payments/new")
    for typed, shown in (("1 234,50", "1\u00a0234.50"), ("1234.5", "1\u00a0234.50"), ("12.5k", "12\u00a0500"),
                         ("100,555", "100\u00a0555"), ("100.555", "100.555"), ("1e5", "1e5")):
        page.locator("[name=amount]").fill(typed)
        page.locator("[name=amount]").blur()
        expect(page.locator("[name=amount]")).to_have_value(shown)


def test_an_advance_is_put_to_its_invoice_by_a_tap(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    deal_id, invoice_id = invoiced(real_app, people)
    with real_app.app_context():
        operations.record_payment(db.session.get_one(Deal, deal_id), amount=500_00, actor=None)
        db.session.commit()
    page = open_page("accountant", "Pixel 7", path=f"/deals/{deal_id}")
    card = page.locator("#payments")
    card.get_by_role("button", name="Take the advance").tap()
    expect(card).to_contain_text("partly paid")
    expect(card).not_to_contain_text("no invoice has taken")
    with real_app.app_context():
        operations.record_payment(db.session.get_one(Deal, deal_id), amount=300_00, actor=None)
        db.session.commit()
    page.goto(page.url.split("/deals")[0] + f"/documents/{invoice_id}")
    page.get_by_role("button", name="Put the advance to this invoice").tap()
    expect(page.locator("dl, .kv").first).to_contain_text("₽800, partly paid")


def test_terms_are_chosen_and_the_prepayment_is_invoiced(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    deal_id = committed(real_app, people)
    page = open_page("boris", path=f"/deals/{deal_id}")
    card, dialog = page.locator("#payments"), page.locator("#dialog")
    card.get_by_role("link", name="Set the terms").click()
    dialog.get_by_role("link", name="Prepayment and the rest").click()
    dialog.locator("[name=percent]").fill("30")
    dialog.get_by_role("button", name="Save").click()
    expect(card).to_contain_text("₽123,061.18")
    card.get_by_role("link", name="To invoice").first.click()
    expect(page.locator(".paper").first).to_contain_text("123 061,18")
    page.get_by_text("a percent").click()
    page.locator("#percent").fill("40")
    page.locator("#percent").press("Tab")
    expect(page.locator(".paper").first).to_contain_text("164 081,57")
    page.locator(".page-act button").click()
    page.goto(page.url.split("/documents")[0] + f"/deals/{deal_id}")
    expect(card.locator("[data-row]").first).to_contain_text("issued")


def test_the_client_copies_the_account_from_the_page_of_the_invoice(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    _deal, invoice_id = invoiced(real_app, people)
    page = open_page("boris", path=f"/documents/{invoice_id}")
    page.locator("#link form button").first.click()
    client = open_page("", "iPhone 15", lang="en")
    client.goto(page.locator("#link-url").input_value())
    expect(client.locator("#pay img")).to_be_visible()
    assert client.locator("#pay img").evaluate("image => image.naturalWidth") > 100
    client.evaluate("navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve(); }")
    client.locator('[data-copy="40702810000001702674"]').tap()
    assert client.evaluate("window.copied") == "40702810000001702674"
