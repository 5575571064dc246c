"""The settings under a thumb."""


import pytest
from playwright.sync_api import expect

from tests.browser.opening import OpenPage


@pytest.mark.parametrize(("path", "name"), [("/settings/", "Company"), ("/settings/health/", "Health"), ("/settings/log", "Log")])
def test_the_open_tab_stands_in_sight_on_a_phone(open_page: OpenPage, path: str, name: str) -> None:
    page = open_page("owner", "phone", lang="en", path=path)
    tab = page.locator(".tabs [aria-current]")
    expect(tab).to_have_text(name)
    expect(page.locator("h1")).to_have_text(name)
    expect(tab).to_be_in_viewport(ratio=0.9)
