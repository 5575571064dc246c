"""Letters: the outbox without a server, and a real SMTP conversation."""

import datetime as dt
from email import message_from_string
from email.utils import parsedate_to_datetime

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts import operations as accounts
from crm.accounts.models import User
from crm.core import files
from crm.core.db import db, utcnow
from crm.core.forms import one_line
from crm.core.jobs import run_one
from crm.mail import delivery, operations
from crm.mail.models import Letter
from crm.mail.operations import MailError
from tests.cast import Cast, sign_in
from tests.mail.mailbox import Mailbox


def write(actor_id: int, **more: str) -> Letter:
    fields = {"to": "client@example.com", "subject": "КП № 5\nот Ромашки", "body": "Добрый день!", **more}
    letter = operations.write_letter(actor=db.session.get_one(User, actor_id), **fields)
    db.session.commit()
    return letter


def test_without_a_server_letters_wait_in_the_outbox(context: Session, cast: Cast) -> None:
    letter = write(cast.boris)
    run_one()
    assert db.session.get_one(Letter, letter.id).status == "waiting"


def test_a_letter_with_its_document_reaches_the_server(
        app: Flask, context: Session, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    letter = write(cast.boris, attachment_digest=files.keep(b"%PDF-1.7"), attachment_name="КП.pdf")
    run_one()
    assert db.session.get_one(Letter, letter.id).status == "sent"
    received = message_from_string(Mailbox.letters[0])
    assert received["To"] == "client@example.com"
    assert received["Message-ID"].startswith(f"<letter-{letter.id}-")
    assert abs(parsedate_to_datetime(received["Date"]).replace(tzinfo=dt.UTC) - utcnow()) < dt.timedelta(minutes=1)
    assert [part.get_content_type() for part in received.walk()] == ["multipart/mixed", "text/plain", "application/pdf"]


def test_a_password_does_not_leave_this_machine_unencrypted(
        app: Flask, context: Session, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "THIS_MACHINE", frozenset())  # as if the same server stood elsewhere
    monkeypatch.setitem(app.config, "SMTP_URL", server.replace("//", "//user:secret@"))
    letter = write(cast.boris)
    run_one()
    kept = db.session.get_one(Letter, letter.id)
    assert (kept.status, "smtps://" in kept.error, Mailbox.letters) == ("failed", True, [])


def test_a_letter_needs_an_address(context: Session, cast: Cast) -> None:
    with pytest.raises(MailError):
        write(cast.boris, to="nobody")


def test_a_manager_sees_own_letters_and_links_that_sign_in_are_the_owners_alone(app: Flask, cast: Cast) -> None:
    with app.app_context():
        own, others = write(cast.boris).id, write(cast.vera).id
        secret = write(cast.head)
        secret.secret = True
        db.session.commit()
        secret_id = secret.id
    boris, head, owner = (sign_in(app, who) for who in ("boris", "head", "owner"))
    assert [boris.get(f"/outbox/{one}").status_code for one in (own, others, 999)] == [200, 404, 404]
    assert [one.get(f"/outbox/{secret_id}").status_code for one in (head, owner)] == [404, 200]


def test_names_and_subjects_are_one_line() -> None:
    assert one_line(" Анна\r\nBcc: x@y.ru\x85z\u2028\x00 ") == "Анна Bcc: x@y.ru z"


def test_the_old_address_is_told_of_the_new_one(
        app: Flask, context: Session, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, boris = (db.session.get_one(User, one) for one in (cast.owner, cast.boris))
    accounts.update_user(boris, actor=owner, email="quiet@example.com")  # no mail server: nothing that would wait for ever
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    accounts.update_user(boris, actor=owner, name="Борис Ёлкин-Палкин")
    accounts.update_user(boris, actor=owner, email="new@example.com")
    db.session.commit()
    while run_one():
        pass
    [told] = [message_from_string(one) for one in Mailbox.letters]
    body = told.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert told["To"] == "quiet@example.com"
    assert "You now sign in to Voronka with new@example.com instead of quiet@example.com." in body
