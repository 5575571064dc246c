"""Payments of a deal, the invoices that they may go to, and the list of all."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, defer, joinedload, selectinload

from crm.accounts import scope
from crm.accounts.models import User
from crm.billing.models import Payment, PaymentPart
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import paying
from crm.documents.models import Document

MOST = 100  # invoices that a payment may be spread over


def payment(payment_id: int, reader: User) -> Payment | None:
    """A payment of a deal whose documents the reader sees, a deleted one too; with its parts."""
    deal = contains_eager(Payment.deal)
    query = sa.select(Payment).join(Payment.deal).where(Payment.id == payment_id, Deal.deleted_at.is_(None)).options(
        deal.joinedload(Deal.company), deal.joinedload(Deal.contact), joinedload(Payment.created_by),
        selectinload(Payment.parts).joinedload(PaymentPart.document).defer(Document.context))
    return db.session.scalar(seen(query, reader))


def seen(query: scope.Query, reader: User) -> scope.Query:
    """Of deals that the reader sees, with their documents."""
    return scope.narrow(scope.narrow(query, Deal.manager_id, reader, "deals.see"), Deal.manager_id, reader, "documents.see")


def of_deal(deal: Deal) -> Sequence[Payment]:
    """Payments recorded on a deal, newest first."""
    query = sa.select(Payment).where(Payment.deal_id == deal.id, Payment.deleted_at.is_(None)).options(joinedload(Payment.created_by))
    return db.session.scalars(query.order_by(Payment.paid_on.desc(), Payment.id.desc()).limit(MOST)).all()


def has_twin(deal: Deal, *, paid_on: dt.date, amount: int, number: str) -> bool:
    """Whether a payment of this day, sum and number is recorded on the deal; one without a number is like no other."""
    same = sa.select(Payment.id).where(Payment.deal_id == deal.id, Payment.deleted_at.is_(None), Payment.paid_on == paid_on,
                                       Payment.amount == amount, Payment.number == number)
    return bool(number) and db.session.scalar(same.limit(1)) is not None


def invoices_of(deal: Deal) -> Sequence[Document]:
    """Invoices in force of a deal, those to be paid first in front; without the data that they were made from."""
    query = sa.select(Document).where(Document.deal_id == deal.id, paying.in_force()).options(defer(Document.context))
    return db.session.scalars(query.order_by(*_first_due())).all()


def _first_due() -> tuple[Any, ...]:
    return paying.due(), Document.id


def payable(deal: Deal, reader: User, keep: Iterable[int] = ()) -> Sequence[Document]:
    """Unpaid invoices of the deal and of other deals of its client that the reader sees, in the deal's currency; the deal's own first.

    `keep`: ids that belong in the list although nothing of them is open.
    """
    same = Deal.id == deal.id
    if deal.company_id is not None:
        same = sa.or_(same, Deal.company_id == deal.company_id)
    elif deal.contact_id is not None:
        same = sa.or_(same, sa.and_(Deal.company_id.is_(None), Deal.contact_id == deal.contact_id))
    wanted = sa.or_(paying.unpaid(), Document.id.in_(list(keep)))
    query = sa.select(Document).join(Document.deal).where(
        same, wanted, Document.currency == deal.currency, Deal.deleted_at.is_(None)).options(
        defer(Document.context), contains_eager(Document.deal))
    return db.session.scalars(seen(query, reader).order_by(Deal.id != deal.id, *_first_due()).limit(MOST)).all()


def covered(document_ids: Iterable[int], but: int | None = None) -> Mapping[int, int]:
    """What live payments have brought to each of these invoices; those of the payment `but` are left out."""
    query = sa.select(PaymentPart.document_id, sa.func.sum(PaymentPart.amount)).join(PaymentPart.payment).where(
        PaymentPart.document_id.in_(list(document_ids)), Payment.deleted_at.is_(None))
    if but is not None:
        query = query.where(Payment.id != but)
    return {document_id: int(total) for document_id, total in db.session.execute(query.group_by(PaymentPart.document_id))}


@dataclass(frozen=True)
class Money:
    """A deal in figures of its currency: its sum, what invoices in force ask for, what came in, and what of that no invoice took."""

    amount: int
    invoiced: int
    paid: int
    rest: int

    @property
    def left(self) -> int:
        """What is still to come of the deal's sum."""
        return max(self.amount - self.paid, 0)

    @property
    def over(self) -> int:
        """By how much the invoices exceed the deal."""
        return max(self.invoiced - self.amount, 0)


def money_of(deal: Deal) -> Money:
    """The figures of a deal."""
    invoiced, paid = db.session.execute(sa.select(
        sa.func.coalesce(sa.func.sum(Document.amount), 0), sa.func.coalesce(sa.func.sum(Document.paid), 0)).where(
        Document.deal_id == deal.id, Document.currency == deal.currency, paying.in_force())).one()
    rest = advance(deal.id, deal.currency)
    return Money(deal.amount, int(invoiced), int(paid) + rest, rest)


def advance_for(deal_id: int | InstrumentedAttribute[int], currency: str | InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
    """Payments of a deal of which no invoice has taken all."""
    return sa.and_(Payment.deal_id == deal_id, Payment.currency == currency, Payment.deleted_at.is_(None), Payment.rest > 0)


def advance(deal_id: int, currency: str) -> int:
    """What of a deal's payments no invoice has taken."""
    return int(db.session.scalar(sa.select(sa.func.sum(Payment.rest)).where(advance_for(deal_id, currency))) or 0)


def closing_paper(deal: Deal) -> dt.date | None:
    """The day of the newest act or transfer document in force."""
    return db.session.scalar(sa.select(sa.func.max(Document.dated)).where(
        Document.deal_id == deal.id, paying.closing()))
