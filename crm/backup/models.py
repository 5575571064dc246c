"""What is remembered of backups, and the owner's rule for them."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, Moment, utcnow

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"


class Backup(Base):
    """One backup, or one try at it. The archive itself lies at the places; this row tells how it went."""

    __tablename__ = "backup"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(sa.String(100), unique=True)  # none before there is an archive
    why: Mapped[str] = mapped_column(sa.String(20))  # schedule | button | upgrade | command
    status: Mapped[str] = mapped_column(sa.String(10), default=WAITING)
    step: Mapped[str] = mapped_column(sa.String(20), default="")
    started_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)
    finished_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    places: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)  # label and problem of each
    verdict: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # full, counts, files, read
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)

    @property
    def busy(self) -> bool:
        """Whether it is still on its way."""
        return self.status in (WAITING, RUNNING)

    @property
    def problems(self) -> list[dict[str, Any]]:
        """The places at which it failed."""
        return [place for place in self.places if place.get("problem")]


class BackupRule(Base):
    """When backups are made and how many stay: one row, made when the owner first changes it."""

    __tablename__ = "backup_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    every: Mapped[str] = mapped_column(sa.String(10), default="day")  # day | week (on Sundays) | off
    hour: Mapped[int] = mapped_column(default=3)  # in the company's zone
    daily: Mapped[int] = mapped_column(default=7)
    weekly: Mapped[int] = mapped_column(default=4)
    monthly: Mapped[int] = mapped_column(default=12)
