"""Letters to our own people: about their way in, and of clients who have answered."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import events as facts
from crm.accounts import queries
from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import Event, subscribe
from crm.core.web import public_url
from crm.documents import events as papers
from crm.documents.models import Document
from crm.mail.operations import write_letter


def _whom(event: Event) -> User | None:
    found = next((link.card_id for link in event.links if link.card == "user"), None)
    return db.session.get(User, found) if found else None


def second_step(event: Event) -> None:
    """Tell the person that their second step or a passkey was turned on or off, where a mail server is set."""
    user = _whom(event)
    if user is None or not user.email or not current_app.config["SMTP_URL"]:
        return
    with force_locale(queries.language_of(user)):
        said = str(event.meaning.label)
        body = _("%(what)s: %(email)s.\n\nIf it was not you, change your password and tell the owner.", what=said, email=user.email)
        write_letter(to=user.email, subject=said, body=body, actor=None, secret=True)


def new_address(event: Event) -> None:
    """Tell the old address that its person signs in by another one from now on, where a mail server is set."""
    user = _whom(event)
    was, now = event.data.get("changed", {}).get("email", ("", ""))
    if user is None or not was or not current_app.config["SMTP_URL"]:
        return
    with force_locale(queries.language_of(user)):
        body = (_("You now sign in to Voronka with %(new)s instead of %(old)s.\n\nIf you did not want that, tell the owner at once.",
                  new=now, old=was) if now else
                _("The address %(old)s was taken off your account in Voronka, so you cannot sign in any more.\n\nIf you did not want that, "
                  "tell the owner at once.", old=was))
        write_letter(to=was, subject=_("Another e-mail at sign-in"), body=body, actor=None, secret=True)


def client_answered(event: Event) -> None:
    """Tell whoever leads the deal that its client has accepted a quote or asks, where a mail server is set."""
    document = db.session.get(Document, event.data.get("document_id", 0))
    if document is None or not current_app.config["SMTP_URL"]:
        return
    user = document.deal.manager or document.created_by
    if user is None or not user.email or not user.active:
        return
    with force_locale(queries.language_of(user)):
        said = f"{event.meaning.label}: {event.data['title']}"
        lines = [document.deal.title, event.data["by"], event.data.get("text", ""), public_url("deals.show", deal_id=document.deal_id)]
        write_letter(to=user.email, subject=said, body="\n\n".join(line for line in lines if line), actor=None, secret=True)


def listen() -> None:
    """Hang the letters to the facts."""
    for kind in (facts.SECOND_ON, facts.SECOND_OFF, facts.CODES_OFF, facts.SECOND_CODES, facts.PASSKEY_ADDED, facts.PASSKEY_REMOVED):
        subscribe(kind, second_step)
    subscribe(facts.USER_CHANGED, new_address)
    for kind in (papers.DOCUMENT_ACCEPTED, papers.DOCUMENT_ASKED):
        subscribe(kind, client_answered)
