"""The chain over the log: it holds, it names what was tampered with, it survives erasing and trimming, it misses no late row."""

import datetime as dt
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.orm import Session

from crm.accounts.models import Organization
from crm.clients import events as client_events
from crm.core import journal
from crm.core.db import db, utcnow
from crm.core.events import Event, EventLink, Kind, record
from crm.guard.models import Alarm, Chain, Seal, Sealed
from crm.guard.operations import chain
from crm.guard.queries import chain as queries
from tests.cast import Cast
from tests.factories import make_contact

FACT = Kind("test.fact", "Test")  # type: ignore[arg-type]
ACT = journal.Act("test.act", "Test")  # type: ignore[arg-type]


def write(count: int, **data: object) -> list[int]:
    """Facts, committed; their ids."""
    made = [record(FACT, actor_id=None, number=number, **data) for number in range(count)]
    db.session.commit()
    return [event.id for event in made]


def seal_all() -> int:
    """Three runs: on PostgreSQL the mark is set in two steps."""
    return sum(chain.seal() for _run in range(3))


def faults() -> list[tuple[str, str, int]]:
    return [(fault.what, fault.source, fault.id) for fault in queries.walk().faults]


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seals of ten rows."""
    monkeypatch.setattr(chain, "BLOCK", 10)


@pytest.fixture
def sealed(context: Session, small_blocks: None) -> list[int]:
    """35 facts and two acts in their seals."""
    ids = write(35, text="Ёж")
    for number in range(2):
        journal.note(ACT, actor_id=None, rows=number)
    assert seal_all() >= 37
    return ids


def test_sealing_takes_everything_once_and_the_chain_holds(context: Session, sealed: list[int]) -> None:
    assert seal_all() == 0
    assert faults() == []
    assert queries.walk().rows == 37  # without a company nothing else is in the log
    write(3)
    assert seal_all() == 3
    assert faults() == []
    assert len(queries.code(queries.last_seal().digest)) == 14


def test_an_empty_log_holds(context: Session) -> None:
    assert seal_all() == 0
    assert faults() == []
    assert queries.last_seal() is None


@pytest.mark.parametrize("values", [{"data": {"number": 12, "text": "Уж"}}, {"kind": "other.fact"},
                                    {"at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)}])
def test_a_changed_row_is_named(context: Session, sealed: list[int], values: dict[str, object]) -> None:
    context.execute(sa.update(Event).where(Event.id == sealed[12]).values(**values))
    assert faults() == [("changed", "event", sealed[12])]


def test_whoever_did_it_cannot_be_exchanged(context: Session, cast: Cast, sealed: list[int]) -> None:
    context.execute(sa.update(Event).where(Event.id == sealed[0]).values(actor_id=cast.gleb))
    assert ("changed", "event", sealed[0]) in faults()


def test_removed_and_inserted_rows_are_named(context: Session, sealed: list[int]) -> None:
    context.execute(sa.delete(Event).where(Event.id == sealed[20]))
    assert faults() == [("removed", "event", sealed[20])]
    context.execute(sa.insert(Event).values(id=sealed[20], kind="test.fact", at=utcnow(), data={}))
    assert faults() == [("changed", "event", sealed[20])]


def test_a_row_put_between_sealed_ones_is_named(context: Session, small_blocks: None) -> None:
    first = write(5)
    context.execute(sa.delete(Event).where(Event.id == first[2]))
    context.commit()
    seal_all()
    assert faults() == []
    context.execute(sa.insert(Event).values(id=first[2], kind="test.fact", at=utcnow(), data={}))
    assert faults() == [("inserted", "event", first[2])]


def test_a_changed_act_of_the_journal_is_named(context: Session, sealed: list[int]) -> None:
    entry = context.scalars(sa.select(journal.Entry).order_by(journal.Entry.id)).first()
    assert entry is not None
    context.execute(sa.update(journal.Entry).where(journal.Entry.id == entry.id).values(address="192.0.2.1"))
    assert faults() == [("changed", "journal", entry.id)]


def test_changed_and_missing_seals_are_named(context: Session, sealed: list[int]) -> None:
    context.execute(sa.update(Seal).where(Seal.number == 2).values(digest="0" * 64))
    assert [fault for fault in faults() if fault[1] == "seal"] == [("changed", "seal", 2), ("changed", "seal", 3)]
    context.execute(sa.delete(Seal).where(Seal.number == 2))
    assert ("removed", "seal", 2) in faults()


def test_seals_torn_off_the_end_are_missed(context: Session, sealed: list[int]) -> None:
    context.execute(sa.delete(Seal).where(Seal.number >= 4))
    assert ("removed", "seal", 4) in faults()


def test_a_chain_forged_anew_shows_by_the_code_that_was_written_down(context: Session, sealed: list[int]) -> None:
    written_down = queries.code(queries.last_seal().digest)
    assert queries.find_code(written_down).number == queries.last_seal().number
    context.execute(sa.delete(Seal))
    context.execute(sa.delete(Sealed))
    context.execute(sa.update(Event).where(Event.id == sealed[3]).values(data={"text": "forged"}))
    context.commit()
    seal_all()
    assert faults() == []
    assert queries.find_code(written_down) is None


def test_a_person_is_erased_and_the_chain_holds(context: Session, cast: Cast) -> None:
    contact = make_contact("Стираемов")
    for _number in range(3):
        record(client_events.CONTACT_CHANGED, contact, actor_id=cast.owner, changed={"surname": ["Тайнов", "Стираемов"]})
    context.commit()
    contact_id = contact.id
    seal_all()
    assert chain.erase_card("contact", contact_id, actor=None) == 3
    context.commit()
    ids = context.scalars(sa.select(EventLink.event_id).where(EventLink.card_id == contact_id)).all()
    assert "Тайнов" not in str(context.scalars(sa.select(Event.data).where(Event.id.in_(ids))).all())
    assert faults() == []
    seal_all()
    assert faults() == []
    context.execute(sa.update(Event).where(Event.id == ids[0]).values(data={"erased": "0" * 64}))
    assert faults() == [("changed", "event", ids[0])]


def test_an_erasure_that_stands_nowhere_is_told(context: Session, sealed: list[int]) -> None:
    row = context.execute(sa.select(*queries.SOURCES["event"].columns).where(Event.id == sealed[4])).one()
    context.execute(sa.update(Event).where(Event.id == sealed[4]).values(data={"erased": queries.content_digest(row)}))
    assert faults() == [("unrecorded", "event", sealed[4])]


def test_old_entries_go_and_what_is_left_still_holds(context: Session, cast: Cast, small_blocks: None) -> None:
    context.execute(sa.update(Organization).values(guard={"months": 12}))
    context.commit()
    ids, long_ago = write(35), utcnow() - dt.timedelta(days=500)
    note_id = ids[11]
    context.execute(sa.update(Event).where(Event.id <= ids[24]).values(at=long_ago))
    context.execute(sa.update(Event).where(Event.id == note_id).values(kind=client_events.NOTE_ADDED.code))
    context.commit()
    seal_all()
    before = queries.last_seal().digest
    gone = chain.trim()
    assert gone >= 20
    assert faults() == []
    assert context.get(Event, ids[0]) is None
    assert context.get(Event, ids[30]) is not None
    assert context.get(Event, note_id) is not None
    assert queries.last_seal().digest == before  # the code that was written down is still there
    write(12)
    seal_all()
    assert faults() == []
    assert chain.trim() == 0


def test_without_a_term_nothing_goes(context: Session, cast: Cast, sealed: list[int]) -> None:
    context.execute(sa.update(Event).values(at=utcnow() - dt.timedelta(days=5000)))
    context.commit()
    assert chain.trim() == 0


def test_the_check_goes_in_parts_and_tells_the_owner_once(
        context: Session, cast: Cast, sealed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "SLICE", 2)
    while not chain.check_slice():
        pass
    assert context.get_one(Chain, 1).faults == []
    context.execute(sa.delete(Event).where(Event.id == sealed[7]))
    context.commit()
    for _round in range(2):
        while not chain.check_slice():
            pass
    assert context.get_one(Chain, 1).faults == [{"what": "removed", "source": "event", "id": sealed[7]}]
    assert [alarm.rule for alarm in context.scalars(sa.select(Alarm))] == ["chain"]


def test_a_late_commit_is_neither_missed_nor_breaks_the_chain(real_app: Flask) -> None:
    """A transaction takes an id, another commits the next one; sealing in between must wait for the first."""
    with real_app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("on SQLite there is one writer at a time: ids are committed in order")
        first = write(3)
        assert seal_all() == 3
        with db.engine.connect() as slow:
            late = slow.scalar(sa.insert(Event).values(kind="test.late", at=utcnow(), data={}).returning(Event.id))
            newer = write(4)
            assert newer[0] > late > first[-1]
            assert [chain.seal() for _run in range(5)] == [0] * 5
            slow.commit()
        assert seal_all() >= 5
        assert faults() == []
        sealed_ids = {int.from_bytes(body[at:at + 8], "big") for body in db.session.scalars(sa.select(Seal.body))
                      for at in range(0, len(body), 40)}
        assert {*first, late, *newer} <= sealed_ids


def test_the_command_names_what_is_wrong_and_fails(app: Flask, context: Session, sealed: list[int]) -> None:
    runner = app.test_cli_runner()
    good = runner.invoke(args=["log", "verify"])
    assert good.exit_code == 0
    assert "37 entries" in good.output
    assert "The chain holds." in good.output
    context.execute(sa.update(Event).where(Event.id == sealed[1]).values(kind="x"))
    context.commit()
    bad = runner.invoke(args=["log", "verify", "--code", "0000-0000-0000"])
    assert bad.exit_code == 1
    assert f"event {sealed[1]}: changed" in bad.output
    assert "No seal has this code" in bad.output


def linked(count: int = 3) -> tuple[list[int], int]:
    """Facts about a person, committed and sealed; their ids and the person's."""
    contact = make_contact("Ёжикова")
    made = [record(client_events.CONTACT_CHANGED, contact, actor_id=None, number=number) for number in range(count)]
    db.session.commit()
    ids, contact_id = [event.id for event in made], contact.id
    seal_all()
    return ids, contact_id


@pytest.mark.parametrize("tamper", [
    lambda event_id: sa.delete(EventLink).where(EventLink.event_id == event_id),
    lambda event_id: sa.update(EventLink).where(EventLink.event_id == event_id).values(card_id=4711),
    lambda event_id: sa.update(EventLink).where(EventLink.event_id == event_id).values(card="deal"),
    lambda event_id: sa.insert(EventLink).values(event_id=event_id, card="deal", card_id=1)])
def test_what_a_sealed_fact_is_about_cannot_be_changed(context: Session, cast: Cast, tamper: Callable[[int], sa.Executable]) -> None:
    ids, _contact = linked()
    assert faults() == []
    context.execute(tamper(ids[1]))
    assert faults() == [("changed", "link", ids[1])]


def test_a_sealed_fact_about_nothing_gets_no_subject_later(context: Session, small_blocks: None) -> None:
    ids = write(12)
    seal_all()
    context.execute(sa.insert(EventLink).values(event_id=ids[4], card="deal", card_id=1))
    context.commit()
    seal_all()
    assert faults() == [("changed", "link", ids[4])]


def test_a_chain_of_before_links_were_sealed_still_holds_and_gets_them(
        context: Session, cast: Cast, small_blocks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as before:
        before.delitem(queries.SOURCES, queries.LINKS)
        old, _contact = linked(25)
        written_down = queries.code(queries.last_seal().digest)
    assert faults() == []
    new, _other = linked(3)
    assert faults() == []
    assert queries.find_code(written_down) is not None
    for event_id in (old[0], new[-1]):
        context.execute(sa.delete(EventLink).where(EventLink.event_id == event_id))
    assert faults() == [("changed", "link", old[0]), ("changed", "link", new[-1])]


def test_no_seal_of_links_is_missed_or_declared_something_else(context: Session, cast: Cast, small_blocks: None) -> None:
    linked(25)
    write(3)
    seal_all()
    first = context.scalar(sa.select(sa.func.min(Seal.number)).where(Seal.source == queries.LINKS)) or 0
    with context.begin_nested() as tried:
        context.execute(sa.update(Seal).where(Seal.number == first).values(source="journal"))
        assert ("changed", "seal", first) in faults()
        tried.rollback()
    with context.begin_nested() as tried:
        context.execute(sa.delete(Seal).where(Seal.number == first))
        assert ("removed", "seal", first) in faults()
        tried.rollback()
    context.execute(sa.delete(Seal).where(Seal.number == queries.last_seal().number))
    assert [fault[:2] for fault in faults()] == [("removed", "seal")]


def test_old_links_go_with_their_facts(context: Session, cast: Cast, small_blocks: None) -> None:
    context.execute(sa.update(Organization).values(guard={"months": 12}))
    context.commit()
    contact = make_contact("Ёжикова")
    made = [record(client_events.CONTACT_CHANGED, contact, actor_id=None, number=number) for number in range(35)]
    note = record(client_events.NOTE_ADDED, contact, actor_id=None, text="Слово")
    context.commit()
    ids, note_id = [event.id for event in made], note.id
    context.execute(sa.update(Event).values(at=utcnow() - dt.timedelta(days=500)))
    context.commit()
    seal_all()
    fresh, _contact = linked(12)
    assert chain.trim() >= 30
    assert faults() == []
    assert context.get(Event, ids[0]) is None
    assert context.get(Event, note_id) is not None
    assert context.scalar(sa.select(sa.func.count()).where(EventLink.event_id == ids[0])) == 0
    context.execute(sa.delete(EventLink).where(EventLink.event_id == fresh[-1]))
    assert faults() == [("changed", "link", fresh[-1])]


def test_an_entry_written_in_at_the_end_with_an_old_moment_is_remarked(app: Flask, context: Session, cast: Cast) -> None:
    write(3)
    long_ago = utcnow() - dt.timedelta(days=3)
    context.execute(sa.insert(Event).values(kind="test.fact", at=long_ago, data={}))
    context.commit()
    put_in = context.scalar(sa.select(sa.func.max(Event.id)))
    write(2)
    seal_all()
    assert faults() == []
    remarks = queries.walk().remarks
    assert [(one.what, one.source, one.id) for one in remarks] == [("earlier", "event", put_in)]
    assert remarks[0].seconds == pytest.approx(3 * 86400, abs=60)
    told = app.test_cli_runner().invoke(args=["log", "verify"])
    assert told.exit_code == 0
    assert f"event {put_in}: dated earlier than the one before by 3 days" in told.output
    assert "The chain holds." in told.output
    while not chain.check_slice():
        pass
    assert context.scalars(sa.select(Alarm)).all() == []
    with force_locale("en"):
        state = queries.health()
    assert (state.level, f"Fact {put_in} is dated earlier than the one before, by 3 days." in state.sentence) == ("good", True)


def test_a_moment_between_two_seals_is_compared_as_well(context: Session, small_blocks: None) -> None:
    ids = write(11)
    context.execute(sa.update(Event).where(Event.id == ids[10]).values(at=utcnow() - dt.timedelta(hours=1)))
    context.commit()
    seal_all()
    assert [one.id for one in queries.walk().remarks] == [ids[10]]
    assert [one.id for one in queries.walk(1).remarks] == [ids[10]]


def test_several_processes_and_slow_writers_are_no_remark(context: Session) -> None:
    ids = write(4)
    context.execute(sa.update(Event).where(Event.id == ids[2]).values(at=utcnow() - dt.timedelta(minutes=10)))
    context.commit()
    seal_all()
    assert queries.walk().remarks == []


def test_remarks_leave_room_for_faults_and_the_alarm(context: Session, cast: Cast) -> None:
    ids = write(3)
    context.execute(sa.update(Event).where(Event.id == ids[1]).values(at=utcnow() - dt.timedelta(days=9)))
    context.commit()
    seal_all()
    while not chain.check_slice():
        pass
    context.execute(sa.delete(Event).where(Event.id == ids[2]))
    context.commit()
    while not chain.check_slice():
        pass
    assert [alarm.count for alarm in context.scalars(sa.select(Alarm))] == [1]
    assert [one["what"] for one in context.get_one(Chain, 1).faults] == ["removed", "earlier"]
    with force_locale("en"):
        assert "1 entry was changed" in queries.health().sentence
