"""What the client answers on the page of a link: accepts the quote, or asks."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import dates, money
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.deals import arrivals
from crm.deals.models import OPEN
from crm.deals.operations import arrive, choose
from crm.deals.operations.choices import chosen
from crm.documents import choices, events, queries
from crm.documents.models import Document, DocumentLink
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.links import count_opening, sent_before
from crm.documents.operations.making import tell

MOST_QUESTIONS = 20  # on one document: more is a game or a robot


def why_not(document: Document) -> str:
    """Why the client cannot accept this document any more, as a sentence for the client; empty when they can."""
    if document.accepted_at is not None:
        return _("This offer has been accepted already.")
    if document.valid_until is not None and document.valid_until < dates.today():
        return _("This offer has expired. Ask for a new one.")
    return ""


def accept(link: DocumentLink, *, name: str, address: str, key: str, picked: Collection[int] = (), seen: int | None = None) -> bool:
    """The client accepts the quote under a name they type; True the first time, whoever is faster.

    Records DOCUMENT_ACCEPTED with the name and where the request came from, and moves the deal by the rule of its pipeline.
    `picked` are the lines chosen where there is a choice: they are kept with the quote, and the deal follows. `seen` is the total that the
    client saw, in minor units: another one than theirs is refused, so that nobody accepts a sum that they have not read.
    `key` is of one showing of the page: sent twice, it counts once. DocumentError for what is no quote, has expired or is not
    offered, and for who comes after somebody else or with another choice.
    """
    document = link.document
    if document.kind != "quote":
        raise DocumentError(_("Only a quote can be accepted here."))
    if sent_before(key):
        return False
    if document.accepted_at is not None:
        return _late(document, name, picked)
    if problem := why_not(document):
        raise DocumentError(problem)
    offered = choices.offer(document.context)
    kept = _kept(document, offered, picked, seen) if offered else None
    first = sa.update(Document).where(Document.id == document.id, Document.accepted_at.is_(None)).values(
        accepted_at=utcnow(), accepted_by=name)
    made = db.session.scalar(first.returning(Document.id)) is not None
    db.session.refresh(document)
    if not made:
        return _late(document, name, picked)
    _opened(link)
    lines = _choose(document, offered, kept) if offered and kept else ""
    told = tell(events.DOCUMENT_ACCEPTED, document, None, by=name, address=address, amount=document.amount, currency=document.currency)
    if lines:
        told.data = {**told.data, "text": lines}
    arrive(document.deal, arrivals.ACCEPTED, told)
    return True


def _late(document: Document, name: str, picked: Collection[int]) -> bool:
    """False for an acceptance that says once more what was accepted. DocumentError for another: whoever sent it must not think that
    theirs counts.
    """
    same = sorted(picked) == document.choice["ids"] if document.choice else True
    if same and name == document.accepted_by:
        return False
    raise DocumentError(_("%(name)s has accepted this quote already, so your answer was not taken. What was accepted stands below. "
                          "If something in it should be otherwise, ask a question or call us.", name=document.accepted_by))


def _kept(document: Document, offered: choices.Offer, picked: Collection[int], seen: int | None) -> dict[str, Any]:
    """The choice as it will be kept. DocumentError when it is none, or comes to another sum than the client saw."""
    if problem := offered.problem(picked):
        raise DocumentError(problem)
    kept = offered.kept(picked)
    if seen != kept["total"]:
        total = money.format_money(kept["total"], document.currency, document.locale)
        raise DocumentError(_("With your choice the total is %(total)s. Look at it and accept once more.", total=total))
    return kept


def _choose(document: Document, offered: choices.Offer, kept: dict[str, Any]) -> str:
    """Keep the choice; the deal follows while it is open and has the lines of the quote. What the timeline says of it."""
    deal, locale = document.deal, accounts.the_organization().locale
    before, sentence = chosen(deal.lines), ""
    follows = deal.status == OPEN and choices.follows(offered, deal.lines)
    with force_locale(locale):
        words = choices.written(kept, document.currency, locale) or _("nothing of what may be added")
        if follows:
            try:
                with db.session.begin_nested():
                    choose(deal, kept["ids"], actor=None)
            except DomainError as refusal:
                follows, sentence = False, refusal.message
        else:
            sentence = (_("The products of the deal have changed since this quote, so they stay as they are.") if deal.status == OPEN
                        else _("The deal is closed, so its products stay as they are."))
        document.choice = {**kept, "before": before, "followed": follows}
        document.amount = kept["total"]
        return "\n".join(filter(None, (_("Chosen: %(lines)s", lines=words), sentence)))


def take_choice_back(document: Document, *, actor: User) -> None:
    """The lines of the deal that may be chosen are as they were before the client's acceptance; what was accepted stays on the quote."""
    made, offered = document.choice, choices.offer(document.context)
    if not made or not made["followed"] or offered is None or not choices.follows(offered, document.deal.lines):
        raise DocumentError(_("The products of the deal have changed since. Choose the lines on the deal itself."))
    choose(document.deal, made["before"], actor=actor)
    document.choice = {**made, "followed": False}


def _opened(link: DocumentLink) -> None:
    """Who answers has opened it, also where the page could not say so itself: without JavaScript, or answered within a second."""
    if link.opened_at is None:
        count_opening(link)


def ask(link: DocumentLink, *, name: str, text: str, address: str, key: str) -> bool:
    """The client's question stands on the timeline; True unless it was sent twice. DocumentError after too many."""
    document = link.document
    if sent_before(key):
        return False
    if queries.questions_of(document) >= MOST_QUESTIONS:
        raise DocumentError(_("There are many questions already. Please call us: the number is on this page."))
    _opened(link)
    tell(events.DOCUMENT_ASKED, document, None, by=name, address=address, text=text)
    return True
