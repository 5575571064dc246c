"""What was typed outlives the end of a session and the loss of the network."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, expect

from crm.accounts import sessions
from crm.accounts.models import User
from crm.clients import events
from crm.clients.models import Contact
from crm.core.db import db
from crm.core.events import Event
from crm.tasks.models import Task
from tests.browser.opening import OpenPage
from tests.cast import PASSWORD, Cast
from tests.factories import make_contact, make_pipeline


@pytest.fixture
def card_id(real_app: Flask, people: Cast) -> int:
    """A person whom Boris leads, and a board."""
    with real_app.app_context():
        make_pipeline()
        contact = make_contact("Ромашкина", manager_id=people.boris)
        db.session.commit()
        return contact.id


def sign_out_from_afar(app: Flask, person_id: int) -> None:
    with app.app_context():
        sessions.end_all(db.session.get_one(User, person_id))
        db.session.commit()


def sign_in(page: Page, who: str = "boris") -> None:
    page.locator("[name=email]").fill(f"{who}@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button.main").click()


def sign_in_beside(page: Page) -> None:
    """By the link of the message, in the tab that it opens."""
    with page.context.expect_page() as opened:
        page.locator("#signed-out a").click()
    sign_in(opened.value)
    expect(opened.value.locator("[popovertarget=person-menu]")).to_be_visible()


def count(app: Flask, model: type, *which: sa.ColumnElement[bool]) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model).where(*which)) or 0


@pytest.mark.parametrize("lost", ["session", "cookies"])
def test_a_note_outlives_a_sign_out_from_afar(open_page: OpenPage, real_app: Flask, people: Cast, card_id: int, lost: str) -> None:
    page = open_page(path=f"/contacts/{card_id}")
    page.locator("#composer textarea").fill("Просила позвонить в среду")
    sign_out_from_afar(real_app, people.boris)
    if lost == "cookies":
        page.context.clear_cookies()
    for _time in range(2):
        page.locator("#composer button.main").click()
        expect(page.locator("#signed-out")).to_have_count(1)
    expect(page.locator("#composer textarea")).to_have_value("Просила позвонить в среду")
    expect(page.locator("#signed-out a")).to_have_attribute("href", re.compile(rf"^/login\?next=/contacts/{card_id}$"))
    sign_in_beside(page)
    expect(page.locator("#signed-out")).to_have_count(0)
    page.locator("#composer button.main").click()
    expect(page.locator(".timeline")).to_contain_text("Просила позвонить в среду")
    assert count(real_app, Event, Event.kind == events.NOTE_ADDED.code) == 1
    open_page.errors.clear()  # the browser reports the 401


def test_in_a_dialog_the_way_in_can_be_pressed(open_page: OpenPage, real_app: Flask, people: Cast, card_id: int) -> None:
    page = open_page(path="/tasks")
    page.locator("[hx-get='/tasks/new']").first.click()
    page.locator("#dialog [name=text]").fill("Позвонить")
    sign_out_from_afar(real_app, people.boris)
    page.locator("#dialog button.main").click()
    sign_in_beside(page)
    expect(page.locator("#signed-out")).to_have_count(0)
    expect(page.locator("#dialog [name=text]")).to_have_value("Позвонить")
    page.locator("#dialog button.main").click()
    expect(page.locator("#dialog")).not_to_be_visible()
    expect(page.locator("body > #toasts")).to_have_count(1)
    assert count(real_app, Task, Task.text == "Позвонить") == 1
    open_page.errors.clear()


def fill_person(page: Page) -> None:
    page.locator("[name=surname]").fill("Набранова")
    page.locator("[name=channel_typed]").first.fill("8 905 123-45-67")
    page.locator("[name=comment]").fill("Две строки\nкомментария")


def expect_person(page: Page) -> None:
    expect(page.locator("[name=surname]")).to_have_value("Набранова")
    expect(page.locator("[name=channel_typed]").first).to_have_value("8 905 123-45-67")
    expect(page.locator("[name=comment]")).to_have_value("Две строки\nкомментария")


def test_a_plain_form_finds_its_words_again_once_and_by_the_same_person(open_page: OpenPage, real_app: Flask, people: Cast,
                                                                        card_id: int) -> None:
    page = open_page(path="/contacts/new")
    fill_person(page)
    sign_out_from_afar(real_app, people.boris)
    page.locator("main form button.main").click()
    expect(page).to_have_url(re.compile("/login"))
    assert "csrf" not in page.evaluate("JSON.stringify(sessionStorage)")
    sign_in(page)
    expect(page).to_have_url(re.compile("/contacts/new$"))
    expect_person(page)
    expect(page.locator(".toast")).to_contain_text("What you typed is put back.")
    page.locator("main form button.main").click()
    expect(page.locator("h1")).to_have_text("Набранова")
    page.goto("/contacts/new")
    expect(page.locator("[name=surname]")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('unsent')") is None
    assert count(real_app, Contact, Contact.surname == "Набранова") == 1


def test_nobody_else_finds_the_words(open_page: OpenPage, real_app: Flask, people: Cast, card_id: int) -> None:
    page = open_page(path="/contacts/new")
    fill_person(page)
    sign_out_from_afar(real_app, people.boris)
    page.locator("main form button.main").click()
    sign_in(page, "vera")
    expect(page).to_have_url(re.compile("/contacts/new$"))
    expect(page.locator("[name=surname]")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('unsent')") is None
    open_page.errors.clear()  # the search for twins may have met the end of the session


def test_words_that_met_a_refusal_are_there_again_and_a_password_never(open_page: OpenPage, people: Cast, real_app: Flask) -> None:
    page = open_page("owner", path="/account/")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(one => one.value = 'bent')")
    page.locator("[name=present]").fill(PASSWORD)
    page.locator("[name=password]").fill("another good one")
    page.locator("form:has([name=present]) button:not([type=button])").click()
    expect(page.locator("p[data-unsent]")).to_be_visible()
    kept = page.evaluate("JSON.stringify(sessionStorage)")
    assert PASSWORD not in kept
    assert "another good one" not in kept
    page.goto("/settings/users/new")
    page.locator("[name=name]").fill("Нина Новая")
    page.locator("[name=role]").select_option("viewer")
    page.evaluate("document.querySelectorAll('[name=csrf_token]').forEach(one => one.value = 'bent')")
    page.locator("main form button.main").click()
    page.get_by_role("link", name="Back to the form").click()
    expect(page.locator("[name=name]")).to_have_value("Нина Новая")
    expect(page.locator("[name=role]")).to_have_value("viewer")
    open_page.errors.clear()


def test_an_edit_that_is_put_back_does_not_overwrite_what_others_changed_meanwhile(open_page: OpenPage, real_app: Flask, people: Cast,
                                                                                   card_id: int) -> None:
    page = open_page(path=f"/contacts/{card_id}/edit")
    page.locator("[name=comment]").fill("Comes on Friday")
    sign_out_from_afar(real_app, people.boris)
    with real_app.app_context():
        contact = db.session.get_one(Contact, card_id)
        contact.comment = "Comes on Monday"
        db.session.commit()
    page.locator("main form button.main").click()
    sign_in(page)
    expect(page.locator("[name=comment]")).to_have_value("Comes on Friday")
    page.locator("main form button.main").click()
    expect(page.locator("main form [role=alert]")).to_contain_text("Comes on Monday")
    open_page.errors.clear()


def test_without_a_network_the_forms_stay_as_they_are(open_page: OpenPage, real_app: Flask, people: Cast, card_id: int) -> None:
    page = open_page(path=f"/contacts/{card_id}")
    page.locator("#composer textarea").fill("Из подвала")
    page.context.set_offline(True)
    page.locator("#composer button.main").click()
    expect(page.locator(".toast.bad")).to_contain_text("No connection. What you typed is still here")
    expect(page.locator("#composer textarea")).to_have_value("Из подвала")
    page.context.set_offline(False)
    page.locator("#composer button.main").click()
    expect(page.locator(".timeline")).to_contain_text("Из подвала")
    page.goto("/contacts/new")
    fill_person(page)
    page.context.set_offline(True)
    page.locator("main form button.main").click()
    expect(page.locator(".toast.bad")).to_contain_text("No connection. What you typed is still here")
    expect_person(page)
    page.context.set_offline(False)
    page.locator("main form button.main").click()
    expect(page.locator("h1")).to_have_text("Набранова")
    open_page.errors.clear()  # the browser reports the lost network


def test_a_server_that_does_not_answer_takes_no_words_along(open_page: OpenPage, real_app: Flask, people: Cast, card_id: int) -> None:
    page = open_page(path="/contacts/new")
    fill_person(page)
    page.route("**/contacts/new", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.locator("main form button.main").click()
    expect(page).to_have_url(re.compile("^chrome-error"))
    page.unroute("**/contacts/new")
    page.goto("/contacts")
    page.goto("/contacts/new")
    expect_person(page)
    page.locator("main form button.main").click()
    expect(page.locator("h1")).to_have_text("Набранова")
    page.goto("/contacts/new")
    expect(page.locator("[name=surname]")).to_have_value("")
    open_page.errors.clear()


def test_words_that_arrived_are_not_put_back(open_page: OpenPage, people: Cast) -> None:
    page = open_page("owner", path="/settings/users")
    page.locator("[name=name]").fill("Новая команда")
    page.locator("form[action='/settings/teams'] button").click()  # leads to the same page, whose form is empty again
    expect(page.locator(".tag", has_text="Новая команда")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("")
    page.goto("/settings/users/new")
    page.locator("[name=name]").fill("Нина")
    page.locator("[name=email]").fill("boris@example.com")
    page.locator("main form button.main").click()
    expect(page.locator("#email-error")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Нина")
    page.goto("/settings/users/new")
    expect(page.locator("[name=name]")).to_have_value("")
    open_page.errors.clear()  # the browser reports the 422


def test_the_board_says_that_one_is_signed_out_and_goes_on_afterwards(open_page: OpenPage, real_app: Flask, people: Cast,
                                                                      card_id: int) -> None:
    page = open_page(path="/deals/board", lang="en")
    expect(page.locator("#board")).to_be_visible()
    sign_out_from_afar(real_app, people.boris)
    expect(page.locator("#signed-out")).to_contain_text("You are signed out.")
    expect(page.locator("body")).not_to_have_attribute("data-offline", re.compile(".*"))
    sign_in_beside(page)
    expect(page.locator("#signed-out")).to_have_count(0)
    open_page.errors.clear()


def test_closing_access_and_the_usual_rights_ask_first(open_page: OpenPage, real_app: Flask, people: Cast) -> None:
    page = open_page("owner", path=f"/settings/users/{people.gleb}")
    page.locator("a[href$='/close']").click()
    expect(page.locator("#dialog")).to_contain_text("Close Глеб Чужой's access?")
    page.locator("#dialog [data-dialog-close]").last.click()
    expect(page.locator("#dialog")).not_to_be_visible()
    with real_app.app_context():
        assert db.session.get_one(User, people.gleb).active
    page.locator("a[href$='/close']").click()
    page.locator("#dialog .act.danger").click()
    expect(page).to_have_url(re.compile("/handover$"))
    with real_app.app_context():
        assert not db.session.get_one(User, people.gleb).active
