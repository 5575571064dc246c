"""The thread that keeps the continuous copy, in the process that answers."""

import logging
import sqlite3
import threading
import time
from pathlib import Path

from flask import Flask, current_app

from crm.backup.copying.copier import Copier, ForeignCopy, PlaceGone

log = logging.getLogger(__name__)
EVERY = 1.0


class CopyThread(threading.Thread):
    """Copies every second; a place that is away or full is tried again, and told on the owner's pages."""

    def __init__(self, database: Path, files: Path, target: Path) -> None:
        super().__init__(daemon=True, name="copy")
        self.paths = (database, files, target)
        self.quit = threading.Event()
        self.begun = time.monotonic()  # seconds of a clock that nobody sets
        self.caught_up: float | None = None
        self.problem, self.gone, self.foreign = "", False, False

    def run(self) -> None:
        """Until told to quit."""
        copier: Copier | None = None
        while not self.quit.is_set():
            begun = time.monotonic()
            try:
                copier = copier or Copier(*self.paths)
                copier.step()
                self.caught_up, self.problem, self.gone, self.foreign = begun, "", False, False
            except (OSError, sqlite3.Error) as error:
                self._failed(error, copier)
            self.quit.wait(EVERY)
        if copier is not None:
            copier.close()

    def _failed(self, error: Exception, copier: Copier | None) -> None:
        words = str(getattr(error, "strerror", "") or error)
        if words != self.problem:
            log.error("the continuous copy does not go on: %s", words)
        self.problem, self.gone, self.foreign = words, isinstance(error, PlaceGone), isinstance(error, ForeignCopy)
        try:
            if copier is not None:
                copier.let_go()
        except (OSError, sqlite3.Error):
            log.exception("the log could not be written back")


def start(app: Flask) -> None:
    """Begin to copy where COPY_TO names a folder and the database is SQLite."""
    url, target = app.config["DATABASE_URL"], app.config["COPY_TO"]
    if target is None or not url.startswith("sqlite:///"):
        return
    thread = CopyThread(Path(url.removeprefix("sqlite:///")).absolute(), app.config["DATA_DIR"] / "files", target)
    app.extensions["copy"] = thread
    thread.start()


def end(app: Flask) -> None:
    """Copy the rest and stop; waits for some seconds at most."""
    thread: CopyThread | None = app.extensions.get("copy")
    if thread is not None:
        thread.quit.set()
        thread.join(5)


def present() -> CopyThread | None:
    """The thread of this process."""
    found: CopyThread | None = current_app.extensions.get("copy")
    return found
