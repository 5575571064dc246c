"""The page of a deal in a real browser: everything is done in place, and the parts follow each other."""

from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.accounts.models import User
from crm.catalog.operations import create_product
from crm.core.db import db
from crm.deals import operations
from crm.deals.library import load
from tests.browser.opening import OpenPage
from tests.cast import Cast


@pytest.fixture
def deal_id(real_app: Flask, people: Cast) -> int:
    with real_app.app_context():
        boris = db.session.get_one(User, people.boris)
        pipeline = operations.create_pipeline(spec=load("services", "en"), actor=None)
        create_product(name="Перчатки", actor=None, price=1_200_50, unit="уп", vat_rate=Decimal(22))
        deal = operations.create_deal(title="Окна", pipeline=pipeline, actor=boris, manager_id=boris.id,
                                      currency="RUB", amount=100_00)
        db.session.commit()
        return deal.id


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
