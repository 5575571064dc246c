"""A document with a mistake in it stays as it was sent, cancelled; a corrected one is made instead, with a number of its own."""

from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db
from crm.documents import events
from crm.documents.models import Document, Template
from crm.documents.operations.cancelling import cancel_document
from crm.documents.operations.errors import NotCorrectedError
from crm.documents.operations.making import make_document, tell, title


def make_corrected(old: Document, *, template: Template, actor: User, **terms: Any) -> Document:
    """Cancel `old` and make another of its kind for its deal, both or neither; `terms` are those of make_document.

    NotCorrectedError where the client has accepted the old one, where somebody has cancelled it meanwhile, or where the template is of
    another kind.
    """
    db.session.refresh(old, ["cancelled_at", "accepted_at"], with_for_update=True)
    if old.cancelled_at is not None:
        raise NotCorrectedError(_("%(title)s is cancelled already. Look at the deal: perhaps the corrected one has been made.",
                                  title=title(old)))
    if template.kind != old.kind:
        raise NotCorrectedError(_("What is made instead of a document is of the same kind. Choose another template."))
    cancel_document(old, actor=actor)
    made = make_document(old.deal, template=template, actor=actor, **terms)
    made.instead_of_id = old.id
    tell(events.DOCUMENT_CORRECTED, made, actor, before=title(old), after=title(made))
    return made
