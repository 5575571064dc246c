"""The owner's rule of what happens to a deal when something happens to its paper."""

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.core.errors import DomainError
from crm.core.events import Event
from crm.deals import arrivals
from crm.deals.operations import move_deal
from crm.documents.models import Document


def arrive(document: Document, code: str, told: Event) -> None:
    """Move the deal to where `code` leads it. Why it stays, when it should not have, stands under the fact that was told."""
    if stays := _moved(document, code):
        told.data = {**told.data, "text": "\n".join(filter(None, (told.data.get("text"), stays)))}


def _moved(document: Document, code: str) -> str:
    """Why the deal stays where it is, as a sentence in the company's language; empty when nothing stood against its move."""
    stage = arrivals.stage_for(document.deal, code)
    if stage is None:
        return ""
    with force_locale(accounts.the_organization().locale):
        try:
            with db.session.begin_nested():
                move_deal(document.deal, stage, actor=None)
        except DomainError as refusal:  # what the stage asks for is missing: people see to it
            return _("The deal stays where it is: %(why)s", why=refusal.message)
    return ""
