"""Imported files: where they stand, what was taken, what was refused."""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, utcnow


class Import(Base):
    """One file on its way in: uploaded, mapped, done. `report` counts rows and lists the refused ones."""

    __tablename__ = "import"

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(20))  # deals | contacts | products
    file_name: Mapped[str] = mapped_column(sa.String(200))
    digest: Mapped[str] = mapped_column(sa.String(64))
    mapping: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    status: Mapped[str] = mapped_column(sa.String(10), default="new")  # new | running | done | failed
    done_rows: Mapped[int] = mapped_column(default=0)
    total_rows: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    undo: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # what products were before, see operations/products
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    created_by: Mapped[User | None] = relationship()
