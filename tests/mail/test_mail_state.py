"""What Health says of mail: green only when the last try went well or nothing was ever sent."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts import entry, resets
from crm.accounts.models import PasswordReset, User
from crm.core import jobs
from crm.core.db import db, utcnow
from crm.core.health import BAD, GOOD, WARN
from crm.core.jobs import Job, run_one
from crm.mail import operations
from crm.mail.models import Letter
from crm.mail.state import outbox_state
from tests.cast import Cast, sign_in
from tests.mail.mailbox import Mailbox
from tests.statements import asked

NOBODY = "smtp://127.0.0.1:9"  # refuses the connection
REFUSED = "127.0.0.1 refuses the connection."
pytestmark = pytest.mark.usefixtures("english")


@pytest.fixture
def english(app: Flask, context: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The company speaks English, and its mail server is away."""
    db.session.execute(sa.text("UPDATE organization SET locale = 'en'"))
    db.session.commit()
    db.session.expire_all()
    g.locale = "en"
    monkeypatch.setitem(app.config, "SMTP_URL", NOBODY)


def say() -> tuple[str, str]:
    state = outbox_state()
    return state.level, state.sentence


def write(user_id: int, to: str = "client@example.com") -> int:
    letter = operations.write_letter(to=to, subject="КП", body="Добрый день!", actor=db.session.get_one(User, user_id))
    db.session.commit()
    return letter.id


def work() -> None:
    """Everything that is due or waits for its next try."""
    db.session.execute(sa.update(Job).values(run_at=utcnow()))
    db.session.commit()
    assert run_one()


def test_nothing_sent_is_green() -> None:
    assert say() == (GOOD, "A mail server is set; no letter has been sent yet.")


def test_letters_of_the_program_that_do_not_go_are_told_until_they_go(
        app: Flask, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    entry.tell(db.session.get_one(User, cast.boris), "password")
    work()
    text = sign_in(app, "owner").get("/settings/health/").text
    assert "1 letter has not gone out, since today, " in text
    assert REFUSED in text
    assert "links for new passwords" in text
    assert outbox_state().level == BAD
    db.session.execute(sa.update(Job).values(run_at=utcnow()))
    assert jobs.claim()
    assert outbox_state().level == BAD  # while a try runs it is no better
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    work()
    assert (outbox_state().level, len(Mailbox.letters)) == (GOOD, 1)


def test_all_tries_of_a_notice_carry_one_message_id(app: Flask, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    entry.tell(db.session.get_one(User, cast.boris), "password")
    Mailbox.answers["END"] = b""  # taken, and the line breaks
    work()
    Mailbox.answers.clear()
    work()
    assert [len(Mailbox.letters), len({re.search(r"(?m)^Message-ID: <(notice-\S+)>", one)[1] for one in Mailbox.letters})] == [2, 1]  # type: ignore[index]
    assert all(re.search(r"(?m)^Date: \w{3}, ", one) for one in Mailbox.letters)


def test_a_link_for_a_new_password_is_given_up_when_it_is_of_no_use_any_more(
        app: Flask, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    resets.ask("boris@example.com", "10.0.0.1")
    for _try in range(4):
        assert run_one()
        db.session.execute(sa.update(Job).values(run_at=utcnow()))
        db.session.commit()
    job = db.session.scalars(sa.select(Job).where(Job.kind == resets.LETTER)).one()
    assert (job.attempts, REFUSED in (job.error or "")) == (jobs.MAX_ATTEMPTS, True)
    job.payload = job.payload.replace(str(utcnow().year), "2020")  # long ago
    db.session.commit()
    owner = sign_in(app, "owner")
    db.session.execute(sa.delete(Job).where(Job.kind == entry.NOTICE))
    db.session.commit()
    owner.post("/settings/health/jobs/again")
    assert run_one()
    assert outbox_state().level == BAD  # nothing has shown that mail goes again
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    owner.post("/settings/health/jobs/again")
    assert run_one()
    assert (outbox_state().level, Mailbox.letters, db.session.scalars(sa.select(PasswordReset)).all()) == (GOOD, [], [])


def test_a_letter_of_a_person_that_waits_for_its_next_try_is_told(app: Flask, cast: Cast) -> None:
    write(cast.boris)
    assert run_one()
    level, sentence = say()
    assert (level, REFUSED in sentence, outbox_state().href) == (BAD, True, "/outbox")


def test_a_letter_that_was_refused_is_red_until_another_goes_and_then_yellow(
        app: Flask, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    Mailbox.answers["RCPT"] = b"550 no such user"
    first = write(cast.boris)
    assert run_one()
    assert (say()[0], "550 no such user" in say()[1]) == (BAD, True)
    Mailbox.answers.clear()
    write(cast.boris)
    assert run_one()
    assert (say()[0], "1 letter has not gone out, since today, " in say()[1]) == (WARN, True)
    db.session.execute(sa.update(Letter).where(Letter.id == first).values(created_at=utcnow() - dt.timedelta(days=15)))
    db.session.commit()
    assert say() == (GOOD, "Letters go out.")


def test_a_letter_that_nobody_tries_is_told(cast: Cast) -> None:
    letter_id = write(cast.boris)
    db.session.execute(sa.delete(Job))
    db.session.execute(sa.update(Letter).where(Letter.id == letter_id).values(created_at=utcnow() - dt.timedelta(hours=3)))
    db.session.commit()
    level, sentence = say()
    assert (level, "1 letter waits since" in sentence) == (WARN, True)


def test_many_letters_cost_no_more_statements(app: Flask, cast: Cast) -> None:
    counts = []
    for _round in range(2):
        for _letter in range(4):
            write(cast.boris)
            entry.tell(db.session.get_one(User, cast.vera), "password")
        while run_one():
            pass
        with asked(app) as seen:
            outbox_state()
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 6
