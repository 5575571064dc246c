"""The outbox: letters that wait, were sent or could not be."""

from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.core import access, health, listing, modules, nav, once
from crm.core.db import db
from crm.core.web import go, go_url, public_url, render, toast
from crm.deals.access import deal as the_deal
from crm.deals.models import Deal
from crm.documents import access as documents
from crm.documents import operations as document_operations
from crm.documents import queries as document_queries
from crm.documents.models import Document
from crm.mail import drafts, operations, queries, state
from crm.mail.forms import LetterForm
from crm.mail.models import Letter

blueprint = Blueprint("mail", __name__, url_prefix="/outbox")
letters = Blueprint("letters", __name__, url_prefix="/deals")


def _letter(letter_id: int) -> Letter:
    found = db.session.scalar(queries.letters(current_user).where(Letter.id == letter_id))
    return found or abort(404)


@blueprint.get("/")
@access.need("mail.see")
def index() -> ResponseReturnValue:
    """Letters, newest first."""
    page = listing.fetch(queries.letters(current_user), listing.wish(), "mail.index", scalars=True)
    return render("mail/index.html", "mail/_list.html", page=page, server=bool(current_app.config["SMTP_URL"]))


@blueprint.get("/<int:letter_id>")
@access.need("mail.see")
def show(letter_id: int) -> ResponseReturnValue:
    """One letter, to read or to copy."""
    letter = _letter(letter_id)
    return render("mail/show.html", letter=letter, next_try=queries.next_try(letter), server=bool(current_app.config["SMTP_URL"]))


@blueprint.post("/<int:letter_id>/again")
@access.need("mail.see")
def again(letter_id: int) -> ResponseReturnValue:
    """Try once more."""
    went = not operations.send_again(_letter(letter_id))
    toast(_("The letter has gone out already.") if went else _("The letter is on its way."))
    return go("mail.index")


@letters.get("/<int:deal_id>/letter")
@access.need("mail.see")
def compose(deal_id: int) -> ResponseReturnValue:
    """A proposed letter to the client; ?document=7 sends it along."""
    deal, document = _about(deal_id)
    draft = drafts.draft(deal, document, current_user, _link_url(document))
    return _compose(deal, document, _form(formdata=None, to=draft.to, subject=draft.subject, body=draft.body))


def _form(**shown: Any) -> LetterForm:
    """The form of a letter; without the address for those from whom it is hidden."""
    form = LetterForm(**shown)
    if current_user.hides("client.email"):
        del form.to
    return form


def _to(form: LetterForm, deal: Deal) -> str:
    """The typed address, or the client's where it is hidden."""
    return form.to.data or "" if "to" in form else operations.known_address(drafts.address(deal, current_user))


def _about(deal_id: int) -> tuple[Deal, Document | None]:
    """The deal and the document of it that goes along."""
    document_id = request.args.get("document", type=int)
    document = documents.document(document_id) if document_id else None
    if document is not None and document.deal_id != deal_id:
        abort(404)
    return the_deal(deal_id, "see"), document


def _link_url(document: Document | None) -> str:
    link = document_queries.live_link(document) if document and modules.on("links") else None
    token = document_operations.token(link) if link else ""
    return public_url("links.show", token=token) if token else ""


def _refusal(document: Document | None) -> str:
    """Why the document may not be sent, as a sentence; empty where nothing speaks against it."""
    try:
        if document is not None:
            document_operations.may_send(document)
    except document_operations.DocumentError as refusal:
        return refusal.message
    return ""


def _compose(deal: Deal, document: Document | None, form: LetterForm, status: int = 200) -> ResponseReturnValue:
    found = drafts.attachment(document)
    return render("mail/compose.html", "mail/_compose.html", deal=deal, document=document, form=form,
                  attached=found[1] if found else "", refusal=_refusal(document), status=status,
                  server=bool(current_app.config["SMTP_URL"]))


@letters.post("/<int:deal_id>/letter")
@access.need("mail.see")
def write(deal_id: int) -> ResponseReturnValue:
    """Write the letter; the form sent twice writes one."""
    deal, document = _about(deal_id)
    form = _form()
    if not form.validate() or _refusal(document):
        return _compose(deal, document, form, 422)
    back = url_for("documents.show", document_id=document.id) if document else url_for("deals.show", deal_id=deal.id)
    if once.already(form.once.data):
        return go_url(back)
    found = _attached(document)
    operations.write_letter(**{**form.letter(), "to": _to(form, deal)}, actor=current_user, deal=deal, attachment_digest=found[0],
                            attachment_name=found[1])
    once.keep(form.once.data, back)
    toast(_("The letter is on its way.") if current_app.config["SMTP_URL"] else _("The letter waits in the outbox."))
    return go_url(back)


def _attached(document: Document | None) -> tuple[str | None, str]:
    """What goes along, sent by that."""
    if document is not None:
        document_operations.note_sent(document, actor=current_user)
    return drafts.attachment(document) or (None, "")


modules.declare("mail", _l("Letters"), _l("Write to clients from the deal; the outbox keeps what was sent."), "mail", "letters")
nav.add("mail.index", "send", _l("Outbox"), "mail.see", 20, where="person", module="mail")
health.declare("mail", _l("Mail"), state.outbox_state, 30)
