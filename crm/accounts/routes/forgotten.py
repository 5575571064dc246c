"""Forgotten passwords: asking for a link, and choosing a new password with it."""

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import devices, entry, operations, resets
from crm.accounts.forms import ForgotForm, NewPasswordForm
from crm.core import access
from crm.core.db import reading
from crm.core.web import go, render, toast

blueprint = Blueprint("forgotten", __name__)


def _by_mail() -> bool:
    """Whether links go out by mail. Without BASE_URL the address of the link would be what the asking browser says it is."""
    return bool(current_app.config["SMTP_URL"] and current_app.config["BASE_URL"])


@blueprint.get("/forgot")
@access.public
def ask() -> ResponseReturnValue:
    """Where to type one's e-mail, or whom to ask."""
    return render("accounts/forgot.html", form=ForgotForm(), by_mail=_by_mail(), sent=False)


@blueprint.post("/forgot")
@access.public
def send() -> ResponseReturnValue:
    """The same words, work and statements whether the e-mail is known or not."""
    form, address = ForgotForm(), request.remote_addr or ""
    if not _by_mail() or not form.validate():
        return render("accounts/forgot.html", form=form, by_mail=_by_mail(), sent=False, status=422)
    email = form.email.data or ""
    if operations.take_ask(email, address):
        resets.ask(email, address)
    return render("accounts/forgot.html", form=form, by_mail=True, sent=True)


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@access.public
def choose(token: str) -> ResponseReturnValue:
    """Choose a new password, then sign in with it: a second factor is asked for as ever."""
    with reading():
        user = resets.holder(token)
        email = user.email if user else None
    if email is None:
        abort(404, _("This link was used or has expired. Ask for a new one."))
    form = NewPasswordForm(email)
    if not form.validate_on_submit():
        return _unnamed(render("accounts/reset.html", form=form, email=email, status=422 if form.errors else 200))
    return _changed(token, operations.make_password_hash(form.password.data or ""))


def _unnamed(answer: Response) -> Response:
    """The secret address goes to nobody else, and no copy of the page stays."""
    answer.headers["Referrer-Policy"], answer.headers["Cache-Control"] = "no-referrer", "private, no-store"
    return answer


def _changed(token: str, password_hash: str) -> ResponseReturnValue:
    user = resets.use(token, password_hash) or abort(404, _("This link was used or has expired. Ask for a new one."))
    entry.tell(user, "password")
    devices.remember(user.id)
    toast(_("The password is changed and all devices are signed out. Sign in with the new one."))
    return go("accounts.login")
