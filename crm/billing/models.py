"""Payments and what of each went to which invoice; the payment terms of a deal and the plan that they come to."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, Scaled, utcnow
from crm.deals.models import Deal
from crm.documents.models import Document


class Payment(Base):
    """Money of a client, recorded on the deal that it came for. Minor units of `currency`, which is the deal's.

    `rest` is what no invoice has taken: kept here so that lists need not add it up. A deleted payment keeps its parts, which
    count no more; restored, it takes again what is still open.
    """

    __tablename__ = "payment"
    __table_args__ = (sa.Index("ix_payment_paid_on", "paid_on", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    rest: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    paid_on: Mapped[dt.date]
    way: Mapped[str] = mapped_column(sa.String(10), default="transfer")  # a code of ways.WAYS
    number: Mapped[str] = mapped_column(sa.String(60), default="")  # of the payment order or the receipt
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    deal: Mapped[Deal] = relationship()
    created_by: Mapped[User | None] = relationship()
    parts: Mapped[list["PaymentPart"]] = relationship(
        back_populates="payment", cascade="all, delete-orphan", order_by="PaymentPart.document_id")


class PaymentPart(Base):
    """What of a payment went to an invoice."""

    __tablename__ = "payment_part"

    payment_id: Mapped[int] = mapped_column(sa.ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(sa.BigInteger)
    payment: Mapped[Payment] = relationship(back_populates="parts")
    document: Mapped[Document] = relationship()


class DealTerms(Base):
    """How the client of a deal pays: the kind of terms, and since when the days of a deferral are counted."""

    __tablename__ = "deal_terms"

    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # a code of terms.PRESETS
    shipped_on: Mapped[dt.date | None]  # goods handed over or the act signed
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": version}

    deal: Mapped[Deal] = relationship()
    steps: Mapped[list["PlannedPayment"]] = relationship(
        back_populates="terms", cascade="all, delete-orphan", order_by="PlannedPayment.position")


class PlannedPayment(Base):
    """One payment that the terms promise. `percent` of the deal's sum, a fixed `amount`, or, as `remainder`, what the others leave.

    `due_on` is None while nobody knows it: `days` after a hand-over that has not been, or as the goods are sold. `invoiced` and `paid`
    are kept by settling: what came in covers the plan from its first row on.
    """

    __tablename__ = "planned_payment"
    __table_args__ = (sa.Index("ix_planned_payment_due", "due_on", "deal_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal_terms.deal_id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    percent: Mapped[Decimal | None] = mapped_column(Scaled(2))
    remainder: Mapped[bool] = mapped_column(default=False)
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    due_on: Mapped[dt.date | None]
    days: Mapped[int | None]  # after the hand-over; then `due_on` follows it
    invoiced: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    terms: Mapped[DealTerms] = relationship(back_populates="steps")

    @property
    def left(self) -> int:
        """What is still to come, in minor units."""
        return self.amount - self.paid


class InvoiceReminder(Base):
    """An overdue invoice was spoken of by this rule: never twice."""

    __tablename__ = "invoice_reminder"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), primary_key=True)
    rule: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
