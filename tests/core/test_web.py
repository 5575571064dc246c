"""The walk of an answer: one commit, headers, refusals as sentences."""

import io
import logging

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization, Team
from crm.core.db import db
from crm.settings import SettingError, load
from tests.cast import Cast, sign_in


def team_names(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Team.name).order_by(Team.name)))


def test_a_refused_form_leaves_nothing_behind(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/settings/teams", data={"name": "North"})
    assert (answer.status_code, team_names(app)) == (422, ["North", "South"])


def test_a_refusal_reaches_htmx_as_a_toast(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post(f"/settings/users/{cast.owner}/active/0", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "#toasts")
    assert "Name another owner first." in answer.get_data(as_text=True)


def test_a_refusal_as_a_page_says_what_it_is_and_leads_back_to_the_form(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    from_card = {"Referer": f"http://localhost/settings/users/{cast.owner}"}
    page = client.post(f"/settings/users/{cast.owner}/active/0", headers=from_card).get_data(as_text=True)
    assert "<h1>This cannot be done</h1>" in page
    assert f'href="/settings/users/{cast.owner}"' in page
    for elsewhere in ("http://evil.example/settings/users", "http://localhost/settings/teams", "http://[x"):  # the second takes a POST only
        page = client.post(f"/settings/users/{cast.owner}/active/0", headers={"Referer": elsewhere}).get_data(as_text=True)
        assert "Back to the form" not in page


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_lost_session_leaves_the_page_as_it_is_and_offers_the_way_in(app: Flask, cast: Cast, method: str) -> None:
    answer = app.test_client().open("/settings/users/new", method=method, headers={
        "HX-Request": "true", "HX-Current-URL": "http://localhost/settings/rules?a=1", "Accept-Language": "en"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, answer.headers["HX-Retarget"], answer.headers["HX-Reswap"]) == (401, "#toasts", "beforeend")
    assert 'href="/login?next=/settings/rules?a%3D1" target="_blank"' in page
    assert "You are signed out." in page


def test_a_form_that_meets_the_sign_in_page_leads_back_to_where_it_stood(app: Flask, cast: Cast) -> None:
    stranger = app.test_client()

    def way_in(path: str, referrer: str) -> str:
        return stranger.post(path, headers={"Referer": f"http://localhost{referrer}"}).headers["Location"]

    assert way_in("/contacts/7/edit", "/contacts/7/edit?a=1") == "/login?next=/contacts/7/edit?a%3D1"
    assert way_in("/settings/teams", "/settings/users") == "/login?next=/settings/users"
    assert way_in("/settings/teams", "/settings/teams") == "/login"  # takes a POST only
    assert way_in("/settings/teams", "/no-such-page") == "/login"


def test_what_a_role_may_not_open_is_403_with_a_sentence(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "boris").get("/settings/")
    assert answer.status_code == 403
    assert "Your role has no access to this." in answer.get_data(as_text=True)


def test_a_field_of_ten_megabytes_is_refused_with_a_sentence(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/settings/teams", data={"name": "x" * 10_000_000})
    assert (answer.status_code, team_names(app)) == (413, ["North", "South"])
    assert "too large to send" in answer.get_data(as_text=True)


def test_an_unexpected_error_is_a_sentence_with_a_number_and_never_a_trace(
        app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    client = sign_in(app, "owner")
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr("crm.accounts.routes.people.queries.users", lambda **_: 1 / 0)
    with caplog.at_level(logging.CRITICAL):
        answer = client.get("/settings/users")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Nothing was saved; try again." in text
    assert "ZeroDivisionError" not in text


def test_a_stale_settings_page_is_refused(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    fields = {"name": "First", "currency": "RUB", "timezone": "Europe/Moscow", "vat_rate": "22", "version": "1"}
    assert client.post("/settings/", data=fields).status_code == 303
    assert client.post("/settings/", data={**fields, "name": "Second"}).status_code == 409
    with app.app_context():
        assert db.session.scalars(sa.select(Organization.name)).one() == "First"


def test_pages_are_packed_when_the_browser_can_unpack(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").get("/settings/", headers={"Accept-Encoding": "gzip"})
    assert (answer.headers["Content-Encoding"], answer.data[:2]) == ("gzip", b"\x1f\x8b")


@pytest.mark.parametrize(("name", "value"), [
    ("PORT", "http"), ("PORT", "70000"), ("LOCALE", "de"), ("TIMEZONE", "Moscow"), ("BASE_URL", "crm.example"),
    ("LOG_LEVEL", "LOUD"), ("WORKERS", "2")])
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingError, match=name):
        load({name: value})


def test_usual_spellings_of_a_postgresql_address_are_understood() -> None:
    assert load({"DATABASE_URL": "postgres://u:p@h/d"})["DATABASE_URL"] == "postgresql+psycopg://u:p@h/d"


def test_a_database_that_is_away_is_a_sentence_on_every_page(
        app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    client = sign_in(app, "owner")

    def away(*_args: object, **_kwargs: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("gone"))

    with app.app_context():
        monkeypatch.setattr(type(db.session()), "execute", away)
        monkeypatch.setattr(type(db.session()), "scalar", away)
        monkeypatch.setattr(type(db.session()), "get", away)
    for path in ("/", "/login", "/settings/users"):
        answer = client.get(path, headers={"Accept-Language": "en"})
        assert answer.status_code == 503
        assert "The database is busy or unavailable." in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", [f"/deals/{10**20}", f"/deals/{'9' * 5000}", f"/contacts/{2**31}", f"/tasks/{2**63}"])
def test_a_number_that_fits_no_column_leads_nowhere(app: Flask, cast: Cast, path: str) -> None:
    assert sign_in(app, "boris").get(path).status_code == 404


@pytest.mark.parametrize("path", [f"/contacts/pick?company={10**20}", "/contacts?q=a%00b", "/search?q=a%00b"])
def test_what_no_database_can_hold_is_no_fault_of_ours(app: Flask, cast: Cast, path: str) -> None:
    assert sign_in(app, "owner").get(path).status_code < 500


@pytest.mark.parametrize("header", ["Referer", "HX-Current-URL"])
def test_an_address_that_cannot_be_read_leads_home(app: Flask, cast: Cast, header: str) -> None:
    headers = {header: "http://[x", **({"HX-Request": "true"} if header.startswith("HX") else {})}
    assert app.test_client().post("/account/locale", data={"locale": "en"}, headers=headers).status_code < 400
    assert app.test_client().get("/deals", headers=headers).status_code in (303, 401)


def test_a_body_that_is_too_large_is_refused_before_it_is_read(app: Flask, cast: Cast) -> None:
    body = io.BytesIO(b"comment=" + b"x" * (3 * 1024 * 1024))
    answer = sign_in(app, "owner").post("/contacts/new", input_stream=body, content_length=body.getbuffer().nbytes,
                                        content_type="application/x-www-form-urlencoded")
    assert (answer.status_code, body.tell()) == (413, 0)  # the server throws it away: `test_patience.py`
