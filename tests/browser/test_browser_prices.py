"""Prices of lists and discounts as people click them: the price follows the quantity, a discount waits, the head says yes on the desk."""

import datetime as dt
import re
from decimal import Decimal

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from crm.accounts import queries, roles
from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog.queries import active_lists
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal
from tests.browser.deals import make_windows
from tests.browser.opening import OpenPage
from tests.cast import Cast
from tests.factories import make_company


@pytest.fixture
def deal_id(real_app: Flask, people: Cast) -> int:
    """A deal of a company; gloves at 1 000, wholesale 950 from 10 on; managers give 10 % by themselves."""
    with real_app.app_context():
        gloves = catalog.create_product(name="Перчатки", actor=None, price=1_000_00, unit="уп", vat_rate=Decimal(22))
        wholesale = catalog.create_list(name="Wholesale", kinds=["company"], actor=None)
        catalog.add_price(wholesale, gloves, price=950_00, from_quantity=Decimal(10), since=dt.date(2020, 1, 1), actor=None)
        deal = make_windows(people, company=make_company(manager_id=people.boris))
        powers = queries.powers_of("manager")
        assert powers
        roles.change_role("manager", levels=powers.levels, hidden=powers.hidden, discount=10, actor=None)
        db.session.commit()
        return deal.id


@pytest.mark.parametrize("device", [None, "Pixel 7"])
def test_the_price_follows_and_a_discount_waits_for_the_head(open_page: OpenPage, deal_id: int, device: str | None) -> None:
    page = open_page(lang="en", device=device, path=f"/deals/{deal_id}")
    page.locator("#lines header a").click()
    form = page.locator("#line-new form")
    form.get_by_role("combobox", name="Product").press_sequentially("перч", delay=20)
    form.locator(".picker-list > li").first.click()
    expect(form.locator("[name=price]")).to_have_value("1000")
    form.locator("[name=quantity]").fill("12")
    form.locator("[name=discount]").focus()
    expect(form.locator("[name=price]")).to_have_value("950")
    expect(form).to_contain_text("Wholesale, from 10 уп: ₽950 instead of ₽1,000")
    expect(form.locator("[name=quantity]")).to_have_value("12")
    form.locator("[name=discount]").fill("20")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#deal-head .sum")).to_have_text("₽11,400")
    expect(page.locator("#lines .note.warn")).to_contain_text("20% below the list")
    page.locator("#lines summary").click()
    expect(page.locator("#lines details")).to_contain_text("Price of the product")

    desk = open_page("head", lang="en", device=device, path="/")
    row = desk.locator("section[aria-labelledby=discounts-title] li")
    expect(row).to_contain_text("Перчатки: 20% below the list, asked by Борис Ёлкин")
    row.get_by_role("button", name="Approve").click()
    expect(desk.locator("section[aria-labelledby=discounts-title]")).to_have_count(0)
    page.reload()
    expect(page.locator("#deal-head .sum")).to_have_text("₽9,120")
    page.locator("#lines summary").click()
    expect(page.locator("#lines details")).to_contain_text("allowed by Пётр Главный")


def test_the_head_refuses_in_the_deal_without_leaving_it(open_page: OpenPage, real_app: Flask, people: Cast, deal_id: int) -> None:
    with real_app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        operations.add_line(deal, operations.LineInput("Мойка", price=500_00, discount=Decimal(50)),
                            actor=db.session.get_one(User, people.boris))
        db.session.commit()
    page = open_page("head", lang="en", path=f"/deals/{deal_id}")
    page.locator("#lines").get_by_role("button", name="Refuse").click()
    expect(page.locator("#lines .tag.bad")).to_have_text("Refused")
    expect(page.locator("#lines").get_by_role("button", name="Approve")).to_have_count(0)
    expect(page.locator("#deal-head .sum")).to_have_text("₽500")


def test_prices_of_a_list_are_changed_in_place(open_page: OpenPage, real_app: Flask, deal_id: int) -> None:
    with real_app.app_context():
        list_id = active_lists()[0].id
    page = open_page("head", lang="en", path=f"/products/lists/{list_id}")
    page.locator("input[name^=price_]").fill("940")
    page.get_by_role("button", name="Save the prices").click()
    expect(page.locator("input[name^=price_]")).to_have_value("940")
    page.get_by_role("combobox", name="Product").press_sequentially("перч", delay=20)
    page.locator(".picker-list > li").first.click()
    page.locator("[name=from_quantity]").fill("100")
    page.locator("input[name=price]").fill("900")
    page.get_by_role("button", name="Add the price").click()
    expect(page.locator("tr[data-row]")).to_have_count(2)


def test_the_picker_of_a_line_is_narrowed_to_a_group(open_page: OpenPage, real_app: Flask, deal_id: int) -> None:
    with real_app.app_context():
        group = catalog.group_named("Химия")
        assert group
        catalog.create_product(name="Перекись", actor=None, price=1, group_id=group.id)
        db.session.commit()
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    page.locator("#lines header a").click()
    form = page.locator("#line-new form")
    form.get_by_role("combobox", name="Product").press_sequentially("пер", delay=20)
    expect(form.locator(".picker-list > li")).to_have_count(2)
    form.get_by_label("Group").select_option("Химия")
    expect(form.locator(".picker-list > li")).to_have_count(1)
    form.locator(".picker-list > li").click()
    expect(form.locator("[name=product_id_text]")).to_have_value("Перекись")


class SlowLine:
    """The answers to what a form asks come when the test lets them: `answer()` lets the oldest one through."""

    def __init__(self, page: Page, asked: str) -> None:
        self.page, self.held = page, list[Route]()
        page.route(f"**/lines/{asked}?*", lambda route: self.held.append(route))

    def answer(self) -> None:
        """Let the oldest question be answered, and wait until the answer has replaced the price."""
        self.page.locator("#price-new-box").evaluate("box => { box.dataset.before = ''; }")
        self.oldest().continue_()
        expect(self.page.locator("[data-before]")).to_have_count(0)

    def oldest(self) -> Route:
        """The first that was asked; what the page does is looked at between tries, as Playwright wants it."""
        for _ in range(1000):
            if self.held:
                return self.held.pop(0)
            self.page.evaluate("0")
        raise AssertionError("nothing was asked")


def new_line(page: Page) -> Locator:
    page.locator("#lines header a").click()
    return page.locator("#line-new form")


def choose_gloves(form: Locator) -> None:
    form.get_by_role("combobox", name="Product").press_sequentially("перч", delay=20)
    form.locator(".picker-list > li").first.click()


@pytest.mark.parametrize("moved_on", [False, True])
def test_a_late_answer_leaves_the_price_that_was_typed_meanwhile(open_page: OpenPage, deal_id: int, moved_on: bool) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    line, form = SlowLine(page, "price"), new_line(page)
    form.get_by_role("combobox", name="Product").fill("Installation")
    form.locator("[name=quantity]").fill("12")
    price = form.locator("[name=price]")
    price.focus()
    price.press_sequentially("12")
    if not moved_on:
        line.answer()
        expect(price).to_be_focused()
    price.press_sequentially("50")
    form.locator("[name=discount]").focus()
    if moved_on:
        line.answer()
    expect(price).to_have_value(re.compile(r"^1\s?250$"))
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#deal-head .sum")).to_have_text("₽15,000")


def test_a_late_answer_waits_until_the_price_is_left(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    form = new_line(page)
    choose_gloves(form)
    price = form.locator("[name=price]")
    expect(price).to_have_value("1000")
    line = SlowLine(page, "price")
    form.locator("[name=quantity]").fill("12")
    price.focus()
    price.select_text()
    line.answer()
    expect(price).to_have_value("1000")
    form.locator("[name=discount]").focus()
    line.answer()
    expect(price).to_have_value("950")


def test_what_is_typed_before_the_product_s_answer_stays(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    line, form = SlowLine(page, "form"), new_line(page)
    choose_gloves(form)
    form.locator("[name=quantity]").fill("12")
    price = form.locator("[name=price]")
    price.focus()
    price.press_sequentially("9")
    line.answer()
    expect(price).to_be_focused()
    expect(form.locator("[name=unit]")).to_have_value("уп")
    price.press_sequentially("90")
    expect(form).to_contain_text("Wholesale, from 10 уп: ₽950 instead of ₽1,000")
    expect(form.locator("[name=quantity]")).to_have_value("12")
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#deal-head .sum")).to_have_text("₽11,880")


def test_a_product_that_is_no_longer_meant_fills_nothing_in(open_page: OpenPage, deal_id: int) -> None:
    page = open_page(lang="en", path=f"/deals/{deal_id}")
    line, form = SlowLine(page, "form"), new_line(page)
    choose_gloves(form)
    form.get_by_role("combobox", name="Product").fill("Installation")
    form.locator("[name=price]").fill("500")
    with page.expect_response("**/lines/form?*"):
        line.oldest().continue_()
    form.get_by_role("button", name="Save").click()
    expect(page.locator("#deal-head .sum")).to_have_text("₽500")
    expect(page.locator("#lines tbody")).to_contain_text("Installation")
