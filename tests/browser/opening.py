"""Pages of signed-in people in the browser of the tests."""

from typing import Any

from flask import Flask
from playwright.sync_api import Browser, Page, Playwright

from tests.cast import sign_in

DESK = {"viewport": {"width": 1440, "height": 900}}
OWN_DEVICES: dict[str, dict[str, Any]] = {
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}}
PATIENCE = 20_000  # milliseconds until something is said not to come: a busy machine is no fault of the page


class OpenPage:
    """open_page("boris", "Pixel 7") -> a page of a browser in which Boris has signed in."""

    def __init__(self, app: Flask, browser: Browser, playwright: Playwright, url: str) -> None:
        self.app, self.browser, self.playwright, self.url = app, browser, playwright, url
        self.pages: list[Page] = []
        self.errors: list[str] = []  # a test that expects one clears the list

    def __call__(self, who: str = "boris", device: str | None = None, *, lang: str = "ru", theme: str = "light",
                 path: str = "", **kwargs: Any) -> Page:
        """A page, led to `path` when it is given; `who` '' is a stranger."""
        options: dict[str, Any] = dict(DESK)
        if device:
            options = dict(OWN_DEVICES.get(device) or self.playwright.devices[device])
        options.pop("default_browser_type", None)
        context = self.browser.new_context(**options, base_url=self.url, reduced_motion="reduce", color_scheme=theme,
                                           locale={"ru": "ru-RU", "en": "en-GB"}[lang],
                                           timezone_id="Europe/Moscow", **kwargs)
        context.set_default_timeout(PATIENCE)
        if who:
            context.add_cookies([self._session(who)])
        page = context.new_page()
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.pages.append(page)
        if path:
            page.goto(path)
        return page

    def _session(self, who: str) -> Any:
        self.app.config["WTF_CSRF_ENABLED"] = False
        client = sign_in(self.app, who)
        self.app.config["WTF_CSRF_ENABLED"] = True
        cookie = client.get_cookie("voronka")
        assert cookie is not None
        return {"name": "voronka", "value": cookie.value, "url": self.url}
