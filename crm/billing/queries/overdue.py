"""Invoices past due of which nobody has been reminded yet."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from crm.billing.models import InvoiceReminder
from crm.core.db import db
from crm.deals.models import LOST, Deal
from crm.documents import paying
from crm.documents.models import Document

MOST = 200  # in one go; the rest follows in the next


def to_remind(rule: str, due_before: dt.date) -> Sequence[Document]:
    """Unpaid invoices that were due before that day and that this rule has not spoken of, with their deals; the oldest first."""
    spoken = sa.select(InvoiceReminder.document_id).where(InvoiceReminder.document_id == Document.id, InvoiceReminder.rule == rule).exists()
    query = sa.select(Document).join(Document.deal).where(
        paying.unpaid(), Document.valid_until < due_before, ~spoken, Deal.deleted_at.is_(None), Deal.status != LOST)
    deal = contains_eager(Document.deal)
    return db.session.scalars(query.options(deal.joinedload(Deal.manager), deal.joinedload(Deal.company), deal.joinedload(
        Deal.contact)).order_by(Document.valid_until, Document.id).limit(MOST)).all()
