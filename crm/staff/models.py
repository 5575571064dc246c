"""Hand-overs of work, kept so that each can be taken back."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, utcnow
from crm.core.events import BIG_ID


class HandOver(Base):
    """One hand-over of somebody's work."""

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    undone_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    leaver: Mapped[User] = relationship(foreign_keys=[from_id])


class HandOverItem(Base):
    """One record that was handed over: to whom, and its version then. What was changed since stays there."""

    __tablename__ = "hand_over_item"
    __table_args__ = (sa.Index("ix_hand_over_item_card", "hand_over_id", "card", "to_id"),)

    id: Mapped[int] = mapped_column(BIG_ID, primary_key=True)
    hand_over_id: Mapped[int] = mapped_column(sa.ForeignKey("hand_over.id", ondelete="CASCADE"))
    card: Mapped[str] = mapped_column(sa.String(20))
    card_id: Mapped[int]
    to_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"))
    version: Mapped[int]
