"""The chain over the log: what stands where no seal is, seals that do not fit, and entries that none protects yet."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from crm.accounts.models import Organization
from crm.clients import events as client_events
from crm.core import journal
from crm.core.db import db, utcnow
from crm.core.events import Event
from crm.guard.models import Chain, Seal, Sealed
from crm.guard.operations import chain
from crm.guard.queries import chain as queries
from tests.cast import Cast
from tests.guard.test_chain import ACT, faults, seal_all, sealed, small_blocks, write

__all__ = ["sealed", "small_blocks"]  # fixtures


def insert(model: type[Event] | type[journal.Entry], row_id: int, **values: object) -> None:
    """An entry written in by hand."""
    row = {"kind": "test.fact", "at": utcnow(), "data": {}, **({"address": ""} if model is journal.Entry else {}), **values}
    db.session.execute(sa.insert(model).values(id=row_id, **row))
    db.session.commit()


@pytest.mark.parametrize(("model", "source"), [(Event, "event"), (journal.Entry, "journal")])
@pytest.mark.parametrize("row_id", [0, -7])
def test_an_entry_before_the_first_number_is_named_wherever_it_is_looked_for(
        app: Flask, context: Session, cast: Cast, model: type[Event] | type[journal.Entry], source: str, row_id: int) -> None:
    write(3)
    seal_all()
    insert(model, row_id)
    seal_all()
    assert faults() == [("inserted", source, row_id)]
    told = app.test_cli_runner().invoke(args=["log", "verify"])
    assert (told.exit_code, f"{source} {row_id}: inserted" in told.output) == (1, True)
    while not chain.check_slice():
        pass
    with force_locale("en"):
        assert queries.health().level == "bad"


def test_a_check_in_parts_names_what_stands_before_the_chain_once(
        context: Session, cast: Cast, sealed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "SLICE", 2)
    insert(Event, -1)
    while not chain.check_slice():
        pass
    assert context.get_one(Chain, 1).faults == [{"what": "inserted", "source": "event", "id": -1}]


def test_an_entry_in_the_gap_before_the_first_sealed_one_is_named(context: Session, small_blocks: None) -> None:
    first = write(5)[0]
    context.execute(sa.delete(Event).where(Event.id == first))
    context.commit()
    seal_all()
    assert faults() == []
    insert(Event, first)
    assert faults() == [("inserted", "event", first)]


def trimmed(context: Session) -> tuple[list[int], int]:
    """35 facts of long ago in their seals, one of them a note, taken off; the ids, and that of the note."""
    context.execute(sa.update(Organization).values(guard={"months": 12}))
    context.commit()
    ids = write(35)
    context.execute(sa.update(Event).where(Event.id <= ids[24]).values(at=utcnow() - dt.timedelta(days=500)))
    context.execute(sa.update(Event).where(Event.id == ids[11]).values(kind=client_events.NOTE_ADDED.code))
    context.commit()
    seal_all()
    assert chain.trim() >= 20
    seal_all()
    return ids, ids[11]


def test_what_is_written_in_where_old_entries_were_taken_off_is_named(context: Session, cast: Cast, small_blocks: None) -> None:
    ids, note = trimmed(context)
    assert (faults(), context.get(Event, note) is not None) == ([], True)
    insert(Event, ids[3], at=utcnow() - dt.timedelta(days=500))
    insert(Event, 0)
    assert faults() == [("inserted", "event", 0), ("inserted", "event", ids[3])]


def test_the_newest_entry_of_a_table_that_rested_for_years_is_no_fault(context: Session, cast: Cast, small_blocks: None) -> None:
    """It is spared when all is old, or SQLite would give its number away again."""
    context.execute(sa.update(Organization).values(guard={"months": 12}))
    context.commit()
    journal.note(ACT, actor_id=None)
    journal.note(ACT, actor_id=None)
    write(3)
    for table in (Event, journal.Entry):
        context.execute(sa.update(table).values(at=utcnow() - dt.timedelta(days=500)))
    context.commit()
    seal_all()
    assert chain.trim() >= 3
    assert [len(context.scalars(sa.select(table.id)).all()) for table in (Event, journal.Entry)] == [2, 1]  # one tells of the trimming
    assert faults() == []
    journal.note(ACT, actor_id=None)
    seal_all()
    assert faults() == []


def test_a_seal_written_in_before_the_chain_is_named(context: Session, sealed: list[int]) -> None:
    context.add(Seal(number=0, source="event", last_id=sealed[20], rows=0, at=utcnow(), body=b"", previous="", digest="0" * 64))
    context.commit()
    assert ("inserted", "seal", 0) in faults()


def test_a_seal_says_how_many_entries_it_holds(context: Session, sealed: list[int]) -> None:
    context.execute(sa.update(Seal).where(Seal.number == 2).values(rows=9))
    assert faults() == [("changed", "seal", 2)]


@pytest.mark.parametrize(("by", "told"), [(dt.timedelta(days=-30), {2: "earlier"}), (dt.timedelta(days=30), {2: "ahead", 3: "earlier"})])
def test_the_moment_of_a_seal_fits_its_neighbours_its_entries_and_the_clock(
        app: Flask, context: Session, sealed: list[int], by: dt.timedelta, told: dict[int, str]) -> None:
    """A remark, for a clock that was set back does the same."""
    assert queries.walk().remarks == []
    context.execute(sa.update(Seal).where(Seal.number == 2).values(at=utcnow() + by))
    context.commit()
    for walk in (queries.walk(), queries.walk(1)):
        assert {one.id: one.what for one in walk.remarks if one.source == "seal"} == told
    assert faults() == []
    said = app.test_cli_runner().invoke(args=["log", "verify"])
    assert (said.exit_code, "seal 2: dated " in said.output) == (0, True)
    while not chain.check_slice():
        pass
    with force_locale("en"):
        state = queries.health()
        assert (state.level, "is dated" in state.sentence, "seal" in state.sentence.lower()) == ("good", True, True)


def test_a_last_seal_of_the_time_to_come_is_remarked(context: Session, sealed: list[int]) -> None:
    last = queries.last_seal().number
    context.execute(sa.update(Seal).where(Seal.number == last).values(at=utcnow() + dt.timedelta(days=1)))
    assert [(one.what, one.id) for one in queries.walk().remarks] == [("ahead", last)]


@pytest.mark.parametrize(("age", "code"), [(dt.timedelta(minutes=5), 0), (dt.timedelta(hours=2), 1)])
def test_entries_that_no_seal_protects_are_counted(app: Flask, context: Session, age: dt.timedelta, code: int) -> None:
    write(12)
    journal.note(ACT, actor_id=None)
    context.execute(sa.update(Event).values(at=utcnow() - age))
    context.commit()
    told = app.test_cli_runner().invoke(args=["log", "verify"])
    assert (told.exit_code, "No seal protects 13 entries yet" in told.output, "The chain holds" in told.output) == (code, True, False)
    assert ("12 of them are older than an hour" in told.output) is bool(code)
    with force_locale("en"):
        state = queries.health()
    assert (state.level, "12 entries" in state.sentence) == (("warn", True) if code else ("good", False))
    seal_all()
    told = app.test_cli_runner().invoke(args=["log", "verify"])
    assert (told.exit_code, "No seal protects" in told.output, "The chain holds." in told.output) == (0, False, True)


def test_with_its_seals_gone_the_log_is_told_to_be_unprotected(app: Flask, context: Session, sealed: list[int]) -> None:
    context.execute(sa.update(Event).values(at=utcnow() - dt.timedelta(hours=2)))
    context.execute(sa.delete(Seal))
    context.execute(sa.delete(Sealed))
    context.commit()
    told = app.test_cli_runner().invoke(args=["log", "verify"])
    assert (told.exit_code, "No seal protects 37 entries yet" in told.output) == (1, True)
