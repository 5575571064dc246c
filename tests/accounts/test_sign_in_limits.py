"""Limits of the way in."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations, passwords
from crm.accounts.models import SignInCount
from crm.core.db import db, utcnow
from tests.cast import PASSWORD, Cast


def _try(client: FlaskClient, password: str, address: str) -> int:
    return client.post("/login", data={"email": "owner@example.com", "password": password},
                       environ_base={"REMOTE_ADDR": address}, headers={"Accept-Language": "en"}).status_code


def test_one_ipv6_network_counts_as_one_address(client: FlaskClient, cast: Cast) -> None:
    for last in range(1, 13):
        _try(client, "no", f"2001:db8:0:1::{last:x}")
    assert _try(client, PASSWORD, "2001:db8:0:1:ffff::1") == 422
    assert _try(client, PASSWORD, "2001:db8:0:2::1") == 303


def test_a_full_line_is_answered_at_once_and_costs_no_try(client: FlaskClient, cast: Cast) -> None:
    places = [passwords._in_line.acquire(blocking=False) for _ in range(4)]
    try:
        assert all(places)
        assert {_try(client, PASSWORD, "10.0.0.8") for _ in range(13)} == {503}
    finally:
        for _ in places:
            passwords._in_line.release()
    assert _try(client, PASSWORD, "10.0.0.8") == 303


def test_the_commonest_passwords_are_refused(app: Flask) -> None:
    with app.test_request_context(), pytest.raises(operations.AccountError):
        operations.make_password_hash("Qwerty123")


def test_a_count_stamped_in_the_future_is_old(app: Flask, client: FlaskClient, cast: Cast) -> None:
    """The clock was a year ahead for a minute: what was counted then locks nobody out until next year."""
    for _time in range(13):
        _try(client, "no", "10.0.0.9")
    assert _try(client, PASSWORD, "10.0.0.9") == 422
    with app.app_context():
        db.session.execute(sa.update(SignInCount).values(since=utcnow() + dt.timedelta(days=365)))
        db.session.commit()
    assert _try(client, PASSWORD, "10.0.0.9") == 303
