"""What machines that watch are told."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core import schema
from crm.core.db import db


def test_it_answers_before_the_first_start_and_without_a_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["status"], answer.json["database"]) == (200, "ok", "ok")


def test_tables_that_are_not_current_are_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "head", lambda: "9999")
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["migrations"]) == (503, "not current: run db upgrade")


def test_a_database_that_is_away_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: object, **_kwargs: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    with app.app_context():
        monkeypatch.setattr(type(db.session()), "execute", away)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["database"]) == (503, "away: OperationalError")


def test_jobs_that_do_not_run_are_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "testing", False)
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.json["jobs"]) == (503, "the job thread does not run")
