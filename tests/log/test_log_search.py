"""The search of the log: what a person reads is found as it is written, and nothing is found by what is hidden from the reader."""

import csv
import io

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import events as account_events
from crm.accounts import rights, roles, second
from crm.accounts.models import SecondStep, User
from crm.catalog.events import PRODUCT_CHANGED
from crm.clients import events as client_events
from crm.core import journal
from crm.core.db import db
from crm.core.events import record
from crm.deals import events as deal_events
from crm.guard import events
from tests.cast import Cast, add_colleague, sign_in
from tests.factories import make_deal, make_pipeline

HIDDEN = ["client.phone", "client.email", "client.messenger", "product.cost", "deal.margin"]


def rows(app: Flask, q: str, who: str = "owner", **filters: str) -> str:
    page = sign_in(app, who).get("/settings/log", query_string={"q": q, **filters}).text
    return page[page.index('id="list"'):]


@pytest.fixture
def told(app: Flask, cast: Cast) -> None:
    """A deal won for 6,500 and another for 7,777, a phone in a note, and a longer note."""
    with app.app_context():
        pipeline = make_pipeline()
        for title, amount in (("Забор", 650000), ("Ворота", 777700)):
            record(deal_events.DEAL_WON, make_deal(pipeline, title=title), actor_id=cast.owner, amount=amount, currency="RUB")
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Звонить 8 (901) 123-45-67 утром")
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Утром красить забор, вечером смотреть")
        db.session.commit()


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("locale", ["en", "ru"])
@pytest.mark.parametrize("q", ["6,500", "6 500", "6500", "6\u00a0500", "забор 6500"])
def test_a_sum_is_found_as_people_write_it(app: Flask, locale: str, q: str) -> None:
    with app.app_context():
        db.session.execute(sa.update(User).values(locale=locale))
        db.session.commit()
    found = rows(app, q)
    assert "Забор" in found
    assert "Ворота" not in found


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize("q", ["+7 901 123-45-67", "89011234567", "8 901 123 45 67", "9011234567", "(901) 123-45"])
def test_a_phone_is_found_as_people_type_it(app: Flask, q: str) -> None:
    found = rows(app, q)
    assert "Звонить" in found
    assert "красить" not in found


@pytest.mark.usefixtures("told")
def test_a_phrase_in_quotes_is_found_as_it_is(app: Flask) -> None:
    assert "красить" in rows(app, '"красить забор" утром')
    assert "красить" in rows(app, "забор красить")
    assert "красить" not in rows(app, '"забор красить"')
    assert "Looks in all that an entry says here" in sign_in(app, "owner").get("/settings/log").text


def test_the_second_step_turned_off_tells_from_where(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.add(SecondStep(user_id=cast.boris, sealed="", salt="0" * 32))
        db.session.commit()
    with app.test_request_context(environ_base={"REMOTE_ADDR": "203.0.113.77"}):
        second.turn_off(db.session.get_one(User, cast.boris), actor=db.session.get_one(User, cast.owner))
        db.session.commit()
    found = rows(app, "", kind=account_events.SECOND_OFF.code)
    assert found.count("203.0.113.77") == 1
    assert "203.0.113.77" in rows(app, "203.0.113.77", kind=account_events.SECOND_OFF.code)


@pytest.fixture
def blind(app: Flask, cast: Cast) -> str:
    """One who sees and takes the whole log, and from whom all that can be hidden is; with entries that hold it."""
    with app.app_context():
        row = roles.copy_role("manager", name="Ревизор", actor=db.session.get_one(User, cast.owner))
        levels = {**rights.built_in("head").levels, "log.see": "all", "log.export": "all"}
        roles.change_role(row.code, levels=levels, hidden=HIDDEN, actor=db.session.get_one(User, cast.owner))
        who = add_colleague(row.code)
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Метка +7 901 123-45-67 или iva@firma.example, t.me/ivanov_iva")
        record(client_events.CONTACT_CHANGED, actor_id=cast.boris, changed={"channels": ["", "+79017654321\niva@firma.example"]})
        record(PRODUCT_CHANGED, actor_id=cast.boris, name="Метка", changed={"cost": [432100, 987600], "price": [100, 200]})
        db.session.commit()
        journal.note(events.EXPORTED, actor_id=cast.vera, rows=1, what="contacts", code="META2345", asked={"q": "+79011234567"})
        journal.note(events.EXPORTED, actor_id=cast.vera, rows=1, what="contacts", code="META2346", asked={"q": "iva@firma.example"})
    return who


GUESSES = ["+7 901 123-45-67", "9011234567", "901123", "123-45", "9017654321", "iva@", "iva@firma.example", "firma.ex", "t.me/",
           "ivanov_iva", "4321", "4,321", "432100", "9876", "9 876", '"9,876"', '"+7 901"', "987600"]


@pytest.mark.parametrize("q", GUESSES)
@pytest.mark.parametrize("filters", [{}, {"kind": "note.added"}, {"kind": "product.changed"}, {"kind": "guard.exported"},
                                     {"from": "2020-01-01", "to": "2999-01-01"}])
def test_nothing_is_guessed_by_searching_for_what_is_hidden(app: Flask, blind: str, q: str, filters: dict[str, str]) -> None:
    client = sign_in(app, blind)
    page = client.get("/settings/log", query_string={"q": q, **filters}).text
    assert "data-row" not in page[page.index('id="list"'):]
    file = client.get("/settings/log/export.csv", query_string={"q": q, **filters})
    assert file.status_code == 200
    taken = [row for row in csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))) if row["Details"] or row["What it concerns"]]
    assert taken == []


def test_nor_does_the_whole_log_or_its_file_tell_it_and_the_owner_finds_it(app: Flask, blind: str) -> None:
    client = sign_in(app, blind)
    for text in (client.get("/settings/log").text, client.get("/settings/log/export.csv").data.decode("utf-8-sig")):
        assert "Метка" in text
        for secret in ("123-45-67", "79011234567", "7654321", "firma.example", "ivanov_iva", "4,321", "9,876", "987600"):
            assert secret not in text
    for q in ("9011234567", "firma.ex", "ivanov_iva", "9,876"):
        assert "data-row" in rows(app, q)


@pytest.mark.parametrize("secret", ["+7 901 123-45-67", "ivanov.iva@firma.example"])
def test_where_a_long_text_is_cut_nothing_of_a_hidden_one_is_left(app: Flask, blind: str, cast: Cast, secret: str) -> None:
    with app.app_context():
        for before in range(140, 160):
            comment = ("слово " * 40)[:before] + secret
            record(deal_events.DEAL_CHANGED, actor_id=cast.boris, changed={"comment": ["", comment]})
        db.session.commit()
    page = sign_in(app, blind).get("/settings/log").text
    assert "слово" in page
    for part in ("901", "123-", "ivanov"):
        assert part not in page[page.index('id="list"'):]
    assert "data-row" not in rows(app, secret[:8], blind)
