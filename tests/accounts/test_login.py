"""Signing in and out."""

from flask import Flask
from flask.testing import FlaskClient

from tests.cast import PASSWORD, Cast, sign_in


def test_the_right_password_leads_away_from_the_sign_in_page(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/login", data={"email": "OWNER@example.com", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_wrong_password_is_answered_with_a_sentence(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/login", data={"email": "owner@example.com", "password": "no"},
                         headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "The e-mail or the password is wrong." in answer.get_data(as_text=True)


def test_after_twelve_misses_from_one_address_the_right_password_waits(client: FlaskClient, cast: Cast) -> None:
    for _ in range(12):
        client.post("/login", data={"email": "owner@example.com", "password": "no"})
    answer = client.post("/login", data={"email": "owner@example.com", "password": PASSWORD})
    assert answer.status_code == 422
    elsewhere = client.post("/login", data={"email": "owner@example.com", "password": PASSWORD},
                            environ_base={"REMOTE_ADDR": "10.0.0.7"})
    assert elsewhere.status_code == 303


def test_next_may_not_lead_to_another_host(client: FlaskClient, cast: Cast) -> None:
    for bad in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = client.post("/login", data={"email": "owner@example.com", "password": PASSWORD, "next": bad})
        assert answer.headers["Location"] == "/"


def test_logging_out_ends_the_session(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "boris")
    client.post("/logout")
    assert client.post("/logout").headers["Location"].startswith("/login")


def test_a_long_way_back_keeps_nobody_out(client: FlaskClient, cast: Cast) -> None:
    back = "/deals?q=" + "x" * 600
    answer = client.post("/login", data={"email": "owner@example.com", "password": PASSWORD, "next": back})
    assert (answer.status_code, answer.headers["Location"]) == (303, back)


def test_an_endless_password_is_answered_with_a_sentence(client: FlaskClient, cast: Cast) -> None:
    answer = client.post("/login", data={"email": "owner@example.com", "password": "p" * 300},
                         headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "200 characters" in answer.get_data(as_text=True)
