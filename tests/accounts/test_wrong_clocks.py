"""A clock that was wrong for a while: what it stamped in the future neither lasts longer than the rule nor puts anybody out."""

import datetime as dt
import re

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import devices, jobs, queries, resets, second
from crm.accounts.models import PasswordReset, SecondStep, User, UserSession
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.core.jobs import beat_now
from tests.cast import PASSWORD, Cast, sign_in

NOW = dt.datetime(2030, 5, 6, 12, tzinfo=dt.UTC)
AHEAD, HOUR = NOW + dt.timedelta(days=400), NOW - dt.timedelta(hours=1)


def sends(client: FlaskClient, page: str) -> int:
    """What is answered to the form of a page that was opened before."""
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    return client.post("/account/theme", data={"csrf_token": token[1], "theme": "dark"}).status_code


def test_a_form_that_is_open_while_the_clock_is_set_back_can_be_sent(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app, "boris")
        app.config["WTF_CSRF_ENABLED"] = True
        try:
            page = client.get("/account/").text
            with time_machine.travel(HOUR, tick=False):
                assert sends(client, page) < 400
            with time_machine.travel(NOW - dt.timedelta(days=400), tick=False):
                assert sends(client, page) < 400
            with time_machine.travel(AHEAD, tick=False):
                assert client.get("/account/").status_code == 303
        finally:
            app.config["WTF_CSRF_ENABLED"] = False


def test_a_browser_is_known_although_the_clock_was_set_back(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app, "boris")
        cookie = client.get_cookie("voronka-device")
    assert cookie
    for moment, known in ((HOUR, True), (NOW, True), (AHEAD + dt.timedelta(days=1), False)):
        with time_machine.travel(moment, tick=False), app.test_request_context(headers={"Cookie": f"voronka-device={cookie.value}"}):
            assert bool(devices.known_to(cast.boris)) is known


def test_a_session_of_the_future_goes_on_and_ends_as_one_that_began_now(app: Flask, cast: Cast) -> None:
    with time_machine.travel(AHEAD, tick=False):
        client = sign_in(app, "boris")
    with time_machine.travel(NOW, tick=False):
        assert client.get("/account/").status_code == 200
        with app.app_context():
            jobs.tidy()
            db.session.commit()
        assert client.get("/account/").status_code == 200
        with app.app_context():
            kept = db.session.query(UserSession).filter_by(user_id=cast.boris).one()
            assert max(kept.created_at, kept.last_seen_at) <= NOW
    with time_machine.travel(NOW + queries.IDLE + dt.timedelta(minutes=1), tick=False):
        assert client.get("/account/").status_code == 303


def test_when_a_session_was_seen_is_not_brought_in_by_a_clock_of_before(app: Flask, cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        client = sign_in(app, "boris")
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        assert client.get("/account/").status_code == 200
    with time_machine.travel(NOW + dt.timedelta(hours=1), tick=False):
        beat_now(app)
        with app.app_context():
            assert db.session.query(UserSession.last_seen_at).filter_by(user_id=cast.boris).scalar() == NOW + dt.timedelta(hours=1)


def test_links_of_the_future_end_with_their_term_from_now_on(app: Flask, cast: Cast) -> None:
    with app.app_context():
        resets.keep_link(cast.boris, "secret", resets.BY_HAND)
        db.session.query(PasswordReset).update({"until": utcnow() + dt.timedelta(days=400)})
        db.session.query(User).filter_by(id=cast.vera).update({"invite_until": utcnow() + dt.timedelta(days=400)})
        jobs.tidy()
        db.session.commit()
        assert db.session.query(PasswordReset).one().until <= utcnow() + resets.BY_HAND + CLOCKS_DIFFER
        until = db.session.get_one(User, cast.vera).invite_until
        assert until is not None
        assert until <= utcnow() + dt.timedelta(days=7)


def test_the_days_tries_of_a_second_step_are_not_counted_until_next_year(app: Flask, cast: Cast) -> None:
    with app.app_context():
        second.start(db.session.get_one(User, cast.boris))
        step = db.session.get_one(SecondStep, cast.boris)
        step.tries, step.tries_since = second.TRIES_A_DAY, utcnow() + dt.timedelta(days=365)
        db.session.commit()
        assert second.take_try(cast.boris, "10.0.0.1")
        assert db.session.query(SecondStep.tries).scalar() == 1


def test_after_the_clock_was_set_right_a_password_opens(app: Flask, cast: Cast) -> None:
    with time_machine.travel(AHEAD, tick=False):
        sign_in(app, "boris")
    with time_machine.travel(NOW, tick=False):
        client = app.test_client()
        assert client.post("/login", data={"email": "boris@example.com", "password": PASSWORD}).status_code == 303
