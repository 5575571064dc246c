"""A cancelled document keeps its number for good; its links open nothing."""

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import utcnow
from crm.documents import events, queries
from crm.documents.models import Document
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import tell, title


def cancel_document(document: Document, *, actor: User) -> None:
    """The document is no longer in force. What the client has accepted stays."""
    if document.accepted_at is not None:
        raise DocumentError(_("The client has accepted this quote, so it stays. Make a new one with what has changed."))
    if document.cancelled_at is None:
        document.cancelled_at = utcnow()
        tell(events.DOCUMENT_CANCELLED, document, actor)


def revive_document(document: Document, *, actor: User) -> None:
    """In force again, with its links; not beside the one that was made instead."""
    if document.cancelled_at is not None:
        if corrected := queries.corrected_by(document):
            raise DocumentError(_("%(title)s was made instead of it. Cancel that one first.", title=title(corrected)))
        document.cancelled_at = None
        tell(events.DOCUMENT_REVIVED, document, actor)
