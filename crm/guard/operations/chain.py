"""Sealing the log, checking it bit by bit, erasing a person from it, taking old entries off its front.

On SQLite ids are committed in order. On PostgreSQL they are not: a transaction may commit id 7 after another showed id 8. So a
table is sealed up to an id that was visible when every transaction older than a mark had ended. The mark is made a run later
than the id was read, so that a row between its id and its transaction number cannot be overtaken. Nobody waits for any of it.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from crm.accounts.models import User
from crm.core.db import db, own_transaction, reading, utcnow
from crm.core.events import KINDS, EventLink, record
from crm.guard import events, rules
from crm.guard.models import Chain, Seal, Sealed
from crm.guard.operations import alarms
from crm.guard.queries import chain as queries
from crm.guard.queries.chain import LINKS, MARK, SOURCES, Source

BLOCK = 500
MOST_BLOCKS = 40  # of one table in one run
SLICE = 200  # seals checked in one go
MOST_TRIMMED = 200


@dataclass(frozen=True)
class _Draft:
    source: str
    last_id: int
    rows: int
    body: bytes
    number: int
    previous: str


def seal() -> int:
    """Seal what is settled, block by block; how many rows that were. Commits."""
    sealed = 0
    for source in SOURCES.values():
        settled = _settled(source)
        for _block in range(MOST_BLOCKS):
            draft = _draft(source, settled)
            if draft is None or not _keep(draft):
                break
            sealed += 0 if source.name == LINKS else draft.rows
    return sealed


def _settled(source: Source) -> int:
    """The id below which nothing can appear any more. Links come with their facts: they are settled where those are sealed."""
    if source.name == LINKS:
        with reading():
            return db.session.scalar(sa.select(Sealed.to_id).where(Sealed.source == "event")) or 0
    with reading():
        newest, state = source.newest(), db.session.get(Sealed, source.name)
        to_id = state.to_id if state else 0
    if newest <= to_id or db.engine.dialect.name != "postgresql":
        return newest
    state = db.session.get(Sealed, source.name) or Sealed(source=source.name, to_id=0, cut_id=0)
    db.session.add(state)
    found = _horizon(state, newest)
    db.session.commit()
    return found


def _horizon(state: Sealed, newest: int) -> int:
    """Move the mark by one step; the id up to which the table is settled."""
    mine, oldest = db.session.execute(sa.text(  # the first gives this transaction a number: all older ones are smaller
        "SELECT txid_current(), txid_snapshot_xmin(txid_current_snapshot())")).one()
    if state.mark_id is not None and state.mark_id <= state.to_id:
        state.mark_id = state.mark_xid = None
    if state.mark_id is None:
        state.mark_id = newest
    elif state.mark_xid is None or state.mark_xid > mine:  # the base was brought back from a backup: numbers began anew
        state.mark_xid = mine
    elif oldest >= state.mark_xid:
        return state.mark_id
    return state.to_id


def _draft(source: Source, settled: int) -> _Draft | None:
    """Read and hash the next block outside of the write lock."""
    with reading():
        state, last = db.session.get(Sealed, source.name), queries.last_seal()
        kept = queries.chain()
        number, previous = (last.number, last.digest) if last else (kept.cut_number, kept.cut_digest) if kept else (0, "")
        rows = db.session.execute(sa.select(*source.columns).where(
            source.model.id > (state.to_id if state else 0), source.model.id <= settled)
            .order_by(source.model.id).limit(BLOCK)).all()
        body = queries.body_of(source, rows)
    if not rows:
        return None
    return _Draft(source.name, rows[-1][0], len(rows), body, number + 1, previous)


def _keep(draft: _Draft) -> bool:
    """Write the seal; False when another process was quicker."""
    digest = queries.seal_digest(draft.number, draft.source, draft.last_id, draft.body, draft.previous)
    row = Seal(number=draft.number, source=draft.source, last_id=draft.last_id, rows=draft.rows, at=utcnow(),
               body=draft.body, previous=draft.previous, digest=digest)
    db.session.add(row)
    state = db.session.get(Sealed, draft.source) or Sealed(source=draft.source, to_id=0, cut_id=0)
    state.to_id = draft.last_id
    db.session.add(state)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return False
    db.session.expunge(row)
    return True


def check_slice() -> bool:
    """Check the next seals; True when the chain's end was reached and the result stands. Commits."""
    with reading():
        kept = queries.chain()
        before, old = (list(kept.found), queries.wrong(kept.faults)) if kept else ([], [])
        step = queries.walk(kept.position if kept else None, SLICE)
    now = db.session.get(Chain, 1) or Chain(id=1, cut_number=0, cut_digest="", position=0, found=[], faults=[])
    db.session.add(now)
    found = _kept([*before, *(one.as_data() for one in (*step.faults, *step.remarks))])
    if step.position is not None:
        now.position, now.found = step.position, found
        db.session.commit()
        return False
    now.position, now.found, now.faults, now.checked_at = now.cut_number, [], found, utcnow()
    db.session.commit()
    if (faults := queries.wrong(found)) and not old:
        with own_transaction() as connection:
            alarms.raise_alarm(connection, "chain", None, day=utcnow().date(), count=len(faults))
    return True


def _kept(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first faults and the newest remarks: a hundred of each say enough."""
    told = [one for one in found if one["what"] in queries.REMARKS]
    return [one for one in found if one["what"] not in queries.REMARKS][:queries.MOST_FAULTS] + told[-queries.MOST_REMARKS:]


def begin_check() -> None:
    """Let the next check begin at the chain's beginning."""
    db.session.execute(sa.update(Chain).values(position=Chain.cut_number, found=[]))


def erase_card(card: str, card_id: int, *, actor: User | None) -> int:
    """Erase from the log what it holds about a card, such as ("contact", 7); how many entries that were."""
    ids = db.session.scalars(sa.select(EventLink.event_id).where(EventLink.card == card, EventLink.card_id == card_id)).all()
    return erase("event", ids, actor=actor)


def erase(table: str, ids: Collection[int], *, actor: User | None) -> int:
    """Replace what rows of `event` or `journal` hold by its digest: the chain holds, the words are gone. Recorded."""
    source = SOURCES[table]
    model: Any = source.model
    empty = {"address": "", "rows": None} if table == "journal" else {}
    wanted, done = sorted(set(ids)), []
    for start in range(0, len(wanted), BLOCK):
        part = wanted[start:start + BLOCK]
        for row in db.session.execute(sa.select(*source.columns).where(model.id.in_(part)).order_by(model.id)).all():
            if row[1] == events.ERASED.code or (isinstance(row[4], dict) and row[4].keys() == {MARK}):
                continue
            db.session.execute(sa.update(model).where(model.id == row[0]).values(
                data={MARK: queries.content_digest(row)}, **empty))
            done.append(row[0])
    for start in range(0, len(done), BLOCK):
        record(events.ERASED, actor_id=actor.id if actor else None, table=table, ids=done[start:start + BLOCK])
    return len(done)


def trim() -> int:
    """Take entries older than the owner's term off the front, whole seals at a time; how many went. Commits.

    What people wrote themselves (notes, calls) stays: it stands nowhere else.
    """
    months = rules.number("months")
    if not months:
        return 0
    edge, gone = utcnow() - dt.timedelta(days=round(months * 30.44)), 0
    for _seal in range(MOST_TRIMMED):
        went = _trim_one(edge)
        if went is None:
            break
        gone += went
    if gone:
        record(events.TRIMMED, actor_id=None, count=gone, months=months)
        db.session.commit()
    return gone


def _trim_one(edge: dt.datetime) -> int | None:
    """Remove the oldest seal with its rows when all of them are older than `edge`; how many went, or None."""
    kept = db.session.get(Chain, 1) or Chain(id=1, cut_number=0, cut_digest="", position=0, found=[], faults=[])
    oldest = db.session.scalar(sa.select(Seal).order_by(Seal.number).limit(1))
    state = db.session.get(Sealed, oldest.source) if oldest else None
    if oldest is None or state is None:
        db.session.rollback()
        return None
    gone = 0 if oldest.source == LINKS else _remove(oldest, state, edge)  # links went with their facts, sealed before them
    if gone is None:
        db.session.rollback()
        return None
    state.cut_id, kept.cut_number, kept.cut_digest = oldest.last_id, oldest.number, oldest.digest
    kept.position = max(kept.position, oldest.number)
    db.session.add(kept)
    db.session.delete(oldest)
    db.session.commit()
    return gone


def _remove(oldest: Seal, state: Sealed, edge: dt.datetime) -> int | None:
    """Remove the rows of the oldest seal; how many, or None when one of them is not older than `edge`."""
    model: Any = SOURCES[oldest.source].model
    within = (model.id > state.cut_id, model.id <= oldest.last_id)
    newest = db.session.scalar(sa.select(sa.func.max(model.at)).where(*within))
    if newest is not None and newest >= edge:
        return None
    spared = [code for code, kind in KINDS.items() if kind.kept]
    top = SOURCES[oldest.source].newest()  # stays, or SQLite would give its id away again
    return len(db.session.execute(sa.delete(model).where(*within, model.id < top, model.kind.not_in(spared)).returning(model.id)
                                  .execution_options(synchronize_session=False)).all())
