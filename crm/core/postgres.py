"""The line to PostgreSQL: nobody waits on it without end.

A server that hangs, or a network that swallows what is sent, answers nothing at all: neither its own time limits nor TCP's
help. So the program looks at the clock while it waits, gives the connection up, and lets the others fail at once for a moment
instead of queueing behind a wall.
"""

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

from flask import has_request_context
from sqlalchemy import event
from sqlalchemy.engine import Engine

REQUEST, WORK = 15.0, 600.0  # seconds for one statement of a request; of jobs, commands and migrations
AWAY = 3.0  # seconds in which nobody else tries a server that has just not answered
IDLE = "120s"  # the server ends a transaction whose program has gone without a word, and frees its locks
_mine = threading.local()
_closed_until = 0.0


def patience() -> float:
    """How many seconds this thread waits for an answer."""
    own: float | None = getattr(_mine, "seconds", None)
    if own is not None:
        return own
    return REQUEST if has_request_context() else WORK


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Wait no longer than this within the block: a probe answers soon, a migration takes what it needs."""
    _mine.seconds = seconds
    try:
        yield
    finally:
        _mine.seconds = None


def _shut() -> None:
    global _closed_until  # noqa: PLW0603 - one wall for all threads of the process
    _closed_until = time.monotonic() + AWAY


@cache
def line_class() -> Any:
    """The class of the program's connections: psycopg's own, given up when an answer does not come in time."""
    import psycopg  # slow, and nothing to a company on SQLite

    class Line(psycopg.Connection[Any]):
        """A connection that is given up when an answer does not come in time."""

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            """Like its parent's; OperationalError after `patience()` seconds, and the connection is closed."""
            try:
                return super().wait(gen, interval, patience() if timeout is None else timeout)
            except psycopg.errors._WaitTimeout as error:
                if timeout is not None:  # the caller asked for it and will deal with it
                    raise
                _shut()
                with contextlib.suppress(psycopg.Error):  # a server that only is slow need not go on for nobody
                    self.cancel_safe(timeout=1)
                self.close()
                raise psycopg.OperationalError("the database did not answer in time") from error

    return Line


def prepare_postgres(engine: Engine) -> None:
    """Connections of this engine are lines with an end."""

    @event.listens_for(engine, "do_connect")
    def connect(_dialect: Any, _record: Any, words: Any, options: Any) -> Any:
        import psycopg

        if time.monotonic() < _closed_until:
            raise psycopg.OperationalError("the database did not answer a moment ago")
        try:
            line = line_class().connect(*words, **options)
        except psycopg.errors.ConnectionTimeout:
            _shut()
            raise
        line.autocommit = True
        line.execute(f"SET idle_in_transaction_session_timeout = '{IDLE}'")
        line.autocommit = False
        return line
