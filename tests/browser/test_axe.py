"""Every page against WCAG 2.2 AA, in both languages, themes and sizes; none is wider than its screen, no console speaks.

`make axe`. SHOTS=folder keeps a picture of each page too. Themes differ in colours alone, so the dark one is held
against the rules of colour only, on the page that is open already.
"""

import os
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from tests.browser.pages import PLACES, Place
from tests.browser.worlds import World, fill_empty, fill_living, fill_nothing

pytestmark = pytest.mark.axe
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "rules": {"target-size": {"enabled": True}},
         "resultTypes": ["violations"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, "resultTypes": ["violations"]}
LONG = ["tbody tr:nth-child(n+7)", ".rows > li:nth-child(n+7)", ".plain-list > li:nth-child(n+5)", ".deal-list > li:nth-child(n+4)",
        ".timeline > :nth-child(n+7)"]  # of a long list the first rows stand for all
WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > width + 1).slice(0, 4)
    .map(one => `${one.tagName} .${one.className.baseVal ?? one.className} to ${Math.round(one.getBoundingClientRect().right)}`);
}"""
SIZES: dict[int, dict[str, Any]] = {
    390: {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    1440: {"viewport": {"width": 1440, "height": 900}}}
FILLS = {"living": fill_living, "empty": fill_empty, "nothing": fill_nothing}
SHOTS = os.environ.get("SHOTS")


class Rooms:
    """Worlds, and browser contexts in them, made when first asked for and kept for the whole module."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self.browser, self.folder = browser, folder
        self.worlds: dict[tuple[str, str], World] = {}
        self.contexts: dict[tuple[str, str, str, int], BrowserContext] = {}

    def world(self, name: str, locale: str) -> World:
        """The company `name` in a language."""
        key = (name, locale)
        if key not in self.worlds:
            folder = self.folder / f"{name}-{locale}"
            folder.mkdir()
            self.worlds[key] = World(folder, locale, FILLS[name])
        return self.worlds[key]

    def page(self, place: Place, locale: str, width: int) -> Page:
        """A new page where the right person has signed in."""
        key, world = (place.world, locale, place.who, width), self.world(place.world, locale)
        if key not in self.contexts:
            context = self.browser.new_context(**SIZES[width], base_url=world.url, reduced_motion="reduce",
                                               locale={"ru": "ru-RU", "en": "en-GB"}[locale])
            context.set_default_timeout(10_000)
            if place.who:
                context.add_cookies([world.session(place.who)])
            self.contexts[key] = context
        return self.contexts[key].new_page()

    def close(self) -> None:
        """Everything away."""
        for context in self.contexts.values():
            context.close()
        for world in self.worlds.values():
            world.close()


@pytest.fixture(scope="module")
def rooms(browser: Browser, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rooms]:
    made = Rooms(browser, tmp_path_factory.mktemp("worlds"))
    yield made
    made.close()


def findings(page: Page, rules: dict[str, Any]) -> list[str]:
    """What axe finds, a line each."""
    found = page.evaluate("([place, rules]) => axe.run(place, rules)", [{"exclude": [[one] for one in LONG]}, rules])["violations"]
    return [f"{one['id']}: {'; '.join(str(node['target'][0]) for node in one['nodes'][:4])} ({len(one['nodes'])}) "
            f"{one['nodes'][0]['failureSummary'].splitlines()[1].strip()}" for one in found]


def look(place: Place, rooms: Rooms, locale: str, width: int) -> list[str]:
    """All that is wrong with one page in one language and size."""
    page, wrong = rooms.page(place, locale, width), []
    page.on("console", lambda message: wrong.append(f"console: {message.text}") if message.type == "error" and not (
        place.status != 200 and str(place.status) in message.text) else None)
    page.on("pageerror", lambda error: wrong.append(f"script: {error}"))
    page.emulate_media(color_scheme="light")
    answer = page.goto(place.path.format(**rooms.world(place.world, locale).ids))
    if place.act is None and answer is not None and answer.status != place.status:
        wrong.append(f"status {answer.status}")
    expect(page.locator("body:not([data-busy])")).to_be_attached()
    if place.act is not None:
        place.act(page)
    wrong += [f"too wide: {one}" for one in page.evaluate(WIDE)]
    page.evaluate(AXE)
    wrong += findings(page, RULES)
    _shoot(page, f"{place.name}-{locale}-{width}")
    page.emulate_media(color_scheme="dark")
    wrong += [f"dark: {one}" for one in findings(page, COLOURS)]
    _shoot(page, f"{place.name}-{locale}-{width}-dark")
    page.close()
    return [f"{locale} {width}: {one}" for one in wrong]


def _shoot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_everybody_can_use_the_page(place: Place, rooms: Rooms) -> None:
    wrong = [one for locale in ("ru", "en") for width in SIZES for one in look(place, rooms, locale, width)]
    assert not wrong, "\n" + "\n".join(wrong)
