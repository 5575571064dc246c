"""What of an invoice is paid: reckoned by `billing`, kept on the document for the lists."""

from crm.core.db import db
from crm.documents.models import Document


def keep_paid(document: Document, paid: int) -> bool:
    """Keep the sum; True when the invoice is paid in full by that for the first time."""
    was, document.paid = document.paid, paid
    db.session.flush()
    return was < document.amount <= paid
