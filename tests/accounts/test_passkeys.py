"""Passkeys, through the pages themselves, with a device in software."""

import datetime as dt
import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import passkeys, second
from crm.accounts.models import Organization, Passkey, SecondStep, User, UserSession
from crm.core import journal
from crm.core.db import db
from crm.core.errors import Stale
from crm.mail.models import Letter
from tests.accounts.device import PRESENT, Device, Key
from tests.accounts.test_second_step import code, key_on, password
from tests.accounts.test_second_step import turn_on as turn_codes_on
from tests.cast import PASSWORD, Cast, make_cast, sign_in
from tests.leaks.answers import ask

NOON = dt.datetime(2030, 5, 6, 12, 0, 5, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _noon() -> object:
    with time_machine.travel(NOON, tick=False):
        yield


def options(client: FlaskClient, path: str, **sent: str) -> dict[str, Any]:
    answer = client.post(f"{path}/options", data=sent, headers={"Accept": "application/json"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    told: dict[str, Any] = json.loads(answer.get_data(as_text=True))
    return told


def add(app: Flask, who: str = "boris", **device: Any) -> tuple[Device, list[str]]:
    """A device with a passkey of the person, and the recovery codes that came with it."""
    client, made = sign_in(app, who), Device(**device)
    answer = made.create(options(client, "/account/passkeys", proof=PASSWORD))
    done = client.post("/account/passkeys", data={"credential": answer, "name": "Телефон"})
    assert done.status_code in (200, 303), done.get_data(as_text=True)
    return made, re.findall(r"[a-z2-9]{5}-[a-z2-9]{5}", done.get_data(as_text=True).split('id="codes">')[-1])[:10]


def enter(client: FlaskClient, device: Device, **bent: Any) -> int:
    """Sign in with the passkey: 303 in, 422 refused."""
    answer = device.get(options(client, "/login/passkey"), **bent)
    return client.post("/login/passkey", data={"credential": answer, "next": "/deals"}).status_code


def inside(client: FlaskClient) -> bool:
    return client.get("/deals").status_code == 200


def acts(app: Flask, who: int | None) -> list[str]:
    with app.app_context():
        return [row.kind for row in db.session.query(journal.Entry).filter_by(actor_id=who).order_by(journal.Entry.id)]


def test_a_passkey_signs_in_by_itself_through_the_one_door(app: Flask, cast: Cast) -> None:
    device, codes = add(app)
    assert len(set(codes)) == 10
    browser = app.test_client()
    assert "passkeys.js" in browser.get("/login").get_data(as_text=True)
    asked = options(browser, "/login/passkey")
    assert (asked["rpId"], asked["userVerification"], asked["allowCredentials"]) == ("localhost", "required", [])
    done = browser.post("/login/passkey", data={"credential": device.get(asked), "next": "/deals"})
    assert done.headers["Location"] == "/deals"
    assert inside(browser)
    page = browser.get("/account/passkeys").get_data(as_text=True)
    assert "Телефон" in page
    assert "last used" in page
    with app.app_context():
        assert [row.by for row in db.session.query(UserSession).filter_by(user_id=cast.boris)] == ["password", "passkey"]
        kept = db.session.query(Passkey).one()
        assert kept.transports == ["hybrid", "internal"]
        entries = db.session.query(journal.Entry).filter_by(actor_id=cast.boris, kind="way.in").all()
        assert [row.data["by"] for row in entries] == ["password", "passkey"]


def test_it_leads_to_no_other_site(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    browser = app.test_client()
    answer = device.get(options(browser, "/login/passkey"))
    assert browser.post("/login/passkey", data={"credential": answer, "next": "//evil.example/"}).headers["Location"] == "/"


def test_it_stands_in_for_the_code_and_the_password_alone_opens_nothing(app: Flask, cast: Cast) -> None:
    device, codes = add(app)
    browser = app.test_client()
    assert password(browser) == "/login/code"
    assert not inside(browser)
    page = browser.get("/login/code").get_data(as_text=True)
    assert "data-passkey-go" in page
    asked = options(browser, "/login/code/passkey")
    assert [one["id"] for one in asked["allowCredentials"]] == [json.loads(device.get(asked))["id"]]
    done = browser.post("/login/code/passkey", data={"credential": device.get(asked)})
    assert done.headers["Location"] == "/deals"
    assert inside(browser)
    other = app.test_client()
    password(other)
    assert other.post("/login/code", data={"code": codes[0]}).headers["Location"] == "/deals"  # a lost phone is no lock-out
    with app.app_context():
        assert second.codes_left(cast.boris) == 9


@pytest.mark.parametrize("bend", [{"origin": "http://localhost:81"}, {"origin": "https://localhost"}, {"origin": "http://evil.example"},
                                  {"flags": PRESENT}, {"flags": 0}, {"cross_origin": True}])
def test_another_origin_and_a_key_that_nobody_unlocked_are_refused(app: Flask, cast: Cast, bend: dict[str, Any]) -> None:
    device, _codes = add(app)
    for name, value in bend.items():
        setattr(device, name, value)
    browser = app.test_client()
    assert enter(browser, device) == 422
    assert not inside(browser)
    client = sign_in(app, "vera")
    answer = device.create(options(client, "/account/passkeys", proof=PASSWORD))
    assert client.post("/account/passkeys", data={"credential": answer}).status_code == 422
    with app.app_context():
        assert db.session.query(Passkey).filter_by(user_id=cast.vera).count() == 0


def test_a_key_for_another_name_is_refused(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    device.keys[0].rp_id = "crm.example.com"
    assert enter(app.test_client(), device) == 422


def test_a_challenge_serves_once_even_from_a_copied_cookie(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    browser = app.test_client()
    answer = device.get(options(browser, "/login/passkey"))
    cookie = browser.get_cookie("voronka")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("voronka", cookie.value)
    assert browser.post("/login/passkey", data={"credential": answer}).status_code == 303
    assert thief.post("/login/passkey", data={"credential": answer}).status_code == 422
    assert not inside(thief)
    assert app.test_client().post("/login/passkey", data={"credential": answer}).status_code == 422  # without any challenge


def test_two_at_the_same_moment_use_one_challenge_once(real_app: Flask) -> None:
    with real_app.app_context():
        make_cast()
    device, _codes = add(real_app)
    browser = real_app.test_client()
    answer, cookie = device.get(options(browser, "/login/passkey")), browser.get_cookie("voronka")
    assert cookie is not None
    start = threading.Barrier(4)

    def send(_number: int) -> int:
        client = real_app.test_client()
        client.set_cookie("voronka", cookie.value)
        start.wait(10)
        return client.post("/login/passkey", data={"credential": answer}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(send, range(4))) == [303, 422, 422, 422]


def test_a_challenge_lives_five_minutes(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    for minutes, status in ((6, 422), (4, 303), (-1, 422)):
        browser = app.test_client()
        answer = device.get(options(browser, "/login/passkey"))
        with time_machine.travel(NOON + dt.timedelta(minutes=minutes), tick=False):
            assert browser.post("/login/passkey", data={"credential": answer}).status_code == status, minutes


def test_a_challenge_for_one_thing_or_person_proves_nothing_else(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    theirs, _more = add(app, "vera")
    browser = app.test_client()
    password(browser)
    answer = device.get(options(browser, "/login/passkey"))  # asked at the way in, sent as a second step
    assert browser.post("/login/code/passkey", data={"credential": answer}).status_code == 422
    answer = theirs.get(options(browser, "/login/code/passkey"))  # Vera's key after Boris's password
    assert browser.post("/login/code/passkey", data={"credential": answer}).status_code == 422
    answer = device.get(options(browser, "/login/code/passkey"))
    assert browser.post("/login/passkey", data={"credential": answer}).status_code == 422
    assert not inside(browser)


def test_a_key_that_nobody_knows_or_somebody_else_s_handle_is_refused(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    browser = app.test_client()
    assert enter(browser, device, key=Key("localhost", device.keys[0].handle)) == 422
    assert enter(browser, device, userHandle="") == 422
    assert enter(browser, device, userHandle="c29tZWJvZHk") == 422
    stolen = Key("localhost", device.keys[0].handle, id=device.keys[0].id)  # the right name, another key
    assert enter(browser, device, key=stolen) == 422
    assert acts(app, None) == ["passkey.missed"]
    assert acts(app, cast.boris).count("passkey.missed") == 3
    assert enter(browser, device) == 303


@pytest.mark.parametrize("junk", ["", "{", "[]", "null", "7", "{}", '{"rawId": 5}', '{"rawId": "\\u0000"}', '{"rawId": "AAAA"}', "[" * 5000,
                                  '{"id":"AA","rawId":"AA","type":"public-key","response":[]}'])
def test_junk_is_refused_like_a_wrong_key(app: Flask, cast: Cast, junk: str) -> None:
    browser = app.test_client()
    options(browser, "/login/passkey")
    assert browser.post("/login/passkey", data={"credential": junk}).status_code == 422
    client = sign_in(app, "boris")
    options(client, "/account/passkeys", proof=PASSWORD)
    assert client.post("/account/passkeys", data={"credential": junk}).status_code == 422


def test_a_count_that_goes_back_is_refused_and_remembered(app: Flask, cast: Cast) -> None:
    device, _codes = add(app, count=5)
    device.count = 6
    assert enter(app.test_client(), device) == 303
    for count in (6, 5, 0):
        device.count = count
        assert enter(app.test_client(), device) == 422
    assert acts(app, cast.boris).count("passkey.copied") == 3
    device.count = 2**32 - 1
    assert enter(app.test_client(), device) == 303


def test_a_removed_key_opens_nothing_and_the_last_one_takes_the_second_step_along(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    client = app.test_client()
    assert enter(client, device) == 303
    with app.app_context():
        number = db.session.query(Passkey).one().id
    assert client.post(f"/account/passkeys/{number}/remove", data={"proof": "guessed it"}).status_code == 422
    assert client.post(f"/account/passkeys/{number}/remove", data={"proof": PASSWORD}).status_code == 303
    assert enter(app.test_client(), device) == 422
    assert password(app.test_client()) == "/deals"
    with app.app_context():
        assert second.codes_left(cast.boris) == 0
        assert db.session.get(SecondStep, cast.boris) is None


def test_nobody_removes_a_stranger_s_key(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    with app.app_context():
        number = db.session.query(Passkey).one().id
    vera = sign_in(app, "vera")
    there, gone = (ask(vera, "POST", f"/account/passkeys/{one}/remove", data={"proof": PASSWORD}) for one in (number, 900_000_000))
    assert (there.status, there.location, there.statements) == (gone.status, gone.location, gone.statements)
    assert enter(app.test_client(), device) == 303


@pytest.mark.parametrize("changed", [{"active": False}, {"password_hash": None}])
def test_who_left_or_was_not_yet_let_in_does_not_enter(app: Flask, cast: Cast, changed: dict[str, Any]) -> None:
    device, _codes = add(app)
    with app.app_context():
        for name, value in changed.items():
            setattr(db.session.get_one(User, cast.boris), name, value)
        db.session.commit()
    browser = app.test_client()
    assert enter(browser, device) == 422
    assert not inside(browser)


def test_a_stranger_cannot_tell_known_keys_from_unknown_ones(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    left, _more = add(app, "vera")
    with app.app_context():
        db.session.get_one(User, cast.vera).active = False
        db.session.commit()
    browser = app.test_client()
    told = []
    wrong = Key("localhost", device.keys[0].handle, id=device.keys[0].id)
    for key in (Key("localhost", "AAAA"), wrong, left.keys[0]):
        answer = device.get(options(browser, "/login/passkey"), key=key)
        told.append(ask(browser, "POST", "/login/passkey", data={"credential": answer}))
    assert told[0].status == 422
    assert told[0] == told[1] == told[2]


def test_tries_of_one_address_end(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    browser = app.test_client()
    for _try in range(60):
        assert enter(browser, device, userHandle="") == 422
    assert enter(browser, device) == 422
    browser = app.test_client()
    answer = device.get(options(browser, "/login/passkey"))
    assert browser.post("/login/passkey", data={"credential": answer}, environ_base={"REMOTE_ADDR": "10.9.9.9"}).status_code == 303


def test_tries_of_the_second_step_end_as_those_of_codes_do(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    browser = app.test_client()
    password(browser)
    for _try in range(12):
        answer = device.get(options(browser, "/login/code/passkey"), userHandle="AAAA")
        assert browser.post("/login/code/passkey", data={"credential": answer}).status_code == 422
    answer = device.get(options(browser, "/login/code/passkey"))
    assert browser.post("/login/code/passkey", data={"credential": answer}).status_code == 422


def test_who_must_have_a_second_step_meets_it_with_a_passkey(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.query(Organization).one().second_for = "everybody"
        db.session.commit()
    browser, device = app.test_client(), Device()
    assert password(browser) == "/login/second"
    assert "data-passkey-go" in browser.get("/login/second").get_data(as_text=True)
    answer = device.create(options(browser, "/login/second/passkey"))
    done = browser.post("/login/second/passkey", data={"credential": answer})
    assert done.status_code == 200
    assert 'id="codes"' in done.get_data(as_text=True)
    assert inside(browser)
    other = app.test_client()
    assert enter(other, device) == 303
    assert inside(other)


def test_a_passkey_cannot_be_set_up_after_the_password_by_who_lacks_the_second_step(app: Flask, cast: Cast) -> None:
    add(app)
    thief = app.test_client()
    assert password(thief) == "/login/code"
    assert thief.post("/login/second/passkey/options", headers={"Accept": "application/json"}).status_code == 409
    assert thief.post("/login/second/passkey", data={"credential": "{}"}).headers["Location"] == "/login"
    assert app.test_client().post("/login/code/passkey/options").status_code == 409


def test_adding_asks_who_sits_there(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    answer = client.post("/account/passkeys/options", data={"proof": "guessed it"})
    assert answer.status_code == 422
    assert "error" in answer.get_json()
    device = Device()
    made = device.create({**options(sign_in(app, "boris"), "/account/passkeys", proof=PASSWORD)})
    assert client.post("/account/passkeys", data={"credential": made}).status_code == 422  # this browser was asked for nothing


def test_codes_and_passkeys_stand_beside_each_other(app: Flask, cast: Cast) -> None:
    client, key, codes = turn_codes_on(app)
    device = Device()
    answer = device.create(options(client, "/account/passkeys", proof=code(key)))
    assert client.post("/account/passkeys", data={"credential": answer}).status_code == 303  # recovery codes are there already
    browser = app.test_client()
    password(browser)
    page = browser.get("/login/code").get_data(as_text=True)
    assert "one-time-code" in page
    assert "data-passkey-go" in page
    assert client.post("/account/second/off", data={"proof": PASSWORD}).status_code == 303
    assert password(app.test_client()) == "/login/code"
    with app.app_context():
        assert second.step_of(cast.boris) is None
        assert second.codes_left(cast.boris) == 10
    assert client.post("/account/second/codes", data={"proof": PASSWORD}).status_code == 200
    again = app.test_client()
    password(again)
    assert again.post("/login/code", data={"code": codes[0]}).status_code == 422
    assert enter(app.test_client(), device) == 303


def test_owner_and_command_take_passkeys_off_too(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    for help_out in (lambda: owner.post(f"/settings/users/{cast.boris}/second/off").status_code == 303,
                     lambda: app.test_cli_runner().invoke(args=["user", "disable-2fa", "boris@example.com"]).exit_code == 0):
        device, _codes = add(app)
        assert "Turn the second step off" in owner.get(f"/settings/users/{cast.boris}").get_data(as_text=True)
        assert help_out()
        assert enter(app.test_client(), device) == 422
        assert password(app.test_client()) == "/deals"


def test_the_person_is_told_by_letter(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost:1")
    device, _codes = add(app)
    client = app.test_client()
    enter(client, device)
    with app.app_context():
        number = db.session.query(Passkey).one().id
    client.post(f"/account/passkeys/{number}/remove", data={"proof": PASSWORD})
    with app.app_context():
        letters = [(one.to, one.subject) for one in db.session.query(Letter).order_by(Letter.id)]
        assert letters == [("boris@example.com", "Passkey added"), ("boris@example.com", "Passkey removed")]


@pytest.mark.parametrize(("base", "host", "place"), [
    ("https://crm.example.com", "anything.example", ("crm.example.com", "https://crm.example.com")),
    ("https://CRM.example.com:8443/x", "localhost", ("crm.example.com", "https://crm.example.com:8443")),
    ("https://пример.рф", "localhost", ("xn--e1afmkfd.xn--p1ai", "https://xn--e1afmkfd.xn--p1ai")),
    ("http://localhost:8000", "10.0.0.1", ("localhost", "http://localhost:8000")),
    ("", "localhost:8000", ("localhost", "http://localhost:8000")),
    ("http://192.168.0.5", "localhost", ("localhost", "http://localhost")),
    ("", "192.168.0.5", None), ("", "crm.example.com", None), ("", "https://evil.example", None),
    ("http://10.0.0.1", "https://evil.example", None), ("http://crm.example.com", "crm.example.com", None),
    ("https://192.168.0.5", "192.168.0.5", None), ("https://[::1]", "[::1]", None)])
def test_where_they_work(app: Flask, monkeypatch: pytest.MonkeyPatch, base: str, host: str, place: tuple[str, str] | None) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", base)
    with app.test_request_context("/", base_url=host if "://" in host else f"http://{host}/"):
        found = passkeys.place()
        assert (found and (found.rp_id, found.origin)) == place


def test_where_they_do_not_work_the_page_says_so(app: Flask, cast: Cast) -> None:
    device, _codes = add(app)
    client = app.test_client()
    enter(client, device)
    cookie = client.get_cookie("voronka")
    assert cookie is not None
    there, base = app.test_client(), "http://192.168.0.5"
    there.set_cookie("voronka", cookie.value, domain="192.168.0.5")
    page = there.get("/account/passkeys", base_url=base).get_data(as_text=True)
    assert "BASE_URL" in page
    assert "data-passkey-go" not in page
    stranger = app.test_client()
    assert "passkey" not in stranger.get("/login", base_url=base).get_data(as_text=True)
    assert stranger.post("/login/passkey/options", base_url=base, headers={"Accept": "application/json"}).status_code == 409


def test_a_key_that_only_waited_for_its_first_code_opens_nothing_beside_a_passkey(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    with app.app_context():
        db.session.query(Organization).one().second_for = "everybody"
        db.session.commit()
    thief = app.test_client()  # knows the password, and is shown a key because Boris has no second step yet
    assert password(thief) == "/login/second"
    key = key_on(thief.get("/login/second").get_data(as_text=True))
    device = Device()
    answer = device.create(options(client, "/account/passkeys", proof=PASSWORD))
    assert client.post("/account/passkeys", data={"credential": answer}).status_code == 200
    assert password(thief) == "/login/code"
    assert thief.post("/login/code", data={"code": code(key)}).status_code == 422
    assert not inside(thief)


def test_a_second_step_that_came_meanwhile_is_neither_joined_nor_robbed_of_its_codes(app: Flask, cast: Cast) -> None:
    _device, codes = add(app)
    with app.app_context():
        step = db.session.get_one(SecondStep, cast.boris)
        late = passkeys.NewKey("late", "key", 0, "handle", "localhost", [])
        with pytest.raises(Stale):
            passkeys.add(db.session.get_one(User, cast.boris), late, name="Late", salt=step.salt, hashes=["of a new code"])
        db.session.rollback()
        assert second.codes_left(cast.boris) == len(codes)
        assert db.session.query(Passkey).count() == 1
