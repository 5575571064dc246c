"""Invoices past due of which nobody has been reminded yet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import aliased, contains_eager

from crm.billing.models import InvoiceReminder, Payment
from crm.billing.queries import payments
from crm.core.db import db
from crm.deals.models import LOST, Deal
from crm.documents import paying
from crm.documents.models import Document

MOST = 200  # in one go; the rest follows in the next


@dataclass(frozen=True, slots=True)
class Late:
    """An invoice past due, and what of it is really owed: what came for its deal without an invoice counts for those due first."""

    invoice: Document
    owed: int


def to_remind(rule: str, due_before: dt.date) -> Sequence[Late]:
    """Invoices that were due before that day, are owed and that this rule has not spoken of, with their deals; the oldest first."""
    spoken = sa.select(InvoiceReminder.document_id).where(InvoiceReminder.document_id == Document.id, InvoiceReminder.rule == rule).exists()
    owed = _due_so_far() - _advance()
    query = sa.select(Document, owed).join(Document.deal).where(
        paying.unpaid(), Document.valid_until < due_before, ~spoken, Deal.deleted_at.is_(None), Deal.status != LOST, owed > 0)
    deal = contains_eager(Document.deal)
    rows = db.session.execute(query.options(deal.joinedload(Deal.manager), deal.joinedload(Deal.company), deal.joinedload(
        Deal.contact)).order_by(Document.valid_until, Document.id).limit(MOST))
    return [Late(invoice, min(int(owed), invoice.amount - invoice.paid)) for invoice, owed in rows]


def _due_so_far() -> sa.ScalarSelect[int]:
    """What is still to come of the deal's invoices up to this one, those due first in front."""
    other, due = aliased(Document), paying.due(Document)
    earlier = sa.or_(paying.due(other) < due, sa.and_(paying.due(other) == due, other.id <= Document.id))
    return sa.select(sa.func.sum(other.amount - other.paid)).where(
        other.deal_id == Document.deal_id, other.currency == Document.currency, paying.unpaid(other), earlier).scalar_subquery()


def _advance() -> sa.ScalarSelect[int]:
    rests = sa.select(sa.func.coalesce(sa.func.sum(Payment.rest), 0))
    return rests.where(payments.advance_for(Document.deal_id, Document.currency)).scalar_subquery()
