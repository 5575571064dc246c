"""The README's pictures, taken from the program on its demo company: `make pictures`."""

import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.find import chromium  # noqa: E402 - the path is set above

OUT = ROOT / "docs" / "pictures"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


def shoot(page: Page, name: str) -> None:
    """One picture, as it is when everything has come."""
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png")


def first(page: Page, url: str, pattern: str) -> str:
    """The first link of a list that matches."""
    page.goto(url)
    links = page.eval_on_selector_all("#main a[href]", "all => all.map(a => a.getAttribute('href'))")
    return next(link for link in links if re.fullmatch(pattern, link))


def tour(page: Page, base: str, size: str, locale: str) -> None:
    """The places of the five-minute tour."""
    page.goto(f"{base}/deals/board")
    shoot(page, f"board-{size}-{locale}")
    board_deal = page.eval_on_selector(".deal-card a.who", "a => a.getAttribute('href')")
    if size == "phone":
        page.goto(base + first(page, f"{base}/contacts", r"/contacts/\d+"))
        shoot(page, f"contact-{size}-{locale}")
        return
    page.goto(base + board_deal)
    shoot(page, f"deal-{size}-{locale}")
    page.goto(base + first(page, f"{base}/documents", r"/documents/\d+"))
    shoot(page, f"quote-{size}-{locale}")
    page.goto(f"{base}/templates")
    shoot(page, f"templates-{size}-{locale}")
    page.goto(f"{base}/scoreboard?period=quarter")
    shoot(page, f"scoreboard-{size}-{locale}")


def take(locale: str, port: int) -> None:
    """Fill a demo company, start the program, walk the tour in both sizes."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": "", "PORT": str(port), "LOG_LEVEL": "WARNING"}
        flask = [sys.executable, "-m", "flask", "--app", "app"]
        subprocess.run([*flask, "db", "upgrade"], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL)
        told = subprocess.run([*flask, "demo", "--locale", locale], cwd=ROOT, env=env, check=True,
                              capture_output=True, text=True).stdout
        email, password, _role = told.splitlines()[0].split("\t")
        server = subprocess.Popen([sys.executable, "app.py"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            walk(locale, f"http://127.0.0.1:{port}", email, password)
        finally:
            server.terminate()
            server.wait(20)


def walk(locale: str, base: str, email: str, password: str) -> None:
    """Sign in and take the pictures."""
    for _ in range(100):
        try:
            urllib.request.urlopen(f"{base}/healthz", timeout=2)
            break
        except OSError:
            time.sleep(0.1)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium(), args=ARGS)
        for size, viewport in SIZES.items():
            context = browser.new_context(viewport=viewport, locale={"ru": "ru-RU", "en": "en-GB"}[locale],
                                          reduced_motion="reduce", has_touch=size == "phone")
            page = context.new_page()
            page.goto(f"{base}/login")
            page.fill("[name=email]", email)
            page.fill("[name=password]", password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"{base}/")
            tour(page, base, size, locale)
            context.close()
        browser.close()


if __name__ == "__main__":
    OUT.mkdir(exist_ok=True)
    for number, language in enumerate(("en", "ru")):
        take(language, 8790 + number)
