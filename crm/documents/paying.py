"""What has become of an invoice: issued, partly paid, paid, overdue."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from crm.documents.models import Document

INVOICE = "invoice"
CLOSING = ("act", "transfer")  # what says that the goods were handed over or the work done
ISSUED, PARTLY, PAID, OVERDUE = "issued", "partly", "paid", "overdue"
STATES = {ISSUED: _l("issued"), PARTLY: _l("partly paid"), PAID: _l("paid"), OVERDUE: _l("past due")}
LOOKS = {ISSUED: "info", PARTLY: "warn", PAID: "good", OVERDUE: "bad"}


def state(amount: int, paid: int, until: dt.date | None, today: dt.date) -> str:
    """The state of an invoice in force; one to be paid today is not overdue yet."""
    if paid >= amount > 0:
        return PAID
    if until is not None and until < today and amount > 0:
        return OVERDUE
    return PARTLY if paid else ISSUED


def due(of: type[Document] = Document) -> sa.ColumnElement[dt.date]:
    """The day by which an invoice is to be paid; one without it is due on its own day."""
    return sa.func.coalesce(of.valid_until, of.dated)


def in_force(of: type[Document] = Document) -> sa.ColumnElement[bool]:
    """Invoices that bind: not cancelled."""
    return sa.and_(of.kind == INVOICE, of.cancelled_at.is_(None))


def closing() -> sa.ColumnElement[bool]:
    """Acts and transfer documents in force."""
    return sa.and_(Document.kind.in_(CLOSING), Document.cancelled_at.is_(None))


def unpaid(of: type[Document] = Document) -> sa.ColumnElement[bool]:
    """Invoices in force of which something is still to come."""
    return sa.and_(in_force(of), of.paid < of.amount)


def matching(wanted: str, today: dt.date) -> sa.ColumnElement[bool]:
    """Invoices in that state, for a filter."""
    late = sa.and_(unpaid(), Document.valid_until < today)
    if wanted == PAID:
        return sa.and_(in_force(), Document.paid >= Document.amount, Document.amount > 0)
    if wanted == OVERDUE:
        return late
    return sa.and_(unpaid(), sa.not_(sa.func.coalesce(Document.valid_until < today, sa.false())),
                   Document.paid > 0 if wanted == PARTLY else Document.paid == 0)
