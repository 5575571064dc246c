"""What no calendar, column or text can hold is refused with a sentence; the log has a line and no trace."""

import io
import logging
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, sign_in

NAMES = ("q", "sort", "page", "from", "to", "on", "period", "after", "before", "since", "year", "kind", "whose", "who", "card", "team",
         "manager", "pipeline", "stage", "company", "deal", "person", "document", "line", "business", "field", "name", "but", "next",
         "locale", "role", "status", "basis", "measure", "day", "date", "code", "part", "every", "bin", "ending",
         "_scheme", "_external", "_anchor", "_method")
VALUES = ("0001-01-01", "9999-12-31", "31.12.9999", "99999999999999999999", "-1", "\u0660\u0661", "\U0001f600", "%", "~~", "[", "пт",
          "0001-01-01T00:00:00+00:00~event~1", "2026-01-01~event~99999999999999999999", "9999-12-31T23:59:59-10:00~journal~1",
          "1~2~3~4", "inf", "nan")


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nothing that this test does leaves a trace in the log."""
    with caplog.at_level(logging.INFO):
        yield
    assert [record.getMessage() for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


@pytest.fixture
def owner(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    """The owner's browser, before a program that shows errors as people see them."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return sign_in(app, "owner")


def pages(app: Flask) -> list[str]:
    """Every page that can be opened without a number."""
    return sorted({rule.rule for rule in app.url_map.iter_rules()
                   if "GET" in (rule.methods or ()) and not rule.arguments and rule.endpoint not in ("static", "metrics.metrics")})


@pytest.mark.parametrize("value", VALUES)
def test_no_parameter_of_a_page_makes_it_fail(app: Flask, owner: FlaskClient, quiet: None, value: str) -> None:
    for path in pages(app):
        answer = owner.get(path, query_string=dict.fromkeys(NAMES, value))
        assert answer.status_code < 500, path
        answer.close()


@pytest.mark.parametrize("path", [
    "/scoreboard?from=0001-01-01", "/scoreboard?from=0001-01-01&to=9999-12-31", "/scoreboard?period=week&on=9999-12-31",
    "/scoreboard?period=year&on=0001-01-01", "/deals?from=0001-01-01", "/deals?to=9999-12-31", "/settings/log?to=9999-12-31",
    "/settings/log?from=0001-01-01", "/documents?period=9999-12-31", "/scoreboard/changes?period=week&on=9999-12-31"])
def test_days_at_the_ends_of_the_calendar_are_a_sentence(owner: FlaskClient, quiet: None, path: str) -> None:
    assert owner.get(path).status_code in (200, 422)


@pytest.mark.parametrize("path", ["/contacts?q=a%00b", "/search?q=%00", "/deals?%00=1", "/scoreboard?from=%00", "/a%00b",
                                  "/static/%00", "/invite/a%00b", "/q/a%00b", "/documents/new?deal=%00"])
def test_a_nul_in_an_address_is_refused_at_the_door(owner: FlaskClient, quiet: None, path: str) -> None:
    answer = owner.get(path)
    assert answer.status_code in (400, 404)
    assert "Reload the page" in answer.text or answer.status_code == 404


def test_a_nul_in_a_form_is_kept_as_the_sign_for_what_cannot_be_read(owner: FlaskClient, quiet: None) -> None:
    assert owner.post("/settings/teams", data={"name": "Ea\0st"}).status_code == 303
    assert "Ea\ufffdst" in owner.get("/settings/users").text
    assert owner.post("/settings/teams", data={"na\0me": "West"}).status_code == 400


def test_no_form_fails_at_a_nul(app: Flask, owner: FlaskClient, quiet: None) -> None:
    writing = sorted(rule.rule for rule in app.url_map.iter_rules()
                     if "POST" in (rule.methods or ()) and not rule.arguments and rule.endpoint != "accounts.logout")
    for path in writing:
        assert owner.post(path, data=dict.fromkeys((*NAMES, "email", "title", "back", "result"), "a\0b")).status_code < 500, path


def test_a_nul_in_the_name_of_a_file_is_refused(owner: FlaskClient, quiet: None) -> None:
    body = (b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\0b.csv"\r\nContent-Type: text/csv\r\n\r\n'
            b"name\r\nAnn\r\n--x--\r\n")
    answer = owner.post("/imports/new", input_stream=io.BytesIO(body), content_length=len(body),
                        content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 404, 405)


def test_a_password_with_a_nul_is_an_error_of_its_field(app: Flask, owner: FlaskClient, quiet: None) -> None:
    told = "sign that cannot be read"
    english = {"Accept-Language": "en"}
    answer = app.test_client().post("/login", headers=english, data={"email": "owner@example.com", "password": f"{PASSWORD}\0"})
    assert (answer.status_code, told in answer.text) == (422, True)
    answer = owner.post("/account/password", data={"present": PASSWORD, "password": "a long\0password"})
    assert (answer.status_code, told in answer.text) == (422, True)
    assert sign_in(app, "owner").get("/").status_code == 200
