"""Settling a deal: what its invoices and its plan have got of the payments. The one place that keeps these figures."""

import datetime as dt
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.accounts.models import User
from crm.billing import events, terms
from crm.billing.models import DealTerms, Payment, PaymentPart
from crm.billing.queries import payments, plans
from crm.core.db import db
from crm.core.events import record
from crm.deals.models import Deal
from crm.documents import operations as documents
from crm.documents import paying
from crm.documents.models import Document


def hold(deal_ids: Iterable[int]) -> None:
    """Who settles these deals at the same time waits; in one order, so that two never wait for one another.

    Their invoices and terms are held, not the deals: a move of a deal, which may follow, holds the stage first and the deal second.
    """
    db.session.flush()
    ids = sorted(set(deal_ids))
    invoices = sa.select(Document.id).where(Document.deal_id.in_(ids), Document.kind == paying.INVOICE).order_by(Document.id)
    terms_rows = sa.select(DealTerms.deal_id).where(DealTerms.deal_id.in_(ids)).order_by(DealTerms.deal_id)
    for query in (invoices, terms_rows):
        db.session.execute(query.with_for_update(key_share=True))


def settle(deal: Deal, *, actor: User | None) -> None:
    """Reckon anew what of each invoice is paid and what of each payment is left over. Records INVOICE_PAID for one just paid in full."""
    hold({deal.id})
    invoices = payments.invoices_of(deal)
    brought = payments.covered(one.id for one in invoices)
    for invoice in invoices:
        if documents.keep_paid(invoice, brought.get(invoice.id, 0)):
            _tell(invoice, deal, actor)
    _keep_rests(deal)
    db.session.flush()
    _keep_plan(deal)


def _keep_plan(deal: Deal) -> None:
    """Sums follow the deal, days follow the hand-over, and what was asked for and came in covers the plan from its first row on."""
    found = plans.terms_of(deal)
    if found is None:
        return
    sums, since = payments.money_of(deal), found.shipped_on or payments.closing_paper(deal)
    wanted = terms.amounts(deal.amount, [
        terms.Step(row.percent, None if row.remainder or row.percent is not None else row.amount) for row in found.steps], found.kind)
    covered = zip(found.steps, wanted, terms.cover(sums.invoiced, wanted), terms.cover(sums.paid, wanted), strict=True)
    for row, amount, invoiced, paid in covered:
        row.amount, row.invoiced, row.paid = amount, invoiced, paid
        if row.days is not None:
            row.due_on = since + dt.timedelta(days=row.days) if since else None
    db.session.flush()


def free(document: Document) -> None:
    """An invoice that is no longer in force gives back what payments brought to it."""
    for part in db.session.scalars(sa.select(PaymentPart).where(PaymentPart.document_id == document.id)).all():
        db.session.delete(part)
    documents.keep_paid(document, 0)


def gather(document: Document) -> int:
    """The invoice takes what is left over of the payments of its deal, the oldest first, as far as it is open; how much it took."""
    rows = db.session.scalars(sa.select(Payment).where(payments.advance_for(document.deal_id, document.currency)).options(
        selectinload(Payment.parts)).order_by(Payment.paid_on, Payment.id), execution_options={"populate_existing": True}).all()
    still = max(document.amount - payments.covered([document.id]).get(document.id, 0), 0)
    taken = terms.cover(still, [row.rest for row in rows])
    for payment, takes in zip(rows, taken, strict=True):
        part = next((one for one in payment.parts if one.document_id == document.id), None)
        if part is not None:
            part.amount += takes
        elif takes:
            payment.parts.append(PaymentPart(document=document, amount=takes))
    return sum(taken)


def _tell(invoice: Document, deal: Deal, actor: User | None) -> None:
    record(events.INVOICE_PAID, invoice, deal, deal.company, deal.contact, actor_id=actor.id if actor else None,
           title=documents.title(invoice), amount=invoice.amount, currency=invoice.currency, document_id=invoice.id)


def _keep_rests(deal: Deal) -> None:
    """What no invoice in force has taken of each payment of the deal, and of each that reached its invoices."""
    taken = sa.select(sa.func.coalesce(sa.func.sum(PaymentPart.amount), 0)).join(PaymentPart.document).where(
        PaymentPart.payment_id == Payment.id, Document.cancelled_at.is_(None)).scalar_subquery()
    reached = sa.select(PaymentPart.payment_id).join(PaymentPart.document).where(Document.deal_id == deal.id)
    mine = sa.or_(Payment.deal_id == deal.id, Payment.id.in_(reached))
    rows = db.session.execute(sa.select(Payment, taken).where(mine, Payment.deleted_at.is_(None))).all()
    for payment, used in rows:
        payment.rest = payment.amount - int(used)
