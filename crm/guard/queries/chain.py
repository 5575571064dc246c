"""The chain that shows tampering: what a row's digest is, and walking the seals to find what was changed.

A row's digest covers its reference (table, id, kind, moment, who) and the digest of its content. A seal covers the digests of
up to 500 rows and the seal before. An erased row keeps the digest of what it held, so the chain still holds; the erasure itself
stands in the log. Somebody who can write every table could forge all seals anew: the code of a seal, written down elsewhere,
shows that too.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.core.db import db
from crm.core.events import Event
from crm.core.health import BAD, GOOD, State
from crm.core.journal import Entry
from crm.guard.events import ERASED
from crm.guard.models import Chain, Seal, Sealed

MARK = "erased"  # the key of the digest that an erased row keeps
ID_SIZE, ROW_SIZE = 8, 40
MOST_FAULTS = 100
SEAL_FIELDS = (Seal.number, Seal.source, Seal.last_id, Seal.rows, Seal.at, Seal.previous, Seal.digest)


@dataclass(frozen=True)
class Source:
    """A sealed table: its columns, id, kind, at and actor_id first, then what it holds."""

    name: str
    model: Any
    columns: tuple[Any, ...]

    def newest(self) -> int:
        """The highest id that is visible now."""
        return db.session.scalar(sa.select(sa.func.max(self.model.id))) or 0


def _source(name: str, model: Any, *content: Any) -> Source:
    return Source(name, model, (model.id, model.kind, model.at, model.actor_id, model.data, *content))


SOURCES = {"event": _source("event", Event), "journal": _source("journal", Entry, Entry.address, Entry.rows)}


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


def body_of(source: Source, rows: Sequence[Any]) -> bytes:
    """What a seal keeps of its rows."""
    return b"".join(row[0].to_bytes(ID_SIZE, "big") + row_digest(source, row) for row in rows)


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


def health() -> State:
    """Whether the log is as it was written: for the health page."""
    kept = chain()
    if kept and (faults := kept.faults or kept.found):
        return State(BAD, ngettext("The log is not as it was written: %(num)d entry was changed, removed or inserted.",
                                   "The log is not as it was written: %(num)d entries were changed, removed or inserted.", len(faults)),
                     _("Keep a copy of the base now and find out who can write to it; the page of the log names the entries."),
                     "/settings/log")
    if kept is None or kept.checked_at is None:
        return State(GOOD, _("Entries are sealed within minutes; then they are checked by themselves."))
    return State(GOOD, _("The log is whole: nothing was changed, removed or inserted."))


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was sealed: changed, removed, inserted or unrecorded (erased with no record), or a seal."""

    what: str
    source: str
    id: int

    def as_data(self) -> dict[str, Any]:
        """For the table of the last check."""
        return {"what": self.what, "source": self.source, "id": self.id}


@dataclass
class Walk:
    """A part of the way along the chain: how many rows were looked at, where it stopped (None: at its end)."""

    faults: list[Fault] = field(default_factory=list)
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
        found.faults += _faults_of(seal, seen.get(seal.source, 0), erased)
        position, previous, seen[seal.source] = number, seal.digest, seal.last_id
        found.rows, found.seals = found.rows + seal.rows, found.seals + 1
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


def _faults_of(seal: Seal, after: int, erased: dict[str, set[int]]) -> Iterator[Fault]:
    source = SOURCES.get(seal.source)
    if source is None:
        return
    sealed = {int.from_bytes(seal.body[at:at + ID_SIZE], "big"): seal.body[at + ID_SIZE:at + ROW_SIZE]
              for at in range(0, len(seal.body), ROW_SIZE)}
    rows = db.session.execute(sa.select(*source.columns).where(
        source.model.id > after, source.model.id <= seal.last_id).order_by(source.model.id)).all()
    for row in rows:
        digest = sealed.pop(row[0], None)
        if digest is None:
            yield Fault("inserted", seal.source, row[0])
        elif digest != row_digest(source, row):
            yield Fault("changed", seal.source, row[0])
        elif isinstance(row[4], dict) and row[4].keys() == {MARK} and row[0] not in erased.get(seal.source, ()):
            yield Fault("unrecorded", seal.source, row[0])
    for missing in sealed:
        yield Fault("removed", seal.source, missing)


def _torn_off(seen: dict[str, int], position: int) -> list[Fault]:
    """Seals that were taken from the chain's end: the tables were sealed further than the last seal says."""
    rows = db.session.execute(sa.select(Sealed.source, Sealed.to_id)).all()
    return [Fault("removed", "seal", position + 1) for source, to_id in rows if to_id > seen.get(source, 0)][:1]
