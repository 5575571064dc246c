"""Sessions: one for each browser, ended from afar, over by themselves when nobody uses them."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import jobs, queries, sessions
from crm.accounts.browsers import browser_name
from crm.accounts.models import User, UserSession
from crm.core.db import db, utcnow
from crm.core.jobs import beat_now
from tests.cast import PASSWORD, Cast, sign_in
from tests.statements import asked

IN, OUT = 200, 303


def state(client: FlaskClient) -> int:
    return client.get("/account/").status_code


def rows(app: Flask, user_id: int) -> list[UserSession]:
    with app.app_context():
        db.session.rollback()
        return list(db.session.scalars(sa.select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.id)))


def change(app: Flask, **values: object) -> None:
    with app.app_context():
        db.session.execute(sa.update(UserSession).values(**values))
        db.session.commit()


def test_the_table_keeps_no_secret_that_opens_a_session(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    with client.session_transaction() as session:
        secret = session["_user_id"].partition(".")[2]
    kept = rows(app, cast.boris)[0]
    assert len(secret) >= 32
    assert secret not in str(vars(kept))


def test_a_copied_cookie_opens_nothing_after_signing_out(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    thief = app.test_client()
    for name in ("voronka", "voronka-remember"):
        cookie = client.get_cookie(name)
        assert cookie is not None
        thief.set_cookie(name, cookie.value)
    assert state(thief) == IN
    client.post("/logout")
    assert state(thief) == OUT
    assert rows(app, cast.boris) == []


def test_the_remembering_cookie_alone_goes_on_and_ends_with_the_session(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    client.delete_cookie("voronka")
    assert state(client) == IN
    client.delete_cookie("voronka")
    change(app, token_hash="0" * 64)
    assert state(client) == OUT


@pytest.mark.parametrize("cookie", ["", "1", "1.", ".x", "1.wrong", "99999999999999.x", "a.b", "\u00b2.x"])
def test_a_cookie_of_another_kind_is_nobody(app: Flask, cast: Cast, cookie: str) -> None:
    client = sign_in(app, "boris")
    client.delete_cookie("voronka-remember")
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert state(client) == OUT


def test_one_ends_another_browser_and_all_others_but_no_strangers(app: Flask, cast: Cast) -> None:
    here, one, two, stranger = (sign_in(app, who) for who in ("boris", "boris", "boris", "gleb"))
    ids = [row.id for row in rows(app, cast.boris)]
    foreign = rows(app, cast.gleb)[0].id
    page = here.get("/account/").get_data(as_text=True)
    assert re.findall(r"/account/sessions/(\d+)/end", page) == [str(ids[2]), str(ids[1])]
    assert here.post(f"/account/sessions/{ids[1]}/end").status_code == 303
    assert (state(one), state(two)) == (OUT, IN)
    assert here.post(f"/account/sessions/{foreign}/end").status_code == 404
    here.post("/account/sessions/others/end")
    assert (state(here), state(two), state(stranger)) == (IN, OUT, IN)


def test_a_strangers_session_is_answered_like_none_at_all(app: Flask, cast: Cast) -> None:
    here, _stranger = sign_in(app, "boris"), sign_in(app, "gleb")
    foreign, bodies = rows(app, cast.gleb)[0].id, []
    for number in (foreign, 999_999):
        with asked(app) as seen:
            answer = here.post(f"/account/sessions/{number}/end", headers={"X-Request-ID": "same-number"})
        bodies.append((answer.status_code, len(answer.get_data()), len(seen)))
    assert bodies[0] == bodies[1]


def test_the_owner_signs_a_person_out_everywhere_and_a_manager_does_not(app: Flask, cast: Cast) -> None:
    owner, vera, boris = sign_in(app, "owner"), sign_in(app, "vera"), sign_in(app, "boris")
    assert vera.post(f"/settings/users/{cast.boris}/sessions/end").status_code == 403
    assert "Firefox" not in owner.get(f"/settings/users/{cast.boris}").get_data(as_text=True)
    owner.post(f"/settings/users/{cast.boris}/sessions/end")
    assert (state(boris), state(vera), state(owner)) == (OUT, IN, IN)


def test_signing_in_again_in_one_browser_leaves_one_session(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    client.post("/login", data={"email": "boris@example.com", "password": PASSWORD})
    client.post("/login", data={"email": "vera@example.com", "password": PASSWORD})
    assert (len(rows(app, cast.boris)), len(rows(app, cast.vera))) == (0, 1)


def test_a_session_lasts_while_it_is_used_and_a_year_at_most(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    change(app, last_seen_at=utcnow() - queries.IDLE + dt.timedelta(minutes=1))
    assert state(client) == IN
    change(app, last_seen_at=utcnow() - queries.IDLE)
    assert state(client) == OUT
    change(app, last_seen_at=utcnow(), created_at=utcnow() - queries.LONGEST)
    assert state(client) == OUT
    with app.app_context():
        jobs.tidy()
        db.session.commit()
    assert rows(app, cast.boris) == []


def test_a_page_writes_nothing_for_the_last_seen_moment_and_the_beat_does(app: Flask, cast: Cast) -> None:
    client, before = sign_in(app, "boris"), utcnow() - dt.timedelta(hours=1)
    change(app, last_seen_at=before)
    client.get("/account/", environ_base={"REMOTE_ADDR": "10.1.2.3"})
    assert rows(app, cast.boris)[0].last_seen_at == before
    beat_now(app)
    seen = rows(app, cast.boris)[0]
    assert (seen.last_seen_at > before, seen.address) == (True, "10.1.2.3")
    client.get("/account/", environ_base={"REMOTE_ADDR": "10.9.9.9"})
    beat_now(app)
    assert rows(app, cast.boris)[0].address == "10.1.2.3"


def test_person_role_and_session_are_one_statement(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    with asked(app) as seen:
        client.get("/login")
    assert [(" role" in one, "user_session" in one) for one in seen if "password_hash" in one] == [(True, True)]


def test_the_first_way_in_from_another_browser_is_told_to_the_person(app: Flask, cast: Cast) -> None:
    first = sign_in(app, "boris")
    first.post("/logout")
    first.post("/login", data={"email": "boris@example.com", "password": PASSWORD})
    assert "not used before" not in first.get("/account/").get_data(as_text=True)
    second = sign_in(app, "boris")
    assert "not used before" in first.get("/account/").get_data(as_text=True)
    assert "not used before" not in second.get("/account/").get_data(as_text=True)
    first.post("/account/sessions/mine")
    assert "not used before" not in first.get("/account/").get_data(as_text=True)


def test_a_device_cookie_opens_nothing_and_cannot_be_made(app: Flask, cast: Cast) -> None:
    sign_in(app, "boris")
    forger = app.test_client()
    forger.set_cookie("voronka-device", "eyJpZCI6IngiLCJwZW9wbGUiOlsxLDIsM119.x.y")
    assert state(forger) == OUT
    forger.post("/login", data={"email": "boris@example.com", "password": PASSWORD})
    assert [row.new_device for row in rows(app, cast.boris)] == [False, True]


def test_the_log_tells_ways_in_misses_and_ends_without_what_was_typed(app: Flask, cast: Cast) -> None:
    stranger, boris = app.test_client(), sign_in(app, "boris")
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"}
    for email in ("boris@example.com", "no-such-person@example.com"):
        stranger.post("/login", data={"email": email, "password": "typed-secret"}, headers=agent)
    boris.post("/account/password", data={"present": PASSWORD, "password": "another good one"})
    page = boris.get("/account/").get_data(as_text=True)
    assert all(word in page for word in ("Signed in by password", "Wrong password", "Firefox, Linux", "Password changed"))
    boris.post("/logout")
    log = sign_in(app, "owner").get("/settings/log?kind=way.missed").get_data(as_text=True)
    assert log.count("Firefox, Linux") == 2
    assert "typed-secret" not in log
    assert "no-such-person" not in log
    assert "Signed out" in sign_in(app, "owner").get("/settings/log").get_data(as_text=True)


@pytest.mark.parametrize(("told", "name"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Safari/537.36", "Chrome, Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 YaBrowser/24.4 Safari/537.36", "Yandex, Windows"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Safari/537.36 Edg/124.0", "Edge, Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Mobile/15E148 "
     "Safari/604.1", "Safari, iPhone"),
    ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0 Mobile Safari/537.36", "Chrome, Android"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:125.0) Gecko/20100101 Firefox/125.0", "Firefox, macOS"),
    ("curl/8.5.0", ""), ("", "")])
def test_a_browser_is_known_by_two_words(told: str, name: str) -> None:
    assert browser_name(told) == name


def test_a_session_made_outside_of_a_request_opens_the_door(app: Flask, cast: Cast) -> None:
    with app.app_context():
        cookie = sessions.begin(db.session.get_one(User, cast.vera), by="password")
        db.session.commit()
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = cookie
    assert state(client) == IN


def test_a_mark_that_comes_late_does_not_put_a_session_back_in_time(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    session_id = rows(app, cast.boris)[0].id
    app.extensions["sessions_seen"] = {session_id: (utcnow() - queries.IDLE * 2, "192.0.2.1")}
    beat_now(app)
    assert state(client) == IN
