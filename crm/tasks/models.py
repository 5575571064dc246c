"""Tasks: calls, meetings, letters and other things to do, each with its day and its result."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts import leading
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core.db import Base, Moment, utcnow
from crm.deals.models import Deal

KINDS = ("call", "meeting", "letter", "task")


class Task(Base):
    """A thing to do by a day, for a person of ours. The earliest open one of a deal is its next step."""

    __tablename__ = "task"
    __table_args__ = (sa.Index("ix_task_open", "assignee_id", "done_at", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(10), default="task")
    text: Mapped[str] = mapped_column(sa.String(300))
    due_on: Mapped[dt.date]
    due_time: Mapped[dt.time | None]
    done_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    result: Mapped[str] = mapped_column(sa.Text, default="")
    assignee_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    deal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), index=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id", ondelete="CASCADE"), index=True)
    origin: Mapped[str | None] = mapped_column(sa.String(40), index=True)  # what made it and keeps it in step, such as "document-7-pay"
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}

    assignee: Mapped[User | None] = relationship(foreign_keys=[assignee_id])
    deal: Mapped[Deal | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    company: Mapped[Company | None] = relationship()


leading.declare(Task.assignee_id)
