"""The page of a deal in a real browser: everything is done in place, and the parts follow each other."""

import re
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.catalog.operations import create_product
from crm.core.db import db
from tests.browser.deals import make_windows
from tests.browser.opening import OpenPage
from tests.cast import Cast


@pytest.fixture
def deal_id(real_app: Flask, people: Cast) -> int:
    with real_app.app_context():
        create_product(name="Перчатки", actor=None, price=1_200_50, unit="уп", vat_rate=Decimal(22))
        deal = make_windows(people, amount=100_00)
        db.session.commit()
        return deal.id


def test_cancel_leads_from_the_page_of_a_line_to_its_deal(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}/lines/new")
    page.get_by_label("Quantity").fill("1e5")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Type a number.")).to_be_visible()
    open_page.errors.clear()  # the browser notes the 422
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(re.compile(rf"/deals/{deal_id}#lines$"))


def test_products_are_added_in_place_and_the_sum_follows(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    page.locator("#lines header a").click()
    form = page.locator("#line-new form")
    form.get_by_role("combobox", name="Product").press_sequentially("перч", delay=20)
    form.locator(".picker-list > li").first.click()
    expect(form.locator("[name=price]")).to_have_value("1200.50")
    expect(form.locator("[name=vat_rate]")).to_have_value("22")
    form.locator("[name=discount]").fill("-5")
    form.get_by_role("button", name="Save").click()
    expect(form.locator(".error")).to_have_text("Type a number from 0 to 100.")
    open_page.errors.clear()  # the browser reports the 422
    form.locator("[name=discount]").fill("5")
    form.locator("[name=quantity]").fill("12,5")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#deal-head .sum")).to_have_text("₽14,255.94")
    expect(page.locator("#lines .total .money")).to_have_text("₽14,255.94")
    page.locator("#lines tbody a").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(page.locator("#lines tbody tr")).to_have_count(0)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#lines tbody tr")).to_have_count(1)


def test_now_is_worked_through_by_taps(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", device="Pixel 7", path=f"/deals/{deal_id}")
    box = page.locator("#now input[type=checkbox]").first
    box.check()
    expect(page.locator("#now .tick.done")).to_have_count(1)
    expect(box).to_be_focused()  # the part was drawn anew, and the keyboard is where it was
    page.locator("#step-text").fill("Call about the windows")
    page.locator("#now").get_by_role("button", name="Tomorrow").click()
    expect(page.locator("#now .step-next")).to_contain_text("Call about the windows")
    tasks = page.locator("section[aria-labelledby=tasks-title]")
    expect(tasks.locator("li")).to_have_count(1)
    page.locator("#now").get_by_role("button", name="Done").click()
    expect(page.locator("#now .step-next")).to_contain_text("No next step")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator("#now .step-next")).to_contain_text("Call about the windows")
    expect(page.locator(".act-bar")).to_be_visible()


def test_a_deal_is_made_with_a_new_client_by_the_keyboard(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path="/deals/new")
    page.get_by_label("Deal", exact=False).first.fill("Doors")
    client = page.get_by_role("combobox", name="Client")
    client.press_sequentially("ООО «Двери»", delay=5)
    expect(page.locator(".picker-list > li")).to_have_count(2)
    client.press("ArrowUp")
    client.press("Enter")
    page.get_by_role("button", name="Tomorrow").click()
    page.get_by_role("button", name="Create the deal").click()
    expect(page.locator("#deal-head")).to_contain_text("ООО «Двери»")
    expect(page.locator("#now .step-next")).to_contain_text("Call the client")
