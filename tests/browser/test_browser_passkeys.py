"""A passkey from end to end: a real browser with a virtual authenticator, at localhost."""

import re
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.opening import OpenPage
from tests.browser.test_axe import AXE, COLOURS, RULES, WIDE, findings
from tests.cast import PASSWORD, Cast

DESK = re.compile(r"^http://localhost:\d+/$")
OLD_BROWSER = """for (const name of ['parseCreationOptionsFromJSON', 'parseRequestOptionsFromJSON']) PublicKeyCredential[name] = undefined;
PublicKeyCredential.prototype.toJSON = undefined;"""


@pytest.fixture
def at_localhost(real_app: Flask, open_page: Any) -> OpenPage:
    """open(who) -> a page whose address is localhost."""
    open_page.url = open_page.url.replace("127.0.0.1", "localhost")
    return open_page


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A phone that keeps passkeys and whose holder says yes."""
    cdp = page.context.new_cdp_session(page)
    cdp.send("WebAuthn.enable")
    made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True}})
    return cdp, made["authenticatorId"]


def add(page: Page) -> list[str]:
    """Add a passkey on one's own page; the recovery codes."""
    page.goto("/account/passkeys")
    page.locator("[name=proof]").first.fill(PASSWORD)
    page.locator("[name=name]").fill("Телефон")
    page.locator("[data-passkey-go]").click()
    expect(page.locator("#codes")).to_be_visible()
    return page.locator("#codes").inner_text().split()


def sign_out(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.goto("/healthz")  # a page that still asks for something would be led to the sign-in, too, and meet us on the way
    page.context.clear_cookies()
    page.goto("/login")


@pytest.mark.smoke
@pytest.mark.parametrize("browser_is", ["new", "old"])
def test_add_sign_in_second_step_remove(at_localhost: OpenPage, people: Cast, browser_is: str) -> None:
    page = at_localhost("boris", "phone")
    if browser_is == "old":
        page.add_init_script(OLD_BROWSER)
    authenticator(page)
    assert len(add(page)) == 10
    sign_out(page)
    page.locator("[data-passkey-go]").click()
    expect(page).to_have_url(DESK)
    sign_out(page)
    page.locator("[name=email]").fill("boris@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/login'] button.main").click()
    expect(page).to_have_url(re.compile(r"/login/code$"))
    page.locator("[data-passkey-go]").click()
    expect(page).to_have_url(DESK)
    page.goto("/account/passkeys")
    expect(page.locator("#passkey-list")).to_contain_text("Телефон")
    page.locator("#passkey-list summary").click()
    page.locator("#passkey-list [name=proof]").fill(PASSWORD)
    page.locator("#passkey-list .danger").click()
    expect(page.locator("#passkey-list")).to_have_count(0)


def test_who_must_have_a_second_step_takes_a_passkey(at_localhost: OpenPage, real_app: Flask, people: Cast) -> None:
    owner = at_localhost("owner", path="/settings/guard")
    owner.locator("[name=second_for][value=everybody]").check(force=True)
    owner.locator("form[action='/settings/second'] button").last.click()
    page = at_localhost("", path="/login")
    authenticator(page)
    page.locator("[name=email]").fill("vera@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/login'] button.main").click()
    page.locator("[data-passkey-go]").click()
    expect(page.locator("#codes")).to_be_visible()
    page.locator("a.main").click()
    expect(page.locator("#main")).to_be_visible()


def test_a_holder_who_says_no_reads_a_sentence_and_a_wrong_password_too(at_localhost: OpenPage, people: Cast) -> None:
    page = at_localhost("boris")
    cdp, device = authenticator(page)
    page.goto("/account/passkeys")
    page.locator("[name=proof]").fill("guessed it")
    page.locator("[data-passkey-go]").click()
    expect(page.locator("[data-passkey-error]")).to_be_visible()
    at_localhost.errors.clear()  # the browser names the 422 on its console
    cdp.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.locator("[name=proof]").fill(PASSWORD)
    page.locator("[data-passkey-go]").click()
    expect(page.locator("[data-passkey-error]")).to_contain_text("The passkey was not used")
    expect(page.locator("[data-passkey-go]")).to_be_enabled()


def test_in_digits_there_is_no_button(open_page: OpenPage, people: Cast) -> None:
    page = open_page("", path="/login")
    expect(page.locator("[name=email]")).to_be_visible()
    expect(page.locator("[data-passkey-go]")).to_have_count(0)
    expect(open_page("boris", path="/account/passkeys").locator(".note.warn")).to_contain_text("BASE_URL")


def faults(page: Page) -> list[str]:
    """What is wrong with the page for people who see or reach less, in both themes."""
    page.evaluate(AXE)
    wrong = [*page.evaluate(WIDE), *findings(page, RULES)]
    page.emulate_media(color_scheme="dark")
    wrong += findings(page, COLOURS)
    page.emulate_media(color_scheme="light")
    return wrong


@pytest.mark.parametrize("device", ["phone", None])
def test_everybody_can_use_the_pages_with_passkeys(at_localhost: OpenPage, people: Cast, device: str | None) -> None:
    page = at_localhost("boris", device)
    authenticator(page)
    add(page)
    page.goto("/account/passkeys")
    page.locator("#passkey-list summary").click()
    wrong = faults(page)
    sign_out(page)
    wrong += faults(page)
    page.locator("[name=email]").fill("boris@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/login'] button.main").click()
    expect(page.locator("[name=code]")).to_be_visible()
    assert wrong + faults(page) == []
