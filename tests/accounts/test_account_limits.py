"""Guesses at one account from many addresses: limited, and no way to lock its owner out of a browser they use."""

from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast


def _try(client: FlaskClient, password: str, address: str) -> int:
    return client.post("/login", data={"email": "owner@example.com", "password": password},
                       environ_base={"REMOTE_ADDR": address}, headers={"Accept-Language": "en"}).status_code


def test_a_stranger_from_many_addresses_does_not_lock_a_known_browser_out(client: FlaskClient, cast: Cast, app: Flask) -> None:
    assert _try(client, PASSWORD, "10.0.0.1") == 303
    client.post("/logout")
    thief = app.test_client()
    for number in range(61):
        _try(thief, "no", f"10.1.{number}.1")
    assert _try(thief, PASSWORD, "10.2.0.1") == 422
    assert [_try(client, "no", "10.0.0.1") for _ in range(11)] == [422] * 11  # a dozen honest misses fit
    assert _try(client, PASSWORD, "10.0.0.1") == 303


def test_a_known_browser_has_a_dozen_tries_and_no_more(client: FlaskClient, cast: Cast) -> None:
    _try(client, PASSWORD, "10.0.0.1")
    client.post("/logout")
    for number in range(12):
        _try(client, "no", f"10.3.{number}.1")
    assert _try(client, PASSWORD, "10.3.99.1") == 422


def test_a_browser_known_to_one_has_no_tries_of_its_own_for_another(client: FlaskClient, cast: Cast, app: Flask) -> None:
    client.post("/login", data={"email": "boris@example.com", "password": PASSWORD}, environ_base={"REMOTE_ADDR": "10.0.0.1"})
    for number in range(61):
        _try(app.test_client(), "no", f"10.1.{number}.1")
    assert _try(client, PASSWORD, "10.0.0.1") == 422


def test_right_passwords_of_a_whole_office_spend_nobodys_tries(cast: Cast, app: Flask) -> None:
    assert {_try(app.test_client(), PASSWORD, "10.0.0.1") for _ in range(65)} == {303}
