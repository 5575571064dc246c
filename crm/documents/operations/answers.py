"""What the client answers on the page of a link: accepts the quote, or asks."""

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.core import dates, once
from crm.core.db import db, utcnow
from crm.core.events import record
from crm.deals import arrivals
from crm.documents import events, queries
from crm.documents.models import Document, DocumentLink
from crm.documents.operations.arriving import arrive
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.links import count_opening
from crm.documents.operations.making import title

MOST_QUESTIONS = 20  # on one document: more is a game or a robot


def why_not(document: Document) -> str:
    """Why the client cannot accept this document any more, as a sentence for the client; empty when they can."""
    if document.accepted_at is not None:
        return _("This offer has been accepted already.")
    if document.valid_until is not None and document.valid_until < dates.today():
        return _("This offer has expired. Ask for a new one.")
    return ""


def accept(link: DocumentLink, *, name: str, address: str, key: str) -> bool:
    """The client accepts the quote under a name they type; True the first time, whoever is faster.

    Records DOCUMENT_ACCEPTED with the name and where the request came from, and moves the deal by the rule of its pipeline.
    `key` is of one showing of the page: sent twice, it counts once. DocumentError for what is no quote or has expired.
    """
    document = link.document
    if document.kind != "quote":
        raise DocumentError(_("Only a quote can be accepted here."))
    if _sent_before(key):
        return False
    if document.accepted_at is None and (problem := why_not(document)):
        raise DocumentError(problem)
    first = sa.update(Document).where(Document.id == document.id, Document.accepted_at.is_(None)).values(
        accepted_at=utcnow(), accepted_by=name)
    if db.session.scalar(first.returning(Document.id)) is None:
        return False
    db.session.refresh(document)
    _opened(link)
    deal = document.deal
    told = record(events.DOCUMENT_ACCEPTED, document, deal, deal.company, deal.contact, actor_id=None, title=title(document), by=name,
                  address=address, amount=document.amount, currency=document.currency, document_id=document.id)
    arrive(document, arrivals.ACCEPTED, told)
    return True


def _sent_before(key: str) -> bool:
    if not key or len(key) > 40:
        raise DocumentError(_("The browser sent something that cannot be read. Reload the page and try again."))
    return once.already(key) is not None


def _opened(link: DocumentLink) -> None:
    """Who answers has opened it, also where the page could not say so itself: without JavaScript, or answered within a second."""
    if link.opened_at is None:
        count_opening(link)


def ask(link: DocumentLink, *, name: str, text: str, address: str, key: str) -> bool:
    """The client's question stands on the timeline; True unless it was sent twice. DocumentError after too many."""
    document = link.document
    if _sent_before(key):
        return False
    if queries.questions_of(document) >= MOST_QUESTIONS:
        raise DocumentError(_("There are many questions already. Please call us: the number is on this page."))
    _opened(link)
    deal = document.deal
    record(events.DOCUMENT_ASKED, document, deal, deal.company, deal.contact, actor_id=None, title=title(document), by=name,
           address=address, text=text, document_id=document.id)
    return True
