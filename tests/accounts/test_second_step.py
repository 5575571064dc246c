"""The second step at sign-in, through the pages themselves."""

import datetime as dt
import re

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import second
from crm.accounts.models import Organization, SecondStep, User
from crm.core import journal
from crm.core.db import db
from crm.mail.models import Letter
from tests.cast import PASSWORD, Cast, sign_in

NOON = dt.datetime(2030, 5, 6, 12, 0, 5, tzinfo=dt.UTC)
EN = {"Accept-Language": "en"}


def code(key: str, steps: int = 0) -> str:
    return pyotp.TOTP(key).at(NOON + dt.timedelta(seconds=30 * steps))


def key_on(page: str) -> str:
    found = re.search(r'<strong class="code">([^<]+)</strong>', page)
    assert found, page
    return found[1].replace(" ", "")


def turn_on(app: Flask, who: str = "boris") -> tuple[FlaskClient, str, list[str]]:
    """A browser of somebody who has turned it on, the key and the recovery codes."""
    client = sign_in(app, who)
    assert client.post("/account/second/start", data={"proof": PASSWORD}).headers["Location"] == "/account/second/new"
    page = client.get("/account/second/new").get_data(as_text=True)
    assert "<svg" in page
    assert "style=" not in page
    key = key_on(page)
    done = client.post("/account/second/new", data={"code": code(key, -1)})
    assert done.status_code == 200
    return client, key, re.findall(r"[a-z2-9]{5}-[a-z2-9]{5}", done.get_data(as_text=True).split('id="codes">')[1])[:10]


def password(client: FlaskClient, who: str = "boris") -> str:
    return client.post("/login", data={"email": f"{who}@example.com", "password": PASSWORD, "next": "/deals"}).headers["Location"]


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def test_the_password_alone_opens_nothing_and_the_code_leads_on(app: Flask, cast: Cast) -> None:
    _client, key, _codes = turn_on(app)
    browser = app.test_client()
    assert password(browser) == "/login/code"
    assert browser.get("/deals").headers["Location"].startswith("/login")
    assert "one-time-code" in browser.get("/login/code").get_data(as_text=True)
    assert browser.post("/login/code", data={"code": code(key)}).headers["Location"] == "/deals"
    assert browser.get("/deals").status_code == 200


def test_a_code_opens_once_and_half_a_minute_off_is_fine(app: Flask, cast: Cast) -> None:
    _client, key, _codes = turn_on(app)  # spent the code of the step before
    browser = app.test_client()
    for steps, status in ((-2, 422), (-1, 422), (2, 422), (1, 303)):
        password(browser)
        assert browser.post("/login/code", data={"code": code(key, steps)}).status_code == status, steps
    other = app.test_client()
    password(other)
    assert other.post("/login/code", data={"code": code(key, 1)}).status_code == 422
    assert other.post("/login/code", data={"code": code(key)}).status_code == 422  # older than the last one used


def test_a_recovery_code_opens_once(app: Flask, cast: Cast) -> None:
    _client, _key, codes = turn_on(app)
    assert len(set(codes)) == 10
    for status in (303, 422):
        browser = app.test_client()
        password(browser)
        assert browser.post("/login/code", data={"code": codes[3].upper()}).status_code == status
    with app.app_context():
        assert second.codes_left(cast.boris) == 9


def test_a_recovery_code_opens_after_too_many_misses(app: Flask, cast: Cast) -> None:
    _client, key, codes = turn_on(app)
    browser = app.test_client()
    password(browser)
    for _try in range(13):
        browser.post("/login/code", data={"code": "000000"})
    assert browser.post("/login/code", data={"code": code(key)}).status_code == 422
    assert browser.post("/login/code", data={"code": "aaaaa-aaaaa"}).status_code == 422
    assert browser.post("/login/code", data={"code": codes[0]}).status_code == 303


def test_waiting_ends_after_ten_minutes_and_with_a_new_password(app: Flask, cast: Cast) -> None:
    _client, key, _codes = turn_on(app)
    browser = app.test_client()
    password(browser)
    with time_machine.travel(NOON + dt.timedelta(minutes=11), tick=False):
        late = pyotp.TOTP(key).at(NOON + dt.timedelta(minutes=11))
        assert browser.post("/login/code", data={"code": late}).headers["Location"] == "/login"
    password(browser)
    with app.app_context():
        db.session.get_one(User, cast.boris).password_hash = "another"
        db.session.commit()
    assert browser.post("/login/code", data={"code": code(key)}).headers["Location"] == "/login"


def test_codes_cannot_be_guessed_and_strangers_lock_nobody_out(app: Flask, cast: Cast) -> None:
    _client, key, _codes = turn_on(app)
    browser = app.test_client()
    password(browser)
    for _try in range(12):
        assert browser.post("/login/code", data={"code": "000000"}).status_code == 422
    assert browser.post("/login/code", data={"code": code(key)}).status_code == 422
    elsewhere = {"REMOTE_ADDR": "10.9.9.9"}
    stranger = app.test_client()
    for _try in range(70):  # without the password nobody is asked for a code
        stranger.post("/login/code", data={"code": "000000"}, environ_base=elsewhere)
    mine = app.test_client()
    mine.post("/login", data={"email": "boris@example.com", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.8.8.8"})
    assert mine.post("/login/code", data={"code": code(key)}, environ_base={"REMOTE_ADDR": "10.8.8.8"}).status_code == 303
    with app.app_context():
        kinds = [row.kind for row in db.session.query(journal.Entry).filter_by(actor_id=cast.boris)]
        assert kinds.count("second.missed") == 12


def test_many_addresses_share_the_days_tries(app: Flask, cast: Cast) -> None:
    turn_on(app)
    with app.app_context():
        assert [second.take_try(cast.boris, f"10.0.{n}.1") for n in range(61)].count(True) == 60
        db.session.rollback()
    with time_machine.travel(NOON + dt.timedelta(hours=25), tick=False), app.app_context():
        assert second.take_try(cast.boris, "10.0.99.1")


def test_the_key_is_encrypted_at_rest_and_lost_with_the_secret(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    _client, key, _codes = turn_on(app)
    with app.app_context():
        assert key not in db.session.get_one(SecondStep, cast.boris).sealed
        monkeypatch.setitem(app.config, "SECRET_KEY", "another secret key of thirty-two letters")
        assert second.accept(cast.boris, code(key)) is False


def test_turning_off_and_new_codes_ask_who_sits_there(app: Flask, cast: Cast) -> None:
    client, key, _codes = turn_on(app)
    for path in ("off", "codes"):
        assert client.post(f"/account/second/{path}", data={"proof": "guessed it"}).status_code == 422
    assert client.post("/account/second/codes", data={"proof": PASSWORD}).status_code == 200
    assert client.post("/account/second/off", data={"proof": code(key)}).status_code == 303
    assert password(app.test_client()) == "/deals"


def test_who_must_have_it_sets_it_up_before_anything_else(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    assert owner.post("/settings/second", data={"second_for": "everybody"}).status_code == 303
    browser = app.test_client()
    assert password(browser) == "/login/second"
    assert browser.get("/deals").headers["Location"].startswith("/login")
    page = browser.get("/login/second").get_data(as_text=True)
    assert browser.post("/login/second", data={"code": "000000"}).status_code == 422
    assert browser.get("/deals").headers["Location"].startswith("/login")
    assert browser.post("/login/second", data={"code": code(key_on(page))}).status_code == 200
    assert browser.get("/deals").status_code == 200


def test_heads_means_owner_and_heads(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.query(Organization).one().second_for = "heads"
        db.session.commit()
    assert [password(app.test_client(), who) for who in ("owner", "head", "boris")] == ["/login/second", "/login/second", "/deals"]


def test_an_invitation_does_not_go_round_the_second_step(app: Flask, cast: Cast) -> None:
    turn_on(app)
    page = sign_in(app, "owner").post(f"/settings/users/{cast.boris}/invite").get_data(as_text=True)
    link = re.search(r"/invite/[\w-]+", page)
    assert link
    browser = app.test_client()
    browser.post(link[0], data={"password": "a new long password"})
    assert browser.get("/deals").headers["Location"].startswith("/login")


def test_only_an_owner_takes_it_off_somebody(app: Flask, cast: Cast) -> None:
    turn_on(app)
    assert sign_in(app, "head").post(f"/settings/users/{cast.boris}/second/off").status_code == 403
    assert password(app.test_client()) == "/login/code"
    assert sign_in(app, "owner").post(f"/settings/users/{cast.boris}/second/off").status_code == 303
    assert password(app.test_client()) == "/deals"


def test_the_command_helps_who_lost_the_phone(app: Flask, cast: Cast) -> None:
    turn_on(app)
    done = app.test_cli_runner().invoke(args=["user", "disable-2fa", "boris@example.com"])
    assert done.exit_code == 0, done.output
    assert password(app.test_client()) == "/deals"


def test_the_person_is_told_by_letter_when_it_changes(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost:1")
    turn_on(app)
    sign_in(app, "owner").post(f"/settings/users/{cast.boris}/second/off")
    with app.app_context():
        letters = [(one.to, one.subject) for one in db.session.query(Letter).order_by(Letter.id)]
        assert letters == [("boris@example.com", "Second step at sign-in turned on"),
                           ("boris@example.com", "Second step at sign-in turned off")]


def test_who_knows_only_the_password_never_sees_the_key_that_the_person_takes(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.query(Organization).one().second_for = "everybody"
        db.session.commit()
    thief, person = app.test_client(), app.test_client()
    password(thief)
    early = key_on(thief.get("/login/second").get_data(as_text=True))
    password(person)
    taken = key_on(person.get("/login/second").get_data(as_text=True))
    assert taken != early
    assert thief.get("/login/second").status_code == 303
    assert thief.post("/login/second", data={"code": code(early)}).status_code == 303
    assert person.post("/login/second", data={"code": code(taken)}).status_code == 200


def test_after_the_program_s_key_was_lost_the_page_says_so_and_a_recovery_code_opens(app: Flask, cast: Cast) -> None:
    _client, key, codes = turn_on(app)
    with app.app_context():  # as after a restore without the old secret_key
        db.session.execute(sa.update(SecondStep).values(sealed="of another key"))
        db.session.commit()
    browser = app.test_client()
    assert password(browser) == "/login/code"
    answer = browser.post("/login/code", data={"code": code(key, 1)}, headers={"Accept-Language": "en"})
    assert (answer.status_code, "own key was changed" in answer.text) == (422, True)
    assert browser.post("/login/code", data={"code": codes[0]}).headers["Location"] == "/deals"
