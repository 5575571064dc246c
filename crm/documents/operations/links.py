"""Public links. The address is a number and a seal made with the program's key; only its hash is kept."""

import datetime as dt
import hashlib
import hmac
import secrets

from flask import current_app
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core import once
from crm.core.db import CLOCKS_DIFFER, db, utcnow
from crm.documents import events, queries
from crm.documents.models import Document, DocumentLink
from crm.documents.operations.agreement import may_send, note_sent
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import tell

DAYS = 30
QUIET = dt.timedelta(minutes=30)


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def token(link: DocumentLink) -> str:
    """The secret of a link, made anew from the program's key each time it is shown to our own people.

    Neither the database alone nor the key alone gives it. Empty when the key has been changed since.
    """
    key = current_app.config["SECRET_KEY"].encode()
    seal = hmac.new(key, f"document-link-{link.id}".encode(), hashlib.sha256).hexdigest()[:43]
    made = f"{link.id}-{seal}"
    return made if token_hash(made) == link.token_hash or link.token_hash.startswith("new-") else ""


def make_link(document: Document, *, actor: User) -> DocumentLink:
    """The document's link that opens for thirty days; the one that is there already is kept. A contract is sent by that.

    DocumentError for one that is cancelled or that the lawyer has not agreed.
    """
    may_send(document)
    known = queries.live_link(document)
    if known is not None and token(known):
        note_sent(document, actor=actor)
        return known
    link = DocumentLink(document=document, token_hash=f"new-{secrets.token_hex(16)}", created_by_id=actor.id,
                        ends_at=utcnow() + dt.timedelta(days=DAYS))
    db.session.add(link)
    db.session.flush()
    link.token_hash = token_hash(token(link))
    tell(events.LINK_MADE, document, actor)
    note_sent(document, actor=actor)
    return link


def recall_link(link: DocumentLink, *, actor: User) -> None:
    """The link opens nothing from now on."""
    if link.recalled_at is None:
        link.recalled_at = utcnow()
        tell(events.LINK_RECALLED, link.document, actor)


def record_opening(link: DocumentLink, *, key: str) -> bool:
    """A person has the shown page before them. `key` is of one showing: sent twice, it counts once.

    The timeline is told at the first opening, and again after half an hour of quiet.
    """
    if sent_before(key):
        return False
    count_opening(link)
    return True


def sent_before(key: str) -> bool:
    """Whether what a client sent from one showing of the page came before."""
    if not key or len(key) > 40:
        raise DocumentError(_("The browser sent something that cannot be read. Reload the page and try again."))
    return once.already(key) is not None


def count_opening(link: DocumentLink) -> None:
    """Somebody has the document of the link before them."""
    now = utcnow()
    told = queries.opening_told_since(link.document, now - QUIET)
    if link.opened_at is None or link.opened_at > now + CLOCKS_DIFFER:  # stamped by a clock that was wrong
        link.opened_at = now
    link.ends_at = min(link.ends_at, now + dt.timedelta(days=DAYS))
    link.opened = DocumentLink.opened + 1
    if not told:
        tell(events.DOCUMENT_OPENED, link.document, None)
