"""The chain that shows tampering: what a row's digest is, and walking the seals to find what was changed.

A row's digest covers its reference (table, id, kind, moment, who) and the digest of its content. A seal covers the digests of
up to 500 rows and the seal before. An erased row keeps the digest of what it held, so the chain still holds; the erasure itself
stands in the log. What facts are linked with is sealed beside them, by ids alone, in seals of its own: so those that were sealed
before links were hold as they are, and no seal can be taken for one of an older making. Somebody who can write every table could
forge all seals anew: the code of a seal, written down elsewhere, shows that too.

A moment that lies before the one above it proves nothing, for clocks are set back; it is told as a remark.
"""

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import format_timedelta, ngettext
from flask_babel import gettext as _

from crm.core.db import db
from crm.core.events import Event, EventLink
from crm.core.health import BAD, GOOD, State
from crm.core.journal import Entry
from crm.guard.events import ERASED
from crm.guard.models import Chain, Seal, Sealed

LINKS = "link"  # the source of what facts are linked with
EARLIER = "earlier"  # a remark, not a fault
LATE = dt.timedelta(minutes=15)  # what is noted is numbered when it is written: a long import, or a slow request, between the two
MARK = "erased"  # the key of the digest that an erased row keeps
ID_SIZE, ROW_SIZE = 8, 40
MOST_FAULTS = MOST_REMARKS = 100
SEAL_FIELDS = (Seal.number, Seal.source, Seal.last_id, Seal.rows, Seal.at, Seal.previous, Seal.digest)


@dataclass(frozen=True)
class Source:
    """A sealed table: its columns, id, kind, at and actor_id first, then what it holds; of links the ids of their facts."""

    name: str
    model: Any
    columns: tuple[Any, ...]

    def newest(self) -> int:
        """The highest id that is visible now."""
        return db.session.scalar(sa.select(sa.func.max(self.model.id))) or 0


def _source(name: str, model: Any, *content: Any) -> Source:
    return Source(name, model, (model.id, model.kind, model.at, model.actor_id, model.data, *content))


SOURCES = {"event": _source("event", Event), "journal": _source("journal", Entry, Entry.address, Entry.rows),
           LINKS: Source(LINKS, Event, (Event.id,))}


def content_digest(row: Sequence[Any]) -> str:
    """SHA-256 of what the row holds; of an erased one the digest that it kept."""
    data = row[4]
    if isinstance(data, dict) and data.keys() == {MARK}:
        return str(data[MARK])
    return hashlib.sha256(json.dumps([data, *row[5:]], sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def row_digest(source: Source, row: Sequence[Any]) -> bytes:
    """SHA-256 of the row's reference and of the digest of its content."""
    reference = f"{source.name}|{row[0]}|{row[1]}|{row[2].isoformat()}|{row[3] or ''}|{content_digest(row)}"
    return hashlib.sha256(reference.encode()).digest()


def _links_digests(rows: Sequence[Any]) -> dict[int, bytes]:
    """SHA-256 of each fact's number and of all that it is linked with."""
    links: dict[int, list[tuple[str, int]]] = defaultdict(list)
    for event_id, card, card_id in db.session.execute(sa.select(EventLink.event_id, EventLink.card, EventLink.card_id).where(
            EventLink.event_id >= rows[0][0], EventLink.event_id <= rows[-1][0])) if rows else ():
        links[event_id].append((card, card_id))
    return {row[0]: hashlib.sha256(json.dumps([LINKS, row[0], sorted(links[row[0]])]).encode()).digest() for row in rows}


def digests(source: Source, rows: Sequence[Any]) -> dict[int, bytes]:
    """The digest of each row by its id, in the order of the rows."""
    return _links_digests(rows) if source.name == LINKS else {row[0]: row_digest(source, row) for row in rows}


def body_of(source: Source, rows: Sequence[Any]) -> bytes:
    """What a seal keeps of its rows."""
    return b"".join(row_id.to_bytes(ID_SIZE, "big") + digest for row_id, digest in digests(source, rows).items())


def seal_digest(number: int, source: str, last_id: int, body: bytes, previous: str) -> str:
    """SHA-256 of a seal: its place, its rows, and the seal before."""
    head = f"{previous}|{number}|{source}|{last_id}|{hashlib.sha256(body).hexdigest()}"
    return hashlib.sha256(head.encode()).hexdigest()


def code(digest: str) -> str:
    """The short code of a seal, to be written down: 4F9A-22C1-07BD."""
    return "-".join(digest[start:start + 4].upper() for start in (0, 4, 8))


def last_seal() -> Any:
    """The newest seal without its body, or None. The backup keeps its code outside of the base."""
    return db.session.execute(sa.select(*SEAL_FIELDS).order_by(Seal.number.desc()).limit(1)).first()


def find_code(typed: str) -> Any:
    """The seal of a code that was written down, or None: then the chain is not the one it was."""
    prefix = "".join(char for char in typed.lower() if char in "0123456789abcdef")[:12]
    if len(prefix) < 12:
        return None
    return db.session.execute(sa.select(*SEAL_FIELDS).where(Seal.digest.startswith(prefix)).limit(1)).first()


def chain() -> Chain | None:
    """The checkpoint and the last check; None before the first one."""
    return db.session.get(Chain, 1)


def wrong(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What is not as it was sealed, of what a check found."""
    return [one for one in found if one["what"] != EARLIER]


def remarks(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What a check found that may be honest, the newest first."""
    return [one for one in found if one["what"] == EARLIER][::-1]


def remark_text(remark: Mapping[str, Any]) -> str:
    """A remark in the reader's words."""
    by = format_timedelta(dt.timedelta(seconds=remark["seconds"]), threshold=2)
    if remark["source"] == "journal":
        return _("Act %(id)s is dated earlier than the one before, by %(time)s.", id=remark["id"], time=by)
    return _("Fact %(id)s is dated earlier than the one before, by %(time)s.", id=remark["id"], time=by)


def health() -> State:
    """Whether the log is as it was written: for the health page."""
    kept = chain()
    if kept and (faults := wrong(kept.faults) or wrong(kept.found)):
        return State(BAD, ngettext("The log is not as it was written: %(num)d entry was changed, removed or inserted.",
                                   "The log is not as it was written: %(num)d entries were changed, removed or inserted.", len(faults)),
                     _("Keep a copy of the base now and find out who can write to it; the page of the log names the entries."),
                     "/settings/log")
    if kept is None or kept.checked_at is None:
        return State(GOOD, _("Entries are sealed within minutes; then they are checked by themselves."))
    whole = _("The log is whole: nothing was changed, removed or inserted.")
    if told := remarks(kept.faults):
        return State(GOOD, f"{whole} {remark_text(told[0])}", _("Either the clock was set back, or the entry was written in later."),
                     "/settings/log")
    return State(GOOD, whole)


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed: changed, removed, inserted or unrecorded (erased with no record), or a seal.

    As a remark: dated earlier than the entry before it, by some seconds.
    """

    what: str
    source: str
    id: int
    seconds: int = 0

    def as_data(self) -> dict[str, Any]:
        """For the table of the last check."""
        data = {"what": self.what, "source": self.source, "id": self.id}
        return {**data, "seconds": self.seconds} if self.seconds else data


@dataclass
class Walk:
    """A part of the way along the chain: how many rows were looked at, where it stopped (None: at its end)."""

    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)
    rows: int = 0
    seals: int = 0
    position: int | None = None


def walk(start: int | None = None, most: int | None = None) -> Walk:
    """Check up to `most` seals after the seal `start` (None: from the checkpoint on)."""
    kept = chain()
    cut_number, cut_digest = (kept.cut_number, kept.cut_digest) if kept else (0, "")
    position = max(start or 0, cut_number)
    previous = cut_digest if position == cut_number else db.session.scalar(
        sa.select(Seal.digest).where(Seal.number == position)) or ""
    found, seen, erased = Walk(), _last_ids(position), _erased()
    numbers = db.session.scalars(sa.select(Seal.number).where(Seal.number > position).order_by(Seal.number).limit(most)).all()
    for number in numbers:
        seal = db.session.get_one(Seal, number)
        if number != position + 1:
            found.faults += [Fault("removed", "seal", missing) for missing in range(position + 1, min(number, position + 21))]
        if seal.previous != previous or seal.digest != seal_digest(number, seal.source, seal.last_id, seal.body, seal.previous):
            found.faults.append(Fault("changed", "seal", number))
        if source := SOURCES.get(seal.source):
            after = seen.get(seal.source, 0)
            rows = _rows(source, after, seal.last_id)
            found.faults += _faults_of(seal, source, rows, erased)
            found.remarks = [*found.remarks, *_set_back(source, after, rows)][-MOST_REMARKS:]
        position, previous, seen[seal.source] = number, seal.digest, seal.last_id
        found.rows, found.seals = found.rows + (0 if seal.source == LINKS else seal.rows), found.seals + 1
        db.session.expunge(seal)
        if len(found.faults) >= MOST_FAULTS:
            found.faults = found.faults[:MOST_FAULTS]
            return found
    if most is not None and len(numbers) == most:
        found.position = position
    else:
        found.faults += _torn_off(seen, position)
    return found


def _last_ids(position: int) -> dict[str, int]:
    """The last sealed id of each table up to a seal: the checkpoint's where no seal is left."""
    cuts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(sa.select(Sealed.source, Sealed.cut_id))}
    rows = db.session.execute(sa.select(Seal.source, sa.func.max(Seal.last_id)).where(
        Seal.number <= position).group_by(Seal.source))
    return cuts | {row[0]: row[1] for row in rows}


def _erased() -> dict[str, set[int]]:
    """Ids of rows whose erasure stands in the log."""
    found: dict[str, set[int]] = {}
    for data in db.session.scalars(sa.select(Event.data).where(Event.kind == ERASED.code)):
        found.setdefault(str(data.get("table")), set()).update(data.get("ids", ()))
    return found


def _rows(source: Source, after: int, last_id: int) -> Sequence[Any]:
    return db.session.execute(sa.select(*source.columns).where(
        source.model.id > after, source.model.id <= last_id).order_by(source.model.id)).all()


def _faults_of(seal: Seal, source: Source, rows: Sequence[Any], erased: dict[str, set[int]]) -> Iterator[Fault]:
    sealed = {int.from_bytes(seal.body[at:at + ID_SIZE], "big"): seal.body[at + ID_SIZE:at + ROW_SIZE]
              for at in range(0, len(seal.body), ROW_SIZE)}
    found = digests(source, rows)
    if source.name == LINKS:  # whether the fact itself is there its own seal tells
        yield from (Fault("changed", LINKS, row_id) for row_id, digest in found.items() if sealed.get(row_id, digest) != digest)
        return
    for row in rows:
        digest = sealed.pop(row[0], None)
        if digest is None:
            yield Fault("inserted", seal.source, row[0])
        elif digest != found[row[0]]:
            yield Fault("changed", seal.source, row[0])
        elif isinstance(row[4], dict) and row[4].keys() == {MARK} and row[0] not in erased.get(seal.source, ()):
            yield Fault("unrecorded", seal.source, row[0])
    for missing in sealed:
        yield Fault("removed", seal.source, missing)


def _set_back(source: Source, after: int, rows: Sequence[Any]) -> Iterator[Fault]:
    """Rows whose moment lies before that of the row above by more than the order of writing explains."""
    if source.name == LINKS:
        return
    model = source.model
    before = db.session.scalar(sa.select(model.at).where(model.id <= after).order_by(model.id.desc()).limit(1))
    for row in rows:
        if before is not None and before - row[2] > LATE:
            yield Fault(EARLIER, source.name, row[0], round((before - row[2]).total_seconds()))
        before = row[2]


def _torn_off(seen: dict[str, int], position: int) -> list[Fault]:
    """Seals that were taken from the chain's end: the tables were sealed further than the last seal says."""
    rows = db.session.execute(sa.select(Sealed.source, Sealed.to_id)).all()
    return [Fault("removed", "seal", position + 1) for source, to_id in rows if to_id > seen.get(source, 0)][:1]
