"""Letters that wait, were sent or could not be sent."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, utcnow

WAITING, SENT, FAILED = "waiting", "sent", "failed"


class Letter(Base):
    """A letter of ours. Without SMTP_URL it waits in the outbox, where a person can copy it."""

    __tablename__ = "letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    to: Mapped[str] = mapped_column(sa.String(200))
    subject: Mapped[str] = mapped_column(sa.String(300))
    body: Mapped[str] = mapped_column(sa.Text)
    attachment_digest: Mapped[str | None] = mapped_column(sa.String(64))
    attachment_name: Mapped[str] = mapped_column(sa.String(250), default="")
    status: Mapped[str] = mapped_column(sa.String(10), default=WAITING, index=True)
    error: Mapped[str] = mapped_column(sa.Text, default="")
    secret: Mapped[bool] = mapped_column(default=False)  # holds a link that signs in: shown to the owner only
    deal_id: Mapped[int | None] = mapped_column(sa.ForeignKey("deal.id", ondelete="SET NULL"), index=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_by: Mapped[User | None] = relationship()
