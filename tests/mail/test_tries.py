"""A letter that does not go: tried again with growing gaps, given up and told, and never sent twice by us."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import jobs
from crm.core.db import db, utcnow
from crm.core.events import Event, EventLink
from crm.core.jobs import Job, run_one
from crm.mail import operations
from crm.mail.models import Letter
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_deal, make_pipeline
from tests.mail.mailbox import Mailbox

NOBODY = "smtp://127.0.0.1:9"  # refuses the connection


@pytest.fixture
def letter_id(app: Flask, context: Session, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """A letter of Boris about a deal with a company, on its way to the mail server."""
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    g.locale = "en"  # the reader's language, in the context that the test shares with its pages
    deal = make_deal(make_pipeline(), 1, title="Столы", manager_id=cast.boris, company_id=make_company("Порт").id)
    letter = operations.write_letter(to="client@example.com", subject="КП", body="Добрый день!", deal=deal,
                                     actor=db.session.get_one(User, cast.boris))
    db.session.commit()
    return letter.id


def letter(letter_id: int) -> Letter:
    return db.session.get_one(Letter, letter_id, populate_existing=True)


def told() -> list[str]:
    return list(db.session.scalars(sa.select(Event.kind).where(Event.kind.like("letter.%")).order_by(Event.id)))


def pass_time() -> dt.timedelta:
    """The waiting job is due now; how long it would have waited."""
    job = db.session.scalars(sa.select(Job).where(Job.kind == "mail.send")).one()
    waits, job.run_at = job.run_at - utcnow(), utcnow()
    db.session.commit()
    return waits


def minutes(waits: dt.timedelta) -> int:
    return round(waits.total_seconds() / 60)


@pytest.mark.parametrize(("verb", "answer"), [
    ("RCPT", b"450 greylisted, come again"), ("MAIL", b"451 busy"), ("END", b"452 no room"), ("DATA", b""), ("EHLO", b"")])
def test_a_passing_fault_is_tried_again_until_it_goes(letter_id: int, verb: str, answer: bytes) -> None:
    Mailbox.answers[verb] = answer
    if verb == "DATA":  # it takes the letter and hangs up before it says so
        Mailbox.answers = {"END": b""}
    assert run_one()
    assert (letter(letter_id).status, bool(letter(letter_id).error), told()) == ("waiting", True, ["letter.written"])
    assert not run_one()
    Mailbox.answers = {}
    assert minutes(pass_time()) == 1
    assert run_one()
    assert (letter(letter_id).status, letter(letter_id).error, told()[1:]) == ("sent", "", ["letter.sent"])
    assert not run_one()
    assert len({re.search(r"(?m)^Message-ID: (\S+)", one)[1] for one in Mailbox.letters}) == 1  # type: ignore[index]


def test_gaps_grow_and_then_it_is_given_up_and_told_on_the_timelines(
        app: Flask, letter_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", NOBODY)
    waits = []
    assert run_one()
    while letter(letter_id).status == "waiting":
        waits.append(minutes(pass_time()))
        assert run_one()
    assert waits == [1, 5, 30, 120]
    assert (letter(letter_id).status, told()[1:]) == ("failed", ["letter.failed"])
    assert db.session.scalars(sa.select(Job).where(Job.kind == "mail.send")).all() == []
    fact = db.session.scalars(sa.select(Event).where(Event.kind == "letter.failed")).one()
    assert {link.card for link in db.session.scalars(sa.select(EventLink).where(EventLink.event_id == fact.id))} == {"company", "deal"}
    assert fact.data["reason"] == "Почтовый сервер 127.0.0.1 отказывает в соединении."  # in the company's language
    deal_id = letter(letter_id).deal_id
    boris = sign_in(app, "boris")
    assert "Letter not sent: КП" in boris.get(f"/timeline/deal/{deal_id}").text
    assert "Try once more" in boris.get(f"/outbox/{letter_id}").text


@pytest.mark.parametrize(("verb", "answer"), [
    ("RCPT", b"550 no such user"), ("MAIL", b"553 who are you"), ("END", b"554 looks like spam")])
def test_a_final_fault_is_told_at_once(app: Flask, letter_id: int, verb: str, answer: bytes) -> None:
    Mailbox.answers[verb] = answer
    assert run_one()
    assert (letter(letter_id).status, told()[1:]) == ("failed", ["letter.failed"])
    assert answer.decode() in letter(letter_id).error
    assert not run_one()
    assert answer.decode() in sign_in(app, "boris").get(f"/outbox/{letter_id}").text


@pytest.mark.parametrize("bye", [b"421 too late", b""])
def test_a_good_bye_that_goes_wrong_takes_nothing_back(letter_id: int, bye: bytes) -> None:
    Mailbox.answers["QUIT"] = bye
    assert run_one()
    assert (letter(letter_id).status, len(Mailbox.letters)) == ("sent", 1)


def test_who_presses_try_once_more_does_not_wait_for_the_next_try(app: Flask, letter_id: int, server: str,
                                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", NOBODY)
    for _try in range(3):
        assert run_one()
        pass_time()
    assert run_one()
    boris = sign_in(app, "boris")
    assert "It is tried again by itself" in boris.get(f"/outbox/{letter_id}").text
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    assert boris.post(f"/outbox/{letter_id}/again").status_code == 303
    while run_one():
        pass
    assert (letter(letter_id).status, len(Mailbox.letters)) == ("sent", 1)


def test_a_letter_that_has_gone_is_not_sent_again_by_a_page_that_was_open_before(app: Flask, letter_id: int) -> None:
    assert run_one()
    assert sign_in(app, "boris").post(f"/outbox/{letter_id}/again").status_code == 303
    assert (letter(letter_id).status, jobs.run_one(), len(Mailbox.letters)) == ("sent", False, 1)


def test_a_try_that_runs_is_not_hurried(letter_id: int) -> None:
    """Another process has claimed the job: pressing "Try once more" must not set a second one going."""
    assert jobs.claim()
    operations.send_again(letter(letter_id))
    db.session.commit()
    assert not run_one()
    assert Mailbox.letters == []


def test_a_letter_whose_attached_file_is_gone_is_told_at_once(letter_id: int) -> None:
    letter(letter_id).attachment_digest = "0" * 64
    db.session.commit()
    assert run_one()
    assert (letter(letter_id).status, told()[1:], Mailbox.letters) == ("failed", ["letter.failed"], [])
    assert "Вложенного файла больше нет" in letter(letter_id).error


def test_a_clock_that_is_set_back_leaves_a_letter_its_own_gap_and_no_longer_one(app: Flask) -> None:
    """Other jobs that failed wait seconds for their next try; a letter may wait two hours."""
    with app.app_context():
        for key, ahead in (("soon", dt.timedelta(minutes=100)), ("far", dt.timedelta(hours=3))):
            db.session.add(jobs.Job(kind="mail.send", payload="{}", key=key, run_at=utcnow() + ahead, attempts=1, error="busy"))
        db.session.commit()
        jobs.mend_times()
        due = {job.key: job.run_at <= utcnow() for job in db.session.scalars(sa.select(jobs.Job).where(jobs.Job.key.in_(("soon", "far"))))}
        assert due == {"soon": False, "far": True}
