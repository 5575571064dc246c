"""The leaderboard while it is watched, the wall screen through a lost network, the desk under a thumb."""

import datetime as dt

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, Route, expect

from crm.accounts import operations
from crm.core.db import db
from crm.core.events import record
from crm.deals.events import DEAL_WON
from crm.deals.models import Pipeline
from tests.browser.opening import OpenPage
from tests.cast import Cast
from tests.factories import make_deal, make_pipeline


def today() -> dt.date:
    """The day of the cast's company, whose zone is UTC."""
    return dt.datetime.now(dt.UTC).date()


def win(app: Flask, manager_id: int, amount: int) -> None:
    """A deal that was won just now, with its fact."""
    with app.app_context():
        pipeline = db.session.scalars(db.select(Pipeline)).first() or make_pipeline()
        deal = make_deal(pipeline, 3, manager_id=manager_id, amount=amount, closed_on=today(), engaged_on=today())
        record(DEAL_WON, deal, actor_id=manager_id)
        db.session.commit()


@pytest.fixture
def race(real_app: Flask, people: Cast) -> Cast:
    """Vera leads Boris."""
    win(real_app, people.boris, 10_000_00)
    win(real_app, people.vera, 20_000_00)
    return people


def later(page: Page, seconds: float) -> None:
    """Time passes in the page at once; then what it asked for arrives."""
    page.clock.run_for(seconds * 1000)


def test_a_new_win_changes_the_watched_rows_without_a_reload(
        real_app: Flask, race: Cast, open_page: OpenPage) -> None:
    page = open_page("boris")
    page.clock.install()
    page.goto("/scoreboard")
    names = page.locator(".race .racer[data-racer] .name")
    expect(names.first).to_contain_text("Вера")
    page.locator("#all-figures summary").click()
    win(real_app, race.boris, 50_000_00)
    later(page, 6)
    expect(names.first).to_contain_text("Борис")
    expect(page.locator(".racer.me.moved")).to_have_count(1)
    expect(page.locator("#all-figures")).to_have_attribute("open", "")


def test_the_wall_cheers_for_ten_seconds_and_outlives_a_lost_network(
        real_app: Flask, race: Cast, open_page: OpenPage) -> None:
    page = open_page("viewer")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.clock.install()
    page.goto("/scoreboard/wall")
    cheer = page.locator("[data-win]")
    expect(cheer).to_be_hidden()
    page.context.set_offline(True)
    later(page, 6)
    expect(page.locator(".offline-note")).to_be_visible()
    win(real_app, race.boris, 50_000_00)
    page.context.set_offline(False)
    for _ in range(16):  # by small steps: a long one could hide the cheer again before anybody looks
        later(page, 2)
        if cheer.is_visible():
            break
    expect(page.locator(".wall-row .name").first).to_have_text("Борис Ёлкин")
    expect(cheer).to_be_visible()
    expect(cheer).to_contain_text("Борис Ёлкин, ₽50,000")
    expect(page.locator(".offline-note")).to_be_hidden()
    later(page, 11)
    expect(cheer).to_be_hidden()
    open_page.errors.clear()  # the browser tells of the lost network


def test_the_wall_fills_the_screen_without_scrolling(real_app: Flask, race: Cast, open_page: OpenPage) -> None:
    with real_app.app_context():
        ids = [operations.create_user(name=f"Менеджер {number} Длиннофамильный", email=None, role="manager").id
               for number in range(14)]
        db.session.commit()
    for number, user_id in enumerate(ids):
        win(real_app, user_id, 1_000_00 * (number + 1))
    page = open_page("viewer", path="/scoreboard/wall")
    page.set_viewport_size({"width": 1366, "height": 768})
    expect(page.locator(".wall-row")).to_have_count(12)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_own_row_is_pinned_to_the_bottom_of_a_phone(real_app: Flask, race: Cast, open_page: OpenPage) -> None:
    with real_app.app_context():
        ids = [operations.create_user(name=f"Менеджер {number}", email=None, role="manager").id
               for number in range(14)]
        db.session.commit()
    for number, user_id in enumerate(ids):
        win(real_app, user_id, 30_000_00 + number)
    page = open_page("boris", "Pixel 7", path="/scoreboard")
    own, foot = page.locator(".racer.me").bounding_box(), page.locator("nav.foot").bounding_box()
    assert own is not None
    assert foot is not None
    assert abs(own["y"] + own["height"] - foot["y"]) < 4
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def step_taken(real_app: Flask, people: Cast, open_page: OpenPage) -> tuple[Page, Locator]:
    """A phone whose person has just marked today's only step as done, and where its row was."""
    with real_app.app_context():
        make_deal(make_pipeline(), manager_id=people.boris, next_step="Отправить КП", next_step_on=today())
        db.session.commit()
    page = open_page("boris", "Pixel 7", path="/")
    row = page.locator(".todo.today", has_text="Отправить КП")
    row.get_by_role("button", name="Mark as done").tap()
    expect(row).to_have_count(0)
    return page, row


def test_a_step_is_done_by_one_tap_and_taken_back(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    page, row = step_taken(real_app, people, open_page)
    page.locator(".toast form button").tap()
    expect(row).to_have_count(1)
    row.get_by_role("button", name="Move to tomorrow").tap()
    expect(row).to_have_count(0)


def test_an_undo_over_a_slow_line_brings_the_step_back_too(real_app: Flask, people: Cast, open_page: OpenPage) -> None:
    page, row = step_taken(real_app, people, open_page)
    held: list[Route] = []
    page.route("**/step/undo*", lambda route: held.append(route))
    with page.expect_request("**/step/undo*"):
        page.locator(".toast form button").tap()
    expect(page.locator(".toast:visible")).to_have_count(0)
    held[0].continue_()
    expect(row).to_have_count(1)
