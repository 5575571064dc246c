"""What becomes of documents and deals changes what is to be paid."""

from crm.accounts.models import User
from crm.billing import events, operations
from crm.billing.queries import plans
from crm.core import modules
from crm.core.db import db
from crm.core.events import Event, subscribe
from crm.deals import events as deals
from crm.deals.models import Deal
from crm.documents import events as papers
from crm.documents.models import Document
from crm.documents.paying import CLOSING, INVOICE


def _card(event: Event, card: str) -> int | None:
    return next((link.card_id for link in event.links if link.card == card), None)


def _actor(event: Event) -> User | None:
    return db.session.get(User, event.actor_id) if event.actor_id else None


def _document(event: Event) -> Document | None:
    """The invoice or the closing paper of the fact, while payments are in use."""
    found = _card(event, "document") if modules.on("payments") else None
    document = db.session.get(Document, found) if found else None
    return document if document is not None and document.kind in (INVOICE, *CLOSING) else None


def made(event: Event) -> None:
    """A new invoice covers the plan; an act says when the goods were handed over, and closes a deal that is paid."""
    document = _document(event)
    if document is not None:
        operations.settle(document.deal, actor=_actor(event))
        if document.kind in CLOSING:
            operations.arrive(document.deal, event)


def cancelled(event: Event) -> None:
    """What was paid of a cancelled invoice stays with the payments."""
    document = _document(event)
    if document is not None:
        operations.free(document)
        operations.stop_asking(document)
        operations.settle(document.deal, actor=_actor(event))


def paid(event: Event) -> None:
    """Nobody need ask any more when it will be paid."""
    document = _document(event)
    if document is not None:
        operations.stop_asking(document)


def revived(event: Event) -> None:
    """An invoice in force again takes what no other has taken meanwhile."""
    document = _document(event)
    if document is not None:
        if document.kind == INVOICE:
            operations.gather(document)
        operations.settle(document.deal, actor=_actor(event))


def corrected(event: Event) -> None:
    """What was paid of an invoice goes to the one that was made instead."""
    document = _document(event)
    if document is not None and document.kind == INVOICE:
        operations.gather(document)
        operations.settle(document.deal, actor=_actor(event))


def deal_changed(event: Event) -> None:
    """The plan follows the sum of the deal."""
    found = _card(event, "deal") if modules.on("payments") else None
    deal = db.session.get(Deal, found) if found else None
    if deal is not None and plans.terms_of(deal) is not None:
        operations.settle(deal, actor=_actor(event))


def listen() -> None:
    """Subscribe; called once when the program starts."""
    for kind, handler in ((papers.DOCUMENT_MADE, made), (papers.DOCUMENT_CANCELLED, cancelled), (papers.DOCUMENT_REVIVED, revived),
                          (papers.DOCUMENT_CORRECTED, corrected),
                          (events.INVOICE_PAID, paid),
                          (deals.DEAL_CHANGED, deal_changed), (deals.LINES_CHANGED, deal_changed)):
        subscribe(kind, handler)
