"""The outbox: letters that wait, were sent or could not be."""

from flask import Blueprint, abort, current_app
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.core import access, listing, modules, nav
from crm.core.db import db
from crm.core.web import go, render, toast
from crm.mail import operations, queries
from crm.mail.models import Letter

blueprint = Blueprint("mail", __name__, url_prefix="/outbox")


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
    return render("mail/show.html", letter=_letter(letter_id), server=bool(current_app.config["SMTP_URL"]))


@blueprint.post("/<int:letter_id>/again")
@access.need("mail.see")
def again(letter_id: int) -> ResponseReturnValue:
    """Try once more."""
    operations.send_again(_letter(letter_id))
    toast(_("The letter is on its way."))
    return go("mail.index")


modules.declare("mail", _l("Letters"), _l("Write to clients from the deal; the outbox keeps what was sent."), "mail")
nav.add("mail.index", "send", _l("Outbox"), "mail.see", 20, where="person", module="mail")
