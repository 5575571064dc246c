"""The log: one line an event, as text for people or JSON for machines, each with the number of its request.

A request's line names the rule of its address, never the address itself: secret links and search words stay out of the log.
"""

import json
import logging
import re
import time
import traceback
import uuid
from typing import Any

import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request

log = logging.getLogger("crm.request")
SLOW_MS = 1000
TEXT = "%(asctime)s %(levelname)s %(name)s [%(request_id)s]: %(message)s"
_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


def new_request_id(*, trusted: bool) -> str:
    """A number for this request; the one that a trusted proxy gave it, so that both logs can be laid side by side."""
    given = request.headers.get("X-Request-ID", "") if trusted else ""
    return given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex[:12]


def place_of(error: BaseException) -> str:
    """The kind of an error and the last place of ours that it came through: enough to find it by, without a trace."""
    places = [frame for frame in traceback.extract_tb(error.__traceback__) if "/crm/" in frame.filename]
    where = f" at {places[-1].filename.rpartition('/crm/')[2]}:{places[-1].lineno}" if places else ""
    return f"{type(error).__name__}{where}"


class _Numbered(logging.Filter):
    """Gives every line the number of the request that it belongs to."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = g.get("request_id", "-") if has_request_context() else "-"
        return True


class JsonLines(logging.Formatter):
    """A line as one JSON object: time (UTC, ISO 8601), level, logger, message, request, and the fields of a request's line."""

    def format(self, record: logging.LogRecord) -> str:
        """Line breaks of a traceback stay inside the string."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname, "logger": record.name, "message": record.getMessage(),
            "request": getattr(record, "request_id", "-"), **getattr(record, "fields", {})}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def configure(level: str, form: str) -> None:
    """Send everything of `level` and above to the standard error output as "text" or "json"; done once a process."""
    root = logging.getLogger()
    if not root.handlers:
        handler = logging.StreamHandler()
        handler.addFilter(_Numbered())
        handler.setFormatter(JsonLines() if form == "json" else logging.Formatter(TEXT))
        root.addHandler(handler)
        root.setLevel(level)
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _level(status: int, took_ms: float) -> int:
    """Writes, refusals and slow answers are worth a line; reading is not, unless somebody looks for a fault."""
    if status >= 500:
        return logging.ERROR
    if took_ms >= SLOW_MS:
        return logging.WARNING
    return logging.INFO if status >= 400 or request.method not in ("GET", "HEAD", "OPTIONS") else logging.DEBUG


def _start() -> None:
    g.started = time.perf_counter()


def _person() -> int | None:
    """The id of whoever asked, as far as it is known: looking it up must not ask the database after the commit."""
    state = sa.inspect(g.get("_login_user"), raiseerr=False)  # where Flask-Login keeps the person of this request
    return state.identity[0] if state is not None and state.identity else None


def _line(response: Response) -> Response:
    if "started" not in g:
        return response
    took = (time.perf_counter() - g.started) * 1000
    level = _level(response.status_code, took)
    if log.isEnabledFor(level):
        rule = request.url_rule.rule if request.url_rule else "(no such address)"
        person = _person()
        fields = {"method": request.method, "rule": rule, "status": response.status_code, "ms": round(took, 1), "user": person}
        log.log(level, "%s %s %d %.0f ms user %s", request.method, rule, response.status_code, took, person or "-",
                extra={"fields": fields})
    return response


def init_logs(app: Flask) -> None:
    """Write a line for the requests that deserve one; call it before `init_web`, so that it sees the last word."""
    app.before_request(_start)
    app.after_request(_line)
