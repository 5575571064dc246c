"""Whoever leads the deal hears by letter that its client has answered."""

from collections.abc import Iterator
from email import message_from_bytes, policy

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.core.db import db
from crm.core.jobs import run_one
from crm.documents import operations
from tests.cast import Cast
from tests.documents.scene import make_scene
from tests.mail.mailbox import Mailbox


@pytest.fixture
def request_(app: Flask, cast: Cast) -> Iterator[None]:
    """As in a request: a letter leads to where people come in."""
    with app.test_request_context():
        yield
        db.session.remove()


def test_the_manager_gets_a_letter(app: Flask, request_: None, cast: Cast, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    boris, deal = db.session.get_one(User, cast.boris), make_scene(cast)
    quote = operations.make_document(deal, template=operations.template_for(kind="quote", locale="en", key=""), actor=boris)
    link = operations.make_link(quote, actor=boris)
    operations.ask(link, name="Ольга", text="without a mail server nothing waits for ever", address="", key="0")
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    operations.ask(link, name="Ольга", text="А можно ещё десять?", address="", key="1")
    operations.accept(link, name="Ольга Лебедь", address="", key="2")
    db.session.commit()
    while run_one():
        pass
    letters = [message_from_bytes(one.encode(), policy=policy.default) for one in Mailbox.letters]
    bodies = [letter.get_content() for letter in letters]
    assert [letter["To"] for letter in letters] == ["boris@example.com"] * 2
    assert "А можно ещё десять?" in bodies[0]
    assert "Ольга Лебедь" in bodies[1]
    assert all(f"/deals/{deal.id}" in body for body in bodies)
