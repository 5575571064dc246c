"""The owner's page of how the program is."""

import shutil
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core import jobs, schema
from crm.core.db import db, utcnow
from crm.core.events import Event
from crm.guard.operations import chain
from tests.cast import Cast, sign_in


class Space(NamedTuple):
    """As shutil.disk_usage answers."""

    total: int
    used: int
    free: int


def page(app: Flask) -> str:
    answer = sign_in(app, "owner").get("/settings/health/")
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_healthy_program_says_so_in_plain_words(app: Flask, cast: Cast) -> None:
    text = page(app)
    assert "answers in" in text
    assert "Work in the background is done on time." in text
    assert "needs you" not in text


def test_a_job_that_was_given_up_is_shown_and_can_be_tried_again(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.add(jobs.Job(kind="mail.send", payload="{}", run_at=utcnow(), attempts=jobs.MAX_ATTEMPTS, error="no route"))
        db.session.commit()
    text = page(app)
    assert "1 job failed again and again." in text
    assert "no route" in text
    assert sign_in(app, "owner").post("/settings/health/jobs/again").status_code == 303
    assert "no route" not in page(app)


def test_a_disk_that_is_nearly_full_needs_the_owner(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Space(100 * 1024**3, 99 * 1024**3, 100 * 1024**2))
    assert "Free some room now" in page(app)


def test_tables_of_another_version_need_the_owner(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "head", lambda: "9999")
    assert "belong to another version" in page(app)


def test_nobody_else_reads_it(app: Flask, cast: Cast) -> None:
    assert sign_in(app, "head").get("/settings/health/").status_code == 403


def test_a_log_that_was_tampered_with_stands_on_top_with_what_to_do(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _run in range(3):
            chain.seal()
        chain.check_slice()
    assert "The log is whole" in page(app)
    with app.app_context():
        db.session.execute(sa.delete(Event).where(Event.id == db.session.scalar(sa.select(sa.func.min(Event.id)))))
        db.session.commit()
        chain.check_slice()
    text = page(app)
    assert text.index("1 entry was changed, removed or inserted") < text.index("answers in")
    assert '<a href="/settings/log">Keep a copy of the base now' in text
