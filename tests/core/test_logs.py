"""What the log says, and what it never says."""

import json
import logging

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core import logs
from crm.core.db import db
from tests.cast import PASSWORD, Cast, sign_in


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [logs.JsonLines().format(record) for record in caplog.records]


def test_a_line_is_one_json_object_with_the_number_of_its_request(
        app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    client = sign_in(app, "boris")
    with caplog.at_level(logging.INFO, "crm.request"):
        caplog.handler.addFilter(logs._Numbered())
        answer = client.post("/account/theme", data={"theme": "dark"})
    line = json.loads(lines(caplog)[-1])
    assert line["request"] == answer.headers["X-Request-ID"] != ""
    assert (line["method"], line["rule"], line["status"], line["user"]) == ("POST", "/account/theme", 303, cast.boris)


def test_reading_is_silent_unless_somebody_looks_for_a_fault(
        app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "SLOW_MS", 600_000)  # a busy machine must not look like a slow page
    client = sign_in(app, "boris")
    with caplog.at_level(logging.INFO, "crm.request"):
        caplog.clear()
        client.get("/contacts")
    assert lines(caplog) == []


def test_passwords_links_and_searches_stay_out_of_the_log(
        app: Flask, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        client = sign_in(app, "boris")
        client.post("/login", data={"email": "boris@example.com", "password": "typed-by-mistake"})
        client.get("/invite/secret-token-of-a-link")
        client.get("/contacts?q=Sokolov-secret-word")
    text = "\n".join(lines(caplog))
    assert "/invite/<token>" in text
    for secret in (PASSWORD, "typed-by-mistake", "secret-token-of-a-link", "Sokolov-secret-word"):
        assert secret not in text


def test_an_error_of_the_database_does_not_tell_what_was_to_be_written(app: Flask) -> None:
    with app.app_context(), pytest.raises(sa.exc.DBAPIError) as error:
        db.session.execute(sa.text("INSERT INTO nowhere VALUES (:secret)"), {"secret": "Ivanov"})
    assert "Ivanov" not in str(error.value)
