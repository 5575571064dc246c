"""`/healthz`: whether the database answers, its tables are current and the jobs run."""

import time

import sqlalchemy as sa
from flask import Blueprint, Response, current_app, jsonify

from crm.core import access, jobs, schema
from crm.core.db import db

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@access.public
def healthz() -> tuple[Response, int]:
    """200 and {"status": "ok", ...}, or 503 with the reason for machines that watch."""
    checks: dict[str, str] = {}
    try:
        started = time.perf_counter()
        db.session.execute(sa.text("SELECT 1"))
        checks["database"] = "ok"
        checks["migrations"] = "ok" if schema.current() == schema.head() else "not current: run db upgrade"
        took = round((time.perf_counter() - started) * 1000, 1)
    except sa.exc.SQLAlchemyError as error:
        took = 0.0
        checks["database"] = f"away: {type(error).__name__}"
    checks["jobs"] = "ok" if current_app.testing or jobs.alive(current_app) else "the job thread does not run"
    healthy = all(state == "ok" for state in checks.values())
    answer = {"status": "ok" if healthy else "failing", **checks, "database_ms": took}
    return jsonify(answer), 200 if healthy else 503
