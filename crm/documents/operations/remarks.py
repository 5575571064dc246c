"""Remarks on a document: said, answered, settled. Nobody takes back what was said."""

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db, utcnow
from crm.documents import events
from crm.documents.models import Document, Remark
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import tell

LONGEST = 4000


def add_remark(document: Document, *, text: str, actor: User, quote: str = "", parent: Remark | None = None, told: bool = True) -> Remark:
    """A remark on the present version, or an answer to one. DocumentError without words."""
    if not text.strip():
        raise DocumentError(_("Type the remark."), field="text")
    row = Remark(document_id=document.id, parent_id=(parent.parent_id or parent.id) if parent else None, revision=document.revision,
                 text=text.strip()[:LONGEST], quote=quote.strip()[:LONGEST], by_id=actor.id)
    db.session.add(row)
    db.session.flush()
    if told:
        tell(events.REMARK_MADE, document, actor, text=row.text)
    return row


def settle(document: Document, remarks: list[Remark], *, actor: User) -> int:
    """These remarks are done with; how many were open."""
    left = [row for row in remarks if row.settled_at is None and row.parent_id is None]
    for row in left:
        row.settled_at, row.settled_by_id = utcnow(), actor.id
    db.session.flush()
    if left:
        tell(events.REMARK_SETTLED, document, actor, text=left[0].text if len(left) == 1 else "", number=len(left))
    return len(left)
