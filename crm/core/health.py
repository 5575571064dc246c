"""How the program is: features declare what they watch; `/healthz` tells machines, the owner's page tells people."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify
from flask_babel import LazyString

from crm.core import access, jobs, postgres, schema
from crm.core.db import db

PATIENCE = 3.0  # seconds: who watches wants to hear of a database that hangs, not to hang with it
GOOD, WARN, BAD, OFF = "good", "warn", "bad", "off"  # off: not in use, which is a choice
blueprint = Blueprint("health", __name__)


@dataclass(frozen=True)
class State:
    """What one part says of itself: a level, a plain sentence, and what to do when something is to be done."""

    level: str
    sentence: str
    advice: str = ""
    href: str = ""  # where to do it


@dataclass(frozen=True)
class Check:
    """One watched part; `probe` reads only, answers within a second and never raises for a fault it knows."""

    code: str
    label: LazyString
    probe: Callable[[], State]
    position: int


CHECKS: dict[str, Check] = {}


def declare(code: str, label: LazyString, probe: Callable[[], State], position: int = 50) -> None:
    """Add a line to the owner's health page and a series to the metrics; a second code of that name is an error."""
    if code in CHECKS:
        raise ValueError(f"the health check {code} is declared twice")
    CHECKS[code] = Check(code, label, probe, position)


def checks() -> list[Check]:
    """Every watched part in the order of the page."""
    return sorted(CHECKS.values(), key=lambda check: (check.position, check.code))


@blueprint.get("/healthz")
@access.public
def healthz() -> tuple[Response, int]:
    """200 and {"status": "ok", ...}, or 503 with the reason for machines that watch."""
    answers: dict[str, str] = {}
    try:
        started = time.perf_counter()
        with postgres.at_most(PATIENCE):
            db.session.execute(sa.text("SELECT 1"))
        answers["database"] = "ok"
        answers["migrations"] = "ok" if schema.current() == schema.head() else "not current: run db upgrade"
        took = round((time.perf_counter() - started) * 1000, 1)
    except sa.exc.SQLAlchemyError as error:
        took = 0.0
        answers["database"] = f"away: {type(error).__name__}"
    answers["jobs"] = "ok" if current_app.testing or jobs.alive(current_app) else "the job thread does not run"
    healthy = all(state == "ok" for state in answers.values())
    answer = {"status": "ok" if healthy else "failing", **answers, "database_ms": took}
    return jsonify(answer), 200 if healthy else 503
