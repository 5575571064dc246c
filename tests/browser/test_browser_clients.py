"""Cards in a real browser: search as you type, numbers checked as they are typed, the timeline without reloads."""

import re

import pytest
from flask import Flask
from playwright.sync_api import expect

from crm.accounts.models import User
from crm.clients import operations
from crm.core.db import db
from tests.browser.opening import OpenPage
from tests.cast import Cast


@pytest.fixture
def person(real_app: Flask, people: Cast) -> int:
    """Two people of Boris; gives the id of the one with a phone."""
    with real_app.app_context():
        boris = db.session.get_one(User, people.boris)
        operations.create_contact(actor=boris, surname="Жуков")
        found = operations.create_contact(actor=boris, surname="Ёжиков", channels=[("phone", "+79011234567")])
        db.session.commit()
        return found.id


@pytest.mark.smoke
def test_the_list_follows_what_is_typed_and_so_does_the_address(open_page: OpenPage, person: int) -> None:
    page = open_page("boris", path="/contacts")
    expect(page.locator("tr[data-row]")).to_have_count(2)
    page.locator("main [name=q]").press_sequentially("ЕЖИК 8 901")
    expect(page.locator("tr[data-row]")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q="))
    page.reload()
    expect(page.locator("tr[data-row]")).to_have_count(1)


def test_a_duplicate_is_hinted_and_a_company_is_made_from_the_picker(open_page: OpenPage, person: int) -> None:
    page = open_page("boris", path="/contacts/new")
    page.locator("[name=channel_typed]").first.press_sequentially("8 (901) 123-45-67")
    expect(page.locator(".told a").first).to_have_text("Ёжиков")
    page.get_by_role("button", name="Add a phone, e-mail or messenger").click()
    expect(page.locator("[name=channel_typed]")).to_have_count(3)
    expect(page.locator("[name=channel_typed]").last).to_be_focused()
    page.locator("[name=surname]").fill("Новый")
    page.locator("#company_id_text").press_sequentially("Ромашка")
    page.get_by_role("option", name="Create “Ромашка”").click()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("h1")).to_have_text("Новый")
    expect(page.get_by_role("link", name="Ромашка")).to_be_visible()


def test_requisites_are_judged_while_they_are_typed(open_page: OpenPage, person: int) -> None:
    page = open_page("boris", path="/companies/new")
    told = page.locator("[name=inn]").locator("xpath=../../*[contains(@class, 'told')]")
    page.locator("[name=inn]").press_sequentially("7707083893")
    expect(told).to_contain_text("The number is correct.")
    page.locator("[name=inn]").press("Backspace")
    page.locator("[name=inn]").press("4")
    expect(told).to_contain_text("does not add up")
    page.locator("[name=bank_account]").fill("40702810238000139300")
    page.locator("[name=bank_bic]").press_sequentially("044525225")
    expect(page.locator(".bank-row .checked")).to_have_count(2)


def test_a_note_stands_on_the_timeline_without_a_reload(open_page: OpenPage, person: int) -> None:
    page = open_page("boris", "Pixel 7", path=f"/contacts/{person}")
    page.locator("#composer textarea").fill("Wants a discount")
    page.get_by_role("button", name="Record").click()
    expect(page.locator("#timeline-rows .event").first).to_contain_text("Wants a discount")
    expect(page.locator("#composer textarea")).to_have_value("")
    expect(page.locator('.act-bar a[href="tel:+79011234567"]')).to_be_visible()


def test_a_new_company_gets_the_whole_name_that_was_typed(open_page: OpenPage) -> None:
    """The answer to the first letters still stands while the answer to the others is on its way."""
    page = open_page(path="/contacts/new")
    box = page.locator("#company_id_text")
    box.press_sequentially("S")
    create = page.locator(".picker-list [data-new]")
    expect(create).to_be_visible()
    page.route("**/companies/pick*", lambda _route: None)
    box.press_sequentially("pring Garden Ltd")
    create.click()
    expect(box).to_have_value("Spring Garden Ltd")
