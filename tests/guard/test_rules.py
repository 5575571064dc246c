"""The owner's page of limits, and the letter of an alarm."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization, User
from crm.core import jobs
from crm.core.db import db, utcnow
from crm.guard import rules
from crm.guard.models import Alarm
from crm.guard.operations.alarms import LETTER
from crm.guard.queries.readings import alarm_words
from crm.log import jobs as log_jobs
from crm.mail.models import Letter
from tests.cast import Cast, sign_in

GIVEN = {"files": "100", "lists": "200", "tell": "50", "cards": "60", "deletes": "20", "months": "24"}


def test_limits_for_all_and_for_one_person(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    assert client.get("/settings/guard").status_code == 200
    answer = client.post("/settings/guard", data={**GIVEN, f"files-{cast.boris}": "7", f"lists-{cast.vera}": ""})
    assert answer.status_code == 303
    with app.test_request_context():
        boris, vera, owner = (db.session.get_one(User, user_id) for user_id in (cast.boris, cast.vera, cast.owner))
        assert (rules.limit(boris, "files"), rules.limit(boris, "lists")) == (7, 200)
        assert (rules.limit(vera, "files"), rules.limit(vera, "lists")) == (100, 200)
        assert rules.limit(owner, "files") is None
        assert rules.number("months") == 24
    assert re.search(rf'name="files-{cast.boris}"[^>]* value="7"', client.get("/settings/guard").text)


@pytest.mark.parametrize("typed", ["10 000", "10\u00a0000", "10\u2009000", "10,000"])
def test_grouped_digits_are_a_number(app: Flask, cast: Cast, typed: str) -> None:
    answer = sign_in(app, "owner").post("/settings/guard", data={**GIVEN, "lists": typed, f"files-{cast.boris}": typed})
    assert answer.status_code == 303
    with app.test_request_context():
        boris = db.session.get_one(User, cast.boris)
        assert (rules.limit(boris, "lists"), rules.limit(boris, "files")) == (10_000, 10_000)


def test_nonsense_in_one_person_s_limit_is_told_and_kept(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/settings/guard", data={**GIVEN, f"lists-{cast.vera}": "no"})
    assert (answer.status_code, "Type a whole number." in answer.text, 'value="no"' in answer.text) == (422, True, True)


@pytest.mark.parametrize("wrong", ["-1", "", "many", "99999999999"])
def test_nonsense_is_told_beside_its_field(app: Flask, cast: Cast, wrong: str) -> None:
    answer = sign_in(app, "owner").post("/settings/guard", data={**GIVEN, "files": wrong})
    assert answer.status_code == 422
    with app.app_context():
        assert db.session.scalar(sa.select(Organization.guard)) == {}


def test_others_do_not_come_to_the_page(app: Flask, cast: Cast) -> None:
    assert sign_in(app, "head").get("/settings/guard").status_code == 403
    assert sign_in(app, "head").post("/settings/guard", data=GIVEN).status_code == 403


@pytest.mark.parametrize(("server", "letters"), [("", 0), ("smtp://mail.example.com", 1)])
def test_an_alarm_goes_to_the_owners_by_letter_where_there_is_a_mail_server(
        app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch, server: str, letters: int) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", server)
    with app.app_context():
        alarm = Alarm(rule="night", user_id=cast.boris, day=utcnow().date(), count=12)
        db.session.add(alarm)
        db.session.commit()
        assert LETTER in jobs.HANDLERS
        log_jobs.write(alarm.id)
        db.session.commit()
        written = db.session.scalars(sa.select(Letter)).all()
        assert [(letter.to, letter.secret) for letter in written] == [("owner@example.com", True)] * letters
        assert all("Борис Ёлкин" in letter.body for letter in written)


def test_every_rule_has_its_words(app: Flask) -> None:
    with app.test_request_context():
        texts = {alarm_words(rule, "Ann", 3, 1) for rule in ("files", "cards", "lists", "night", "chain")}
    assert len(texts) == 5
