"""Find or install the Chromium of the browser tests, and say plainly when there is none."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser's path: CHROMIUM, else what the system has, else Playwright's own."""
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    return next((path for path in map(shutil.which, NAMES) if path), None) or _playwrights()


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright  # slow to import and not needed where the system has one

    with sync_playwright() as play:
        path = play.chromium.executable_path
    return path if os.path.exists(path) else None


def _install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
                       check=False, stdout=subprocess.DEVNULL)
        return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if chromium() is None:
        sys.stdout.write("No Chromium here: trying to install one for the browser tests ...\n")
        _install()
    if chromium() is None:
        sys.stdout.write("\nNO CHROMIUM: the browser tests will be skipped. Install one (Debian: apt install chromium) "
                         "or name it: make test CHROMIUM=/path/to/chrome\n\n")
