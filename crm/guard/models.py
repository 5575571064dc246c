"""What the guard remembers: rows taken and read, alarms, mass acts that wait, and the chain that seals the log."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, utcnow
from crm.core.events import BIG_ID

WAITING, DONE, DECLINED, WITHDRAWN = "waiting", "done", "declined", "withdrawn"


class Taken(Base):
    """Rows that a person took in files on a day of the company's zone; one row, so that its limit holds for two at once."""

    __tablename__ = "guard_taken"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[dt.date] = mapped_column(primary_key=True)
    rows: Mapped[int] = mapped_column(default=0)


class Reading(Base):
    """What a person read of one sort in an hour: rows of lists and boards, cards opened. Brought in by `counting`."""

    __tablename__ = "guard_reading"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    hour: Mapped[dt.datetime] = mapped_column(Moment, primary_key=True, index=True)
    what: Mapped[str] = mapped_column(sa.String(40), primary_key=True)  # an endpoint of a list, or "card"
    rows: Mapped[int] = mapped_column(default=0)
    times: Mapped[int] = mapped_column(default=0)
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    asked: Mapped[str] = mapped_column(sa.String(300), default="")  # the last filter
    told: Mapped[bool] = mapped_column(default=False)  # stands in the journal


class Alarm(Base):
    """Something unusual, told to the owner once a day for each person and rule."""

    __tablename__ = "guard_alarm"
    __table_args__ = (sa.UniqueConstraint("rule", "user_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(sa.String(20))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    day: Mapped[dt.date]
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    count: Mapped[int] = mapped_column(default=0)
    usual: Mapped[int] = mapped_column(default=0)
    seen_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    user: Mapped[User | None] = relationship()


class MassRequest(Base):
    """A mass act that waits for a second person, or how it ended."""

    __tablename__ = "mass_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(sa.String(40))
    ids: Mapped[list[int]] = mapped_column(sa.JSON, default=list)
    data: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    status: Mapped[str] = mapped_column(sa.String(10), default=WAITING, index=True)
    decided_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    decided_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    __mapper_args__ = {"version_id_col": version}


class Seal(Base):
    """A sealed block of rows of one table, or of what facts are linked with. `body`: for each row its id (8 bytes) and its
    digest (32 bytes), in order; `digest` covers the body and the seal before, so that nothing can be changed without breaking what follows.
    """

    __tablename__ = "log_seal"

    number: Mapped[int] = mapped_column(BIG_ID, primary_key=True, autoincrement=False)
    source: Mapped[str] = mapped_column(sa.String(10))
    last_id: Mapped[int] = mapped_column(sa.BigInteger)
    rows: Mapped[int]
    at: Mapped[dt.datetime] = mapped_column(Moment)
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)
    previous: Mapped[str] = mapped_column(sa.String(64))
    digest: Mapped[str] = mapped_column(sa.String(64))


class Sealed(Base):
    """How far a table is sealed. On PostgreSQL `mark_id` waits until every transaction of `mark_xid` has ended."""

    __tablename__ = "log_sealed"

    source: Mapped[str] = mapped_column(sa.String(10), primary_key=True)
    to_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    mark_id: Mapped[int | None] = mapped_column(sa.BigInteger)
    mark_xid: Mapped[int | None] = mapped_column(sa.BigInteger)
    cut_id: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # rows up to here were removed as too old


class Chain(Base):
    """One row: the checkpoint from which the chain is kept, and what the last check found."""

    __tablename__ = "log_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    cut_number: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    cut_digest: Mapped[str] = mapped_column(sa.String(64), default="")
    position: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # the seal that the running check has come to
    found: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # by the running check
    faults: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # of the last whole check
    checked_at: Mapped[dt.datetime | None] = mapped_column(Moment)
