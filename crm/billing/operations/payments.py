"""Payments by hand: one to several invoices, several to one; what is left over stays with the payment."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.billing import events
from crm.billing.models import Payment, PaymentPart
from crm.billing.operations.arriving import arrive
from crm.billing.operations.errors import PaymentError
from crm.billing.operations.settling import gather, hold, settle
from crm.billing.queries import payments
from crm.core import dates, money
from crm.core.db import db, utcnow
from crm.core.errors import Stale
from crm.core.events import Event, Kind, changes, record
from crm.core.text import search_text
from crm.deals.models import Deal
from crm.documents import operations as documents
from crm.documents import paying
from crm.documents.models import Document
from crm.documents.ways import WAYS

SHOWN = ("amount", "paid_on", "way", "number", "note")


def record_payment(deal: Deal, *, amount: int, actor: User | None, invoices: Sequence[Document] = (), paid_on: dt.date | None = None,
                   way: str = "transfer", number: str = "", note: str = "") -> Payment:
    """Money that came for `deal`, `amount` in minor units of its currency, on `paid_on` (the company's today by default).

    It is spread over `invoices` in their order, each as far as it is open; what is left stays with the payment as an advance.
    Records PAYMENT_RECEIVED, and INVOICE_PAID for each invoice that is paid in full by it. PaymentError says what cannot be.
    """
    payment = Payment(deal=deal, currency=deal.currency, created_by_id=actor.id if actor else None)
    _fill(payment, amount=amount, paid_on=paid_on or dates.today(), way=way, number=number, note=note)
    hold({deal.id, *(one.deal_id for one in invoices)})
    for one in invoices:
        db.session.refresh(one, ["cancelled_at"])  # somebody may have cancelled it while we waited
    _refuse_strange(deal, invoices)
    db.session.add(payment)
    spread(payment, invoices)
    db.session.flush()
    told = _tell(events.PAYMENT_RECEIVED, payment, actor, text=_words(payment))
    _settle_all(payment, actor, told=told)
    return payment


def _fill(payment: Payment, *, amount: int, paid_on: dt.date, way: str, number: str, note: str) -> None:
    if amount <= 0:
        raise PaymentError(_("Type how much was paid."), field="amount")
    if amount > money.MAX_MINOR:
        raise PaymentError(_("This amount is too large."), field="amount")
    if paid_on > dates.today():
        raise PaymentError(_("A payment cannot be of a day to come. Type today or an earlier day."), field="paid_on")
    if way not in WAYS:
        raise PaymentError(_("Choose how it was paid."), field="way")
    payment.amount, payment.paid_on, payment.way, payment.number, payment.note = amount, paid_on, way, number[:60], note[:300]
    payment.search_text = search_text(payment.number, payment.note, payment.deal.client_title, payment.deal.title)


def _refuse_strange(deal: Deal, invoices: Sequence[Document]) -> None:
    """Invoices of the same client, in the deal's currency, in force."""
    for one in invoices:
        theirs = one.deal
        same = theirs.id == deal.id or (deal.company_id is not None and theirs.company_id == deal.company_id) or (
            deal.company_id is None and deal.contact_id is not None and theirs.company_id is None and theirs.contact_id == deal.contact_id)
        if one.kind != paying.INVOICE or one.cancelled_at is not None or not same:
            raise PaymentError(_("This payment cannot go to %(invoice)s. Choose invoices of the same client.",
                                 invoice=documents.title(one)))
        if one.currency != deal.currency:
            raise PaymentError(_("%(invoice)s is in %(currency)s. Record this money on a deal in the same currency.",
                                 invoice=documents.title(one), currency=one.currency))


def spread(payment: Payment, invoices: Sequence[Document]) -> None:
    """Let the invoices take of the payment in their order, each as far as it is open."""
    brought = payments.covered((one.id for one in invoices), but=payment.id)
    left = payment.amount
    for one in invoices:
        takes = min(left, max(one.amount - brought.get(one.id, 0), 0))
        if takes:
            payment.parts.append(PaymentPart(document=one, amount=takes))
            left -= takes
    payment.rest = left


def change_payment(payment: Payment, *, actor: User, version: int | None = None, parts: Mapping[int, int] | None = None,
                   invoices: Sequence[Document] = (), **fields: Any) -> None:
    """Change what was typed, and how much goes to which invoice: `parts` by id of `invoices`, in minor units; others keep theirs.

    Stale when `version` is not the present one. PaymentError when the parts exceed the payment, or one what its invoice asks for.
    """
    if version is not None and version != payment.version:
        raise Stale(_("Somebody changed this payment in the meantime. Reload the page and try again."))
    hold({payment.deal_id, *(one.deal_id for one in invoices), *(part.document.deal_id for part in payment.parts)})
    before, touched = _shown(payment), {part.document.deal_id: part.document.deal for part in payment.parts}
    _fill(payment, **fields)
    if parts is not None:
        _refuse_strange(payment.deal, [one for one in invoices if parts.get(one.id)])
        _divide(payment, invoices, parts)
    elif sum(part.amount for part in payment.parts) > payment.amount:
        raise PaymentError(_("Invoices have taken more than that already. Take it off them first."), field="amount")
    db.session.flush()
    changed = changes(before, _shown(payment))
    told = _tell(events.PAYMENT_CHANGED, payment, actor, changed=changed) if changed else None
    _settle_all(payment, actor, *touched.values(), told=told)


def _divide(payment: Payment, invoices: Sequence[Document], wanted: Mapping[int, int]) -> None:
    """Give each of the invoices what is wanted; what other ones have, which whoever divides does not see, they keep."""
    brought = payments.covered((one.id for one in invoices), but=payment.id)
    stays = sum(part.amount for part in payment.parts if part.document_id not in {one.id for one in invoices})
    if sum(wanted.values()) + stays > payment.amount:
        raise PaymentError(_("That is more than was paid. Lower the sums of the invoices or raise the payment."), field="amount")
    kept = {part.document_id: part for part in payment.parts}
    for one in invoices:
        takes, part = wanted.get(one.id, 0), kept.get(one.id)
        if takes > one.amount - brought.get(one.id, 0) or takes < 0:
            raise PaymentError(_("%(invoice)s asks for less than that. What is left over stays with the payment.",
                                 invoice=documents.title(one)), field=f"part_{one.id}")
        if part is not None and takes:
            part.amount = takes
        elif part is not None:
            payment.parts.remove(part)
        elif takes:
            payment.parts.append(PaymentPart(document=one, amount=takes))
    payment.rest = payment.amount - sum(part.amount for part in payment.parts)


def take_advance(invoice: Document, *, actor: User) -> int:
    """What is left over of the deal's payments goes to its invoice, the oldest first, as far as it is open; how much it took."""
    deal = invoice.deal
    hold({deal.id})
    db.session.refresh(invoice, ["cancelled_at"])  # somebody may have cancelled it while we waited
    _refuse_strange(deal, [invoice])
    took = gather(invoice)
    if took:
        told = record(events.ADVANCE_TAKEN, deal, deal.company, deal.contact, invoice, actor_id=actor.id, amount=took,
                      currency=invoice.currency, title=documents.title(invoice))
        settle(deal, actor=actor)
        arrive(deal, told)
    return took


def delete_payment(payment: Payment, *, actor: User) -> None:
    """The payment counts no more: its invoices are open again. It can be restored."""
    if payment.deleted_at is not None:
        return
    hold({payment.deal_id, *(part.document.deal_id for part in payment.parts)})
    payment.deleted_at = utcnow()
    db.session.flush()
    _tell(events.PAYMENT_DELETED, payment, actor)
    _settle_all(payment, actor)


def restore_payment(payment: Payment, *, actor: User) -> None:
    """It counts again; of each invoice it takes what is still open."""
    if payment.deleted_at is None:
        return
    hold({payment.deal_id, *(part.document.deal_id for part in payment.parts)})
    brought = payments.covered(part.document_id for part in payment.parts)
    for part in list(payment.parts):
        part.amount = min(part.amount, part.document.amount - brought.get(part.document_id, 0))
        if part.amount <= 0 or part.document.cancelled_at is not None:
            payment.parts.remove(part)
    payment.deleted_at = None
    payment.rest = payment.amount - sum(part.amount for part in payment.parts)
    db.session.flush()
    told = _tell(events.PAYMENT_RESTORED, payment, actor)
    _settle_all(payment, actor, told=told)


def _settle_all(payment: Payment, actor: User | None, *others: Deal, told: Event | None = None) -> None:
    """Settle the payment's deal and those whose invoices it touches or touched; they go on where a stage waits for that."""
    deals = {one.id: one for one in (payment.deal, *(part.document.deal for part in payment.parts), *others)}
    for _id, deal in sorted(deals.items()):
        settle(deal, actor=actor)
        if payment.deleted_at is None:
            arrive(deal, told)


def _shown(payment: Payment) -> dict[str, Any]:
    return {name: getattr(payment, name) for name in SHOWN}


def _words(payment: Payment) -> str:
    """What the timeline says beneath: number and note."""
    return "\n".join(one for one in (payment.number and f"№ {payment.number}", payment.note) if one)


def _tell(kind: Kind, payment: Payment, actor: User | None, **data: Any) -> Event:
    deal = payment.deal
    told = {**data, "amount": payment.amount} if "changed" not in data else data
    return record(kind, deal, deal.company, deal.contact, *(part.document for part in payment.parts), actor_id=actor.id if actor else None,
           currency=payment.currency, title=", ".join(documents.title(part.document) for part in payment.parts)[:200],
           **{name: value for name, value in told.items() if value})
