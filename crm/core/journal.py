"""The append-only log of ways in, exports and mass views: kept in a transaction of its own, whatever becomes of the request.

Facts of the trade stand in `core/events`, written with the work they describe. Here stand acts that must be remembered
although nothing was written, or although the request failed: a missed password, a file taken away.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import g, has_request_context, request
from flask_babel import LazyString
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, Moment, own_transaction, utcnow
from crm.core.events import BIG_ID, mask

CAME_FROM = "came_from"  # the same in the data of a fact about a way in: facts have no column for it


class Entry(Base):
    """One remembered act; `rows` is how many records were shown or taken, where that counts."""

    __tablename__ = "journal"
    __table_args__ = (sa.Index("ix_journal_kind_at", "kind", "at"), sa.Index("ix_journal_actor_at", "actor_id", "at"))

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    at: Mapped[dt.datetime] = mapped_column(Moment, index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    address: Mapped[str] = mapped_column(sa.String(45), default="")  # where the request came from
    rows: Mapped[int | None] = mapped_column()
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


@dataclass(frozen=True)
class Act:
    """A declared kind of act with its name for people."""

    code: str
    label: LazyString


ACTS: dict[str, Act] = {}


def declare(code: str, label: LazyString) -> Act:
    """Add a kind of act to the closed vocabulary; a second declaration of one code is an error."""
    if code in ACTS:
        raise ValueError(f"the act {code} is declared twice")
    ACTS[code] = Act(code, label)
    return ACTS[code]


def here() -> str:
    """Where the request came from; nothing outside of one."""
    return (request.remote_addr or "")[:45] if has_request_context() else ""


def note(act: Act, *, actor_id: int | None, rows: int | None = None, **data: Any) -> None:
    """Remember an act. Within a request it is written after the request's own commit or roll-back, before the answer
    leaves; outside of a request at once. `data` must be JSON; secrets are masked.
    """
    row = {"kind": act.code, "at": utcnow(), "actor_id": actor_id, "address": here(), "rows": rows, "data": mask(data)}
    if has_request_context():
        g.setdefault("journal", []).append(row)
    else:
        _write([row])


def write_noted() -> None:
    """Keep what this request noted; called by `core/web` when the request's own transaction has ended."""
    rows = g.pop("journal", None)
    if rows:
        _write(rows)


def _write(rows: list[dict[str, Any]]) -> None:
    with own_transaction() as connection:
        connection.execute(sa.insert(Entry), rows)
