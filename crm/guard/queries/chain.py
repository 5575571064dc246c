"""The chain that shows tampering: what a row's digest is, and walking the seals to find what was changed.

A row's digest covers its reference (table, id, kind, moment, who) and the digest of its content. A seal covers the digests of
up to 500 rows and the seal before. An erased row keeps the digest of what it held, so the chain still holds; the erasure itself
stands in the log. What facts are linked with is sealed beside them, by ids alone, in seals of its own: so those that were sealed
before links were hold as they are, and no seal can be taken for one of an older making. Somebody who can write every table could
forge all seals anew: the code of a seal, written down elsewhere, shows that too.

A moment that lies before the one above it proves nothing, for clocks are set back; it is told as a remark. So is that of a seal,
which its digest leaves out: it must lie after the seal before and after its own entries, and not in the time to come. Moved
between those it goes unseen. Below the checkpoint, where old entries were taken off, only their absence can be told.
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

from crm.core.db import db, utcnow
from crm.core.events import KINDS, Event, EventLink
from crm.core.health import BAD, GOOD, WARN, State
from crm.core.journal import Entry
from crm.guard.events import ERASED
from crm.guard.models import Chain, Seal, Sealed

LINKS = "link"  # the source of what facts are linked with
EARLIER, AHEAD = REMARKS = ("earlier", "ahead")  # no faults
LATE = dt.timedelta(minutes=15)  # what is noted is numbered when it is written: a long import, or a slow request, between the two
UNSEALED = dt.timedelta(hours=1)  # older ones should have their seal
SHORTEST_TERM = dt.timedelta(days=30)  # after which entries are taken off
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
ENTRIES = (SOURCES["event"], SOURCES["journal"])


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
    return [one for one in found if one["what"] not in REMARKS]


def remarks(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """What a check found that may be honest, the newest first."""
    return [one for one in found if one["what"] in REMARKS][::-1]


def remark_text(remark: Mapping[str, Any]) -> str:
    """A remark in the reader's words."""
    by = format_timedelta(dt.timedelta(seconds=remark["seconds"]), threshold=2)
    if remark["what"] == AHEAD:
        return _("Seal %(id)s is dated later than now, by %(time)s.", id=remark["id"], time=by)
    if remark["source"] == "seal":
        return _("Seal %(id)s is dated earlier than the one before or than its entries, by %(time)s.", id=remark["id"], time=by)
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
    if sentence := unprotected_text():
        return State(WARN, sentence, _("They are sealed minute by minute while the program runs. If their number does not fall, "
                                       "ask whoever looks after the server."), "/settings/log")
    if kept is None or kept.checked_at is None:
        return State(GOOD, _("Entries are sealed within minutes; then they are checked by themselves."))
    whole = _("The log is whole: nothing was changed, removed or inserted.")
    if told := remarks(kept.faults):
        return State(GOOD, f"{whole} {remark_text(told[0])}",
                     _("Either the clock was set back, or something was written in or changed later."), "/settings/log")
    return State(GOOD, whole)


def unprotected_text() -> str:
    """How many entries should have a seal and have none, in the reader's words; empty when all is well."""
    _count, late = unprotected({source.name: sa.func.coalesce(
        sa.select(Sealed.to_id).where(Sealed.source == source.name).scalar_subquery(), 0) for source in ENTRIES})
    return ngettext("%(num)d entry of the log is older than an hour and no seal protects it yet.",
                    "%(num)d entries of the log are older than an hour and no seal protects them yet.", late) if late else ""


def unprotected(sealed: Mapping[str, Any]) -> tuple[int, int]:
    """How many entries stand above the last sealed ids, and how many of those are older than an hour."""
    edge, counts = utcnow() - UNSEALED, []
    for source in ENTRIES:
        above = sa.select(sa.func.count()).where(source.model.id > sealed.get(source.name, 0))
        counts += [above.scalar_subquery(), above.where(source.model.at < edge).scalar_subquery()]
    found = db.session.execute(sa.select(*counts)).one()
    return found[0] + found[2], found[1] + found[3]


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed: changed, removed, inserted or unrecorded (erased with no record), or a seal.

    As a remark: dated earlier than the entry before it, or ahead of now, by some seconds.
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
    unprotected: tuple[int, int] = (0, 0)  # known at the end: entries without a seal, those older than an hour


def walk(start: int | None = None, most: int | None = None) -> Walk:
    """Check up to `most` seals after the seal `start` (None: from the checkpoint on)."""
    kept = chain()
    cut_number, cut_digest = (kept.cut_number, kept.cut_digest) if kept else (0, "")
    position = max(start or 0, cut_number)
    before = db.session.execute(sa.select(Seal.digest, Seal.at).where(Seal.number == position)).first() if position > cut_number else None
    previous, at = before or (cut_digest if position == cut_number else "", None)
    found, seen, erased = Walk(), _last_ids(position), _erased()
    numbers = db.session.scalars(sa.select(Seal.number).where(Seal.number > position).order_by(Seal.number).limit(most)).all()
    for number in numbers:
        seal = db.session.get_one(Seal, number)
        if number != position + 1:
            found.faults += [Fault("removed", "seal", missing) for missing in range(position + 1, min(number, position + 21))]
        if (seal.previous != previous or len(seal.body) != seal.rows * ROW_SIZE
                or seal.digest != seal_digest(number, seal.source, seal.last_id, seal.body, seal.previous)):
            found.faults.append(Fault("changed", "seal", number))
        if source := SOURCES.get(seal.source):
            after = seen.get(seal.source, 0)
            rows = _rows(source, after, seal.last_id)
            found.faults += _faults_of(seal, source, rows, erased)
            found.remarks = [*found.remarks, *_set_back(source, after, rows), *_misdated(seal, at, rows)][-MOST_REMARKS:]
        position, previous, at, seen[seal.source] = number, seal.digest, seal.at, seal.last_id
        found.rows, found.seals = found.rows + (0 if seal.source == LINKS else seal.rows), found.seals + 1
        db.session.expunge(seal)
        if len(found.faults) >= MOST_FAULTS:
            found.faults = found.faults[:MOST_FAULTS]
            return found
    if most is not None and len(numbers) == most:
        found.position = position
    else:
        found.faults += [*_torn_off(seen, position), *_before_the_chain(cut_number)]
        found.unprotected = unprotected(seen)
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


def _misdated(seal: Seal, before: dt.datetime | None, rows: Sequence[Any]) -> Iterator[Fault]:
    """A seal whose moment lies before that of the seal before or of its own rows, or after now."""
    moments = [row[2] for row in rows] if seal.source != LINKS else []
    latest, now = max([*moments, *([before] if before else [])], default=seal.at), utcnow()
    if latest - seal.at > LATE:
        yield Fault(EARLIER, "seal", seal.number, round((latest - seal.at).total_seconds()))
    if seal.at - now > LATE:
        yield Fault(AHEAD, "seal", seal.number, round((seal.at - now).total_seconds()))


def _before_the_chain(cut_number: int) -> Iterator[Fault]:
    """What stands where nothing can: before the first number, or below the checkpoint, where only what people wrote is left."""
    spared = [code for code, kind in KINDS.items() if kind.kept]
    cuts: dict[str, int] = {row[0]: row[1] for row in db.session.execute(sa.select(Sealed.source, Sealed.cut_id))}
    for source in ENTRIES:
        model = source.model
        for row_id, at in db.session.execute(sa.select(model.id, model.at).where(
                model.id <= cuts.get(source.name, 0), sa.or_(model.id <= 0, model.kind.not_in(spared)))
                .order_by(model.id).limit(MOST_FAULTS)).all():
            if row_id <= 0 or not _rested(source, row_id, at):
                yield Fault("inserted", source.name, row_id)
    for number in db.session.scalars(sa.select(Seal.number).where(Seal.number <= cut_number).limit(MOST_FAULTS)):
        yield Fault("inserted", "seal", number)


def _rested(source: Source, row_id: int, at: dt.datetime) -> bool:
    """Whether the row was its table's newest when all was old: trimming leaves that one, and the next came a term later."""
    model = source.model
    following = db.session.scalar(sa.select(model.at).where(model.id > row_id).order_by(model.id).limit(1))
    return following is None or following - at >= SHORTEST_TERM
