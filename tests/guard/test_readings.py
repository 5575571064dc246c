"""Counting what is read without a write or a statement in the request; the day's limit; what looks unusual."""

import datetime as dt

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from crm.accounts.models import Organization
from crm.core import jobs, journal
from crm.core.db import db, utcnow
from crm.guard import counting, events
from crm.guard.models import Alarm, Reading
from crm.guard.operations import readings
from tests.cast import Cast, move_to_moscow, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import statements

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def fresh_counts(app: Flask) -> None:
    """The application is shared by all tests; what one counted is nothing to the next."""
    app.extensions.pop("guard_tally", None)


@pytest.fixture
def cards(app: Flask, cast: Cast) -> list[int]:
    """Three people of Boris."""
    with app.app_context():
        made = [make_contact(f"Клиент{number}", manager_id=cast.boris).id for number in range(3)]
        db.session.commit()
        return made


def kept() -> dict[tuple[int, str], tuple[int, int]]:
    return {(row.user_id, row.what): (row.rows, row.times) for row in db.session.scalars(sa.select(Reading))}


def test_pages_and_cards_are_counted_and_brought_in_by_the_beat(app: Flask, cast: Cast, cards: list[int]) -> None:
    client = sign_in(app, "boris")
    client.get("/contacts")
    client.get("/contacts?q=клиент1")
    for _time in range(2):
        client.get(f"/contacts/{cards[0]}")
    client.get(f"/contacts/{cards[1]}")
    with app.app_context():
        assert kept() == {}
    jobs.beat_now(app)
    with app.app_context():
        assert kept() == {(cast.boris, "contacts.index"): (4, 2), (cast.boris, "card"): (2, 2)}
    client.get("/contacts")
    client.get(f"/contacts/{cards[0]}/edit")  # known already in this hour
    jobs.beat_now(app)
    with app.app_context():
        assert kept()[cast.boris, "contacts.index"] == (7, 3)
        assert kept()[cast.boris, "card"] == (2, 2)


def test_every_list_and_card_counts(app: Flask, cast: Cast, cards: list[int]) -> None:
    with app.app_context():
        pipeline, company = make_pipeline(), make_company("ООО «Клиент»")
        deal = make_deal(pipeline, manager_id=cast.boris, company=company)
        db.session.commit()
        paths = ["/contacts", "/companies", "/deals", "/deals/board", "/search?q=клиент", f"/deals/{deal.id}",
                 f"/companies/{company.id}"]
    client = sign_in(app, "head")
    for path in paths:
        assert client.get(path).status_code == 200
    with app.app_context():
        jobs.beat_now(app)
        assert {what: rows for (_user, what), (rows, _times) in kept().items()} == {
            "contacts.index": 3, "companies.index": 1, "deals.index": 1, "board.index": 1, "search.index": 5, "card": 2}


def test_what_a_person_may_not_see_does_not_count(app: Flask, cast: Cast, cards: list[int]) -> None:
    sign_in(app, "gleb").get(f"/contacts/{cards[0]}")
    with app.app_context():
        jobs.beat_now(app)
        assert kept() == {}


def test_counting_costs_no_statement(app: Flask, cast: Cast, cards: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    client = sign_in(app, "boris")
    paths = ["/contacts", f"/contacts/{cards[0]}"]
    with_counting = [statements(client, path) for path in paths]
    monkeypatch.setattr(counting, "_add", lambda *_args: None)
    assert [statements(client, path) for path in paths] == with_counting


@pytest.mark.parametrize("address", ["/contacts/pick", "/deals/clients"])
def test_pickers_count_too(app: Flask, cast: Cast, cards: list[int], address: str) -> None:
    client = sign_in(app, "boris")
    with app.app_context():
        db.session.execute(sa.update(Organization).values(guard={"lists": 7}))
        db.session.commit()
    assert [client.get(f"{address}?q=Клиент").status_code for _time in range(4)] == [200, 200, 403, 403]


def test_over_the_days_limit_no_list_is_shown_and_the_try_is_noted_once(app: Flask, cast: Cast, cards: list[int]) -> None:
    client = sign_in(app, "boris")
    with app.app_context():
        db.session.execute(sa.update(Organization).values(guard={"lists": 7}))
        db.session.commit()
    assert [client.get("/contacts").status_code for _time in range(4)] == [200, 200, 403, 403]
    refused = client.get("/contacts")
    assert "7 rows of lists today" in refused.text
    assert "Клиент1" not in refused.text
    assert client.get(f"/contacts/{cards[0]}").status_code == 200  # the work in hand goes on
    assert sign_in(app, "owner").get("/contacts").status_code == 200
    with app.app_context():
        noted = db.session.scalars(sa.select(journal.Entry).where(journal.Entry.kind == events.REFUSED.code)).all()
        assert [(entry.actor_id, entry.rows, entry.data["had"]) for entry in noted] == [(cast.boris, 3, 6)]


def test_a_process_that_begins_anew_knows_what_the_day_had(app: Flask, cast: Cast, cards: list[int]) -> None:
    with app.app_context():
        db.session.execute(sa.update(Organization).values(guard={"lists": 7}))
        db.session.commit()
    client = sign_in(app, "boris")
    client.get("/contacts")
    client.get("/contacts")
    with app.app_context():
        jobs.beat_now(app)
    app.extensions.pop("guard_tally")
    with app.app_context():
        jobs.beat_now(app)
    assert client.get("/contacts").status_code == 403


def test_what_a_clock_ahead_of_time_has_counted_is_not_of_today(app: Flask, cast: Cast, cards: list[int]) -> None:
    with app.app_context():
        db.session.execute(sa.update(Organization).values(guard={"lists": 7}))
        db.session.add(Reading(user_id=cast.boris, hour=utcnow().replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=400),
                               what="contacts.index", rows=7, times=1, address="", asked="", told=False))
        db.session.commit()
    jobs.beat_now(app)
    assert sign_in(app, "boris").get("/contacts").status_code == 200


def test_counts_that_cannot_be_written_now_are_written_later(
        app: Flask, cast: Cast, cards: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(app, "boris").get("/contacts")
    with monkeypatch.context() as patch:
        patch.setattr(counting, "_write", lambda _taken: 1 / 0)
        jobs.beat_now(app)
    with app.app_context():
        jobs.beat_now(app)
        assert kept() == {(cast.boris, "contacts.index"): (3, 1)}


def read(user_id: int, hour: dt.datetime, *, cards: int = 0, rows: int = 0) -> None:
    """What a person read in an hour."""
    for what, count in (("card", cards), ("contacts.index", rows)):
        if count:
            db.session.add(Reading(user_id=user_id, hour=hour, what=what, rows=count, times=cards or rows // 50,
                                   address="192.0.2.1", asked="q=a", told=False))
    db.session.commit()


def alarms() -> list[tuple[str, int | None, int]]:
    return [(one.rule, one.user_id, one.count) for one in db.session.scalars(sa.select(Alarm).order_by(Alarm.id))]


@pytest.fixture
def noon() -> dt.datetime:
    """The beginning of an hour of a working day, Moscow time."""
    return dt.datetime(2026, 11, 18, 9, tzinfo=dt.UTC)


def test_much_more_than_usual_is_told_once_a_day(app: Flask, cast: Cast, noon: dt.datetime) -> None:
    with app.app_context(), time_machine.travel(noon + dt.timedelta(minutes=30), tick=False):
        for day in range(1, 11):
            read(cast.boris, noon - dt.timedelta(days=day), cards=15)
            read(cast.vera, noon - dt.timedelta(days=day), cards=40)
        read(cast.boris, noon, cards=50)
        read(cast.vera, noon, cards=60)
        readings.look()
        readings.look()
        assert alarms() == [("cards", cast.boris, 50)]
        assert db.session.scalar(sa.select(Organization.alarms)) == 1
        assert db.session.scalar(sa.select(sa.func.count()).select_from(journal.Entry).where(
            journal.Entry.kind == events.ALARM.code)) == 1


def test_the_owners_ceiling_holds_for_newcomers_and_not_for_himself(app: Flask, cast: Cast, noon: dt.datetime) -> None:
    with app.app_context(), time_machine.travel(noon + dt.timedelta(minutes=30), tick=False):
        read(cast.gleb, noon, cards=149)
        read(cast.vera, noon, cards=150)
        read(cast.boris, noon, rows=9000)
        read(cast.owner, noon, cards=1000)
        readings.look()
        assert sorted(alarms()) == [("cards", cast.vera, 150), ("lists", cast.boris, 9000)]


def test_a_first_night_is_told_and_night_workers_are_left_alone(app: Flask, cast: Cast, noon: dt.datetime) -> None:
    night = noon.replace(hour=23)  # two in the morning in Moscow
    with app.app_context():
        move_to_moscow()
    with app.app_context(), time_machine.travel(night + dt.timedelta(minutes=30), tick=False):
        for day in range(1, 11):
            read(cast.boris, noon - dt.timedelta(days=day), cards=15)
            read(cast.vera, night - dt.timedelta(days=day), cards=15)
        for user_id in (cast.boris, cast.vera):
            read(user_id, night, cards=12)
        readings.look()
        assert alarms() == [("night", cast.boris, 12)]


def test_hours_with_many_rows_stand_in_the_journal_once(app: Flask, cast: Cast, noon: dt.datetime) -> None:
    with app.app_context(), time_machine.travel(noon + dt.timedelta(minutes=30), tick=False):
        read(cast.boris, noon - HOUR, rows=250, cards=7)
        read(cast.vera, noon - HOUR, rows=150)
        read(cast.gleb, noon, rows=900)  # this hour has not ended
        readings.look()
        readings.look()
        noted = db.session.scalars(sa.select(journal.Entry).where(journal.Entry.kind == events.READ.code)).all()
        assert [(one.actor_id, one.rows, one.address) for one in noted] == [(cast.boris, 250, "192.0.2.1")]
        assert noted[0].data["lists"] == {"contacts.index": 250}
        assert noted[0].data["cards"] == 7
        assert noted[0].data["asked"] == {"contacts.index": "q=a"}


def test_old_readings_go(app: Flask, cast: Cast) -> None:
    with app.app_context():
        read(cast.boris, utcnow().replace(minute=0, second=0, microsecond=0) - dt.timedelta(days=91), cards=3)
        readings.look()
        assert kept() == {}
