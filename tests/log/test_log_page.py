"""The page of the log: both streams in one order, its filters, its paging, its file, and who may see it."""

import csv
import datetime as dt
import io

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import Organization
from crm.clients import events as client_events
from crm.core import journal
from crm.core.db import db, utcnow
from crm.core.events import Event, record
from crm.guard import events
from crm.guard.models import Alarm
from crm.guard.operations import chain
from crm.log import queries
from tests.cast import Cast, sign_in
from tests.factories import make_contact
from tests.statements import statements


@pytest.fixture
def story(app: Flask, cast: Cast) -> int:
    """A person changed by Boris, a file taken by Vera, in that order; the person's id."""
    with app.app_context():
        contact = make_contact("Ёжикова", manager_id=cast.boris)
        record(client_events.CONTACT_CHANGED, contact, actor_id=cast.boris, changed={"job": ["", "Директор"]})
        db.session.commit()
        journal.note(events.EXPORTED, actor_id=cast.vera, rows=12, what="contacts", code="ABCD2345")
        return contact.id


@pytest.mark.usefixtures("story")
def test_both_streams_stand_in_one_order_with_what_changed(app: Flask) -> None:
    page = sign_in(app, "owner").get("/settings/log").text
    assert page.index("File taken") < page.rindex("Person changed")
    assert "Job: Директор" in page
    assert "ABCD2345" in page


@pytest.mark.parametrize(("query", "seen", "unseen"), [
    ("who={boris}", "Директор", "ABCD2345"), ("kind=guard.exported", "ABCD2345", "Директор"),
    ("card=contact-{contact}", "Директор", "ABCD2345"), ("q=директор", "Директор", "ABCD2345"),
    ("q=abcd2345+соколова", "ABCD2345", "Директор"), ("from=2030-01-01", "Nothing found", "Директор"),
    ("to=2020-01-01", "Nothing found", "ABCD2345"), ("q=совсем+другое", "Nothing found", "Директор")])
def test_filters(app: Flask, cast: Cast, story: int, query: str, seen: str, unseen: str) -> None:
    page = sign_in(app, "owner").get(f"/settings/log?{query.format(boris=cast.boris, contact=story)}").text
    rows = page[page.index('id="list"'):]
    assert seen in rows
    assert unseen not in rows


def test_from_an_entry_to_all_of_its_record(app: Flask, story: int) -> None:
    client = sign_in(app, "owner")
    assert f'href="/settings/log?card=contact-{story}"' in client.get("/settings/log").text
    only = client.get(f"/settings/log?card=contact-{story}").text
    assert "Only what happened to one record" in only
    assert "ABCD2345" not in only


def test_pages_hold_every_entry_once_though_moments_are_equal(app: Flask, cast: Cast) -> None:
    now = utcnow() + dt.timedelta(hours=1)
    with app.app_context():
        db.session.execute(sa.insert(Event), [{"kind": "deal.created", "at": now, "data": {"title": str(number)}}
                                              for number in range(30)])
        db.session.execute(sa.insert(journal.Entry), [
            {"kind": "guard.read", "at": now, "address": "", "rows": number, "data": {}} for number in range(30)])
        db.session.commit()
    with app.test_request_context():
        found, after = [], ""
        while True:
            lines = queries.page(queries.Filter(start=utcnow().date(), after=queries.read_key(after)), 7)
            found += [(line.table, line.id) for line in lines.rows]
            after = lines.after
            if not after:
                break
        assert len(found) == len(set(found))
        total = db.session.scalar(sa.select(sa.func.count()).select_from(Event)) or 0
        acts = db.session.scalar(sa.select(sa.func.count()).select_from(journal.Entry)) or 0
        assert len(found) == total + acts
        assert [key for key in found if key[0] == "event"] == sorted((key for key in found if key[0] == "event"), reverse=True)


def test_words_are_looked_for_a_stretch_at_a_time(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "STRETCH", 10)
    with app.app_context():
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Иголка")
        db.session.commit()
        for _number in range(25):
            record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Сено")
        db.session.commit()
    with app.test_request_context():
        lines, steps = queries.page(queries.Filter(q="иголка")), 0
        while not lines.rows:
            assert lines.until is not None
            steps += 1
            lines = queries.page(queries.Filter(q="иголка", after=queries.read_key(lines.after)))
        assert lines.rows[0].text == "Иголка"
        assert steps == 2


@pytest.mark.usefixtures("story")
@pytest.mark.parametrize("who", ["head", "boris", "accountant", "viewer"])
def test_only_the_owner_sees_the_log(app: Flask, who: str) -> None:
    client = sign_in(app, who)
    assert [client.get(path).status_code for path in ("/settings/log", "/settings/log/export.csv")] == [403, 403]


@pytest.mark.usefixtures("story")
def test_the_file_of_the_log_follows_the_filter_and_is_logged_itself(app: Flask) -> None:
    client = sign_in(app, "owner")
    rows = list(csv.DictReader(io.StringIO(client.get("/settings/log/export.csv?q=директор").data.decode("utf-8-sig"))))
    assert [(row["Who"], row["Details"]) for row in rows] == [("Борис Ёлкин", "Job: Директор")]
    with app.app_context():
        entry = db.session.scalars(sa.select(journal.Entry).order_by(journal.Entry.id.desc())).first()
        assert entry is not None
        assert (entry.data["what"], entry.rows) == ("log", 1)
    assert client.get("/settings/log/export.xlsx").status_code == 200


@pytest.mark.usefixtures("story")
def test_without_a_filter_the_file_holds_the_whole_log(app: Flask) -> None:
    client = sign_in(app, "owner")
    with app.app_context():
        there = sum(db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in (Event, journal.Entry))
    assert there > 3
    assert len(list(csv.DictReader(io.StringIO(client.get("/settings/log/export.csv").data.decode("utf-8-sig"))))) == there


def test_the_page_says_whether_the_log_is_whole(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    assert "sealed within minutes" in client.get("/settings/log").text
    with app.app_context():
        for _run in range(3):
            chain.seal()
        chain.check_slice()
    page = client.get("/settings/log").text
    assert "The log is whole" in page
    assert "Code of the last seal" in page
    with app.app_context():
        first = db.session.scalar(sa.select(sa.func.min(Event.id)))
        db.session.execute(sa.delete(Event).where(Event.id == first))
        db.session.commit()
        chain.check_slice()
    page = client.get("/settings/log").text
    assert "The log is not as it was written" in page
    assert f"fact {first}: removed" in page
    assert "1 thing looks unusual" in client.get("/").text
    assert client.post("/settings/log/check").status_code == 303


def test_alarms_stand_on_the_owners_desk_until_seen_and_on_nobody_elses(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.add(Alarm(rule="cards", user_id=cast.boris, day=utcnow().date(), count=300, usual=12))
        db.session.execute(sa.update(Organization).values(alarms=1))
        db.session.commit()
    owner = sign_in(app, "owner")
    assert "1 thing looks unusual" in owner.get("/").text
    assert "unusual" not in sign_in(app, "head").get("/").text
    assert "Борис Ёлкин opened 300 cards within an hour" in owner.get("/settings/log").text
    assert owner.post("/settings/log/seen").status_code == 303
    assert "unusual" not in owner.get("/").text
    assert "opened 300 cards" not in owner.get("/settings/log").text


def test_the_number_of_statements_does_not_grow(app: Flask, cast: Cast) -> None:
    client, counts = sign_in(app, "owner"), []
    for _time in range(2):
        with app.app_context():
            for _number in range(20):
                record(client_events.CONTACT_CREATED, make_contact(), actor_id=cast.vera)
            db.session.commit()
        counts.append(statements(client, "/settings/log"))
    assert counts[0] == counts[1]


def test_an_entry_dated_before_the_one_above_is_remarked_beside_a_whole_log(app: Flask, cast: Cast) -> None:
    with app.app_context():
        record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Сейчас")
        last = record(client_events.NOTE_ADDED, actor_id=cast.boris, text="Тогда")
        last.at = utcnow() - dt.timedelta(days=3)
        db.session.commit()
        number = last.id
        for _run in range(3):
            chain.seal()
        chain.check_slice()
    page = sign_in(app, "owner").get("/settings/log").text
    assert "The log is whole" in page
    assert f"Fact {number} is dated earlier than the one before, by 3 days." in page
    assert "The log is not as it was written" not in page


def test_the_tick_stands_in_one_row_with_its_sentence(app: Flask, cast: Cast) -> None:
    with app.app_context():
        for _run in range(3):
            chain.seal()
        chain.check_slice()
    page = sign_in(app, "owner").get("/settings/log").text
    assert '<p class="row"><svg' in page[:page.index("The log is whole")][-400:]


def test_an_entry_before_the_first_number_stands_on_the_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        db.session.add(journal.Entry(id=-7, kind="export", at=utcnow(), data={}))
        db.session.commit()
        for _run in range(3):
            chain.seal()
        chain.check_slice()
    page = sign_in(app, "owner").get("/settings/log").text
    assert "act -7: inserted later" in page
    assert "The log is whole" not in page


def test_entries_that_should_have_a_seal_stand_on_the_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        chain.check_slice()
        for number in range(3):
            record(client_events.NOTE_ADDED, actor_id=cast.boris, text=str(number)).at = utcnow() - dt.timedelta(hours=2)
        db.session.commit()
    client = sign_in(app, "owner")
    assert "3 entries of the log are older than an hour and no seal protects them yet." in client.get("/settings/log").text
    with app.app_context():
        for _run in range(3):
            chain.seal()
    assert "no seal protects" not in client.get("/settings/log").text
