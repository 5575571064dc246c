"""Forgotten passwords: a link by mail or by the owner's hand, once, for a term, and nothing learned by strangers."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import resets
from crm.accounts.models import PasswordReset, SignInCount
from crm.core.db import db, utcnow
from crm.core.jobs import Job, run_one
from crm.mail import delivery
from tests.cast import PASSWORD, Cast, sign_in
from tests.statements import asked

NEW = "quite another one"
TOKEN = re.compile(r'(?<=content=")[^"]{40,}|(?<=value=")[^"]{40,}')  # of the form
EN = {"Accept-Language": "en"}


@pytest.fixture
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """(to, text) of what was handed to the mail server; the conversation itself is tested with the letters."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost:25")
    monkeypatch.setitem(app.config, "BASE_URL", "https://crm.example")
    monkeypatch.setattr(delivery, "hand_over", lambda mail, _url: sent.append((mail["To"], mail.get_content())))
    return sent


def work(app: Flask) -> None:
    with app.app_context():
        while run_one():
            pass


def ask(client: FlaskClient, email: str, address: str = "10.0.0.1") -> str:
    answer = client.post("/forgot", data={"email": email}, headers={**EN, "X-Request-ID": "same-number"},
                         environ_base={"REMOTE_ADDR": address})
    return f"{answer.status_code} {TOKEN.sub('', answer.get_data(as_text=True))}"


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s\"]+(/reset/[\w-]+)", text)
    assert found
    return found[1]


def by_hand(owner: FlaskClient, user_id: int) -> str:
    return link_in(owner.post(f"/settings/users/{user_id}/reset").get_data(as_text=True))


def test_a_person_gets_a_new_password_by_mail_once(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    elsewhere, guest = sign_in(app, "boris"), app.test_client()
    ask(guest, "BORIS@example.com")
    work(app)
    assert [to for to, _text in letters] == ["boris@example.com"]
    link = link_in(letters[0][1])
    for _ in range(2):  # looking does not use it up
        assert guest.get(link).status_code == 200
    assert guest.post(link, data={"password": "short"}).status_code == 422
    changed = guest.post(link, data={"password": NEW})
    assert (changed.status_code, changed.headers["Location"]) == (303, "/login")
    assert elsewhere.get("/account/").status_code == 303
    assert guest.get("/account/").status_code == 303  # the link itself lets nobody in
    assert (guest.get(link).status_code, guest.post(link, data={"password": NEW}).status_code) == (404, 404)
    assert guest.post("/login", data={"email": "boris@example.com", "password": NEW}).status_code == 303
    work(app)
    assert letters[1][0] == "boris@example.com"


def test_a_stranger_learns_nothing(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    told, sizes = set(), []
    for email in ("boris@example.com", "nobody@example.com"):
        with asked(app) as seen:
            told.add(ask(app.test_client(), email))
        sizes.append([re.sub(r"_\d+$", "", one) for one in seen])  # savepoints of the test are numbered
    assert len(told) == 1
    assert sizes[0] == sizes[1]
    work(app)
    assert len(letters) == 1
    with app.app_context():
        assert db.session.scalars(sa.select(Job).where(Job.kind == resets.LETTER)).all() == []


def test_the_secret_of_a_link_stands_in_no_table(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    ask(app.test_client(), "boris@example.com")
    work(app)
    token = link_in(letters[0][1]).rpartition("/")[2]
    with app.app_context():
        kept = [str(row) for table in db.metadata.sorted_tables for row in db.session.execute(sa.select(table)).all()]
    assert not [row for row in kept if token in row]


@pytest.mark.parametrize("state", ["late", "left", "changed"])
def test_a_link_ends(app: Flask, cast: Cast, state: str) -> None:
    owner = sign_in(app, "owner")
    link = by_hand(owner, cast.boris)
    if state == "late":
        with app.app_context():
            db.session.execute(sa.update(PasswordReset).values(until=utcnow() - dt.timedelta(seconds=1)))
            db.session.commit()
    elif state == "left":
        for active in (0, 1):
            owner.post(f"/settings/users/{cast.boris}/active/{active}")
    else:
        sign_in(app, "boris").post("/account/password", data={"present": PASSWORD, "password": NEW})
    assert app.test_client().post(link, data={"password": "a third good one"}).status_code == 404


def test_the_owner_makes_a_link_for_a_day_and_others_do_not(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    assert "/reset" in owner.get(f"/settings/users/{cast.boris}").get_data(as_text=True)
    first, second = by_hand(owner, cast.boris), by_hand(owner, cast.boris)
    with app.app_context():
        left = db.session.scalars(sa.select(PasswordReset.until)).all()
    assert all(dt.timedelta(hours=23) < until - utcnow() <= dt.timedelta(hours=24) for until in left)
    assert sign_in(app, "vera").post(f"/settings/users/{cast.boris}/reset").status_code == 403
    answer = app.test_client().get(first)
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (200, "no-referrer")
    assert app.test_client().post(second, data={"password": NEW}).status_code == 303
    assert app.test_client().get(first).status_code == 404


def test_without_mail_the_page_says_whom_to_ask(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://localhost:25")  # without BASE_URL a stranger would choose the link's host
    client = app.test_client()
    assert "Ask the owner" in client.get("/forgot", headers=EN).get_data(as_text=True)
    assert ask(client, "boris@example.com").startswith("422")
    with app.app_context():
        assert db.session.scalars(sa.select(Job).where(Job.kind == resets.LETTER)).all() == []


def test_letters_are_limited_for_an_account_and_from_an_address(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    said = {ask(app.test_client(), "boris@example.com", f"10.0.{number}.1") for number in range(8)}
    said |= {ask(app.test_client(), f"nobody{number}@example.com") for number in range(20)}
    said.add(ask(app.test_client(), "vera@example.com"))
    work(app)
    assert (len(said), [to for to, _text in letters]) == (1, ["boris@example.com"] * 5)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInCount))


def test_a_new_browser_is_told_by_mail(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    sign_in(app, "boris")
    sign_in(app, "boris")
    work(app)
    assert [to for to, _text in letters] == ["boris@example.com"]


def test_a_mail_server_that_is_away_is_tried_again_and_leaves_no_link(app: Flask, cast: Cast, letters: list[tuple[str, str]],
                                                                     monkeypatch: pytest.MonkeyPatch) -> None:
    ask(app.test_client(), "boris@example.com")
    monkeypatch.setattr(delivery, "hand_over", lambda _mail, _url: delivery.Trouble("no route", True))
    work(app)
    with app.app_context():
        assert db.session.scalars(sa.select(PasswordReset)).all() == []
        assert [job.attempts for job in db.session.scalars(sa.select(Job).where(Job.kind == resets.LETTER))] == [1]


def test_a_link_that_went_to_the_old_address_ends_with_it(app: Flask, cast: Cast, letters: list[tuple[str, str]]) -> None:
    guest, owner = app.test_client(), sign_in(app, "owner")
    ask(guest, "boris@example.com")
    work(app)
    link = link_in(letters[0][1])
    sent = {"name": "Борис", "email": "boris@example.com", "role": "manager", "team_id": ""}
    assert owner.post(f"/settings/users/{cast.boris}", data=sent).status_code == 303
    assert guest.get(link).status_code == 200  # nothing about the mailbox has changed
    assert owner.post(f"/settings/users/{cast.boris}", data={**sent, "email": "boris.new@example.com"}).status_code == 303
    assert (guest.get(link).status_code, guest.post(link, data={"password": NEW}).status_code) == (404, 404)
