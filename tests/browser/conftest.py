"""A real Chromium on plain Playwright against a threaded server with a database of its own.

CHROMIUM names the browser; else the system's is taken, and without one these tests are skipped by name. A message on
the browser's console, a violation of the content policy among them, fails the test.
Wait with expect(locator): wait_for_function needs eval, which the policy forbids.
"""

import os
import shutil
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, expect, sync_playwright
from werkzeug.serving import make_server

from tests.browser.opening import PATIENCE, OpenPage
from tests.cast import Cast, make_cast

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync"]
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives the browser."""
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright without browsers of its own."""
    if not CHROMIUM:
        pytest.skip("there is no Chromium: install one, or name it in CHROMIUM")
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole run."""
    found = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
    yield found
    found.close()


@pytest.fixture
def people(real_app: Flask) -> Cast:
    """The cast in the live application's database."""
    with real_app.app_context():
        return make_cast()


@pytest.fixture
def live_url(real_app: Flask) -> Iterator[str]:
    """The application on a free port, several requests at a time, with CSRF tokens checked."""
    server = make_server("127.0.0.1", 0, real_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


@pytest.fixture
def open_page(real_app: Flask, people: Cast, browser: Browser, playwright: Playwright, live_url: str,
              request: pytest.FixtureRequest, tmp_path: Any) -> Iterator[OpenPage]:
    """Pages of signed-in people; at the end the console must have been silent."""
    factory = OpenPage(real_app, browser, playwright, live_url)
    yield factory
    failed = getattr(request.node, "call_failed", False)
    errors = list(factory.errors)  # closing a page breaks off what it still loads, and htmx says so: no fault of the page
    for number, page in enumerate(factory.pages):
        if failed:
            page.screenshot(path=tmp_path / f"page-{number}.png")
            print("the page looked like", tmp_path / f"page-{number}.png")  # noqa: T201
        page.context.close()
    assert failed or errors == []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Tell the fixtures whether the test failed."""
    report = yield
    if report.when == "call":
        item.call_failed = report.failed  # type: ignore[attr-defined]
    return report
