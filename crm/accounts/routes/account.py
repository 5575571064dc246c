"""One's own page: language, theme, password."""

from flask import Blueprint, g, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts import entry, operations, passwords, queries
from crm.accounts.forms import ChangePasswordForm
from crm.accounts.models import User
from crm.core import access, nav
from crm.core.db import db, reading
from crm.core.i18n import LOCALES
from crm.core.web import go, go_url, nothing, render, safe_path, toast, wants_fragment

blueprint = Blueprint("account", __name__, url_prefix="/account")


@blueprint.get("/")
@access.signed_in
def index() -> ResponseReturnValue:
    """Who I am here, and what I can choose."""
    return _page(ChangePasswordForm(current_user.email))


def _page(form: ChangePasswordForm, status: int = 200) -> ResponseReturnValue:
    person = current_user._get_current_object()
    return render("account/index.html", form=form, sessions=queries.sessions_of(person), here=g.session_id,
                  ways=queries.ways_of(person), status=status)


@blueprint.post("/theme")
@access.signed_in
def theme() -> ResponseReturnValue:
    """Light, dark or as the device."""
    chosen = request.form.get("theme", "auto")
    current_user.theme = chosen if chosen in ("light", "dark") else "auto"
    return nothing() if wants_fragment() else go_url(safe_path(request.referrer) or "/")


@blueprint.post("/locale")
@access.public
def locale() -> ResponseReturnValue:
    """The language of this person, or of this browser before signing in."""
    chosen = request.form.get("locale", "")
    if chosen in LOCALES:
        session["locale"] = chosen
        if current_user.is_authenticated:
            current_user.locale = chosen
    return go_url(safe_path(request.referrer) or "/")


@blueprint.post("/password")
@access.signed_in
def password() -> ResponseReturnValue:
    """A new password; every other session ends."""
    with reading():  # the hash is slow, so nothing may hold the write lock yet
        form = ChangePasswordForm(current_user.email)
    if not form.validate():
        return _page(form, 422)
    user_id, new_hash = _checked(form)
    if new_hash is None:
        return _page(form, 422)
    user = db.session.get_one(User, user_id)
    operations.set_password(user, new_hash)
    entry.enter(user, "password")
    entry.note_new_password(user)
    entry.tell(user, "password")
    toast(_("The password is changed. Other devices have to sign in again."))
    return go("account.index")


def _checked(form: ChangePasswordForm) -> tuple[int, str | None]:
    """The person's id and the new hash, or None with the reason in the form; slow, so outside the write lock."""
    with reading():
        user_id, known = current_user.id, current_user.password_hash
    if not passwords.verify(known, form.present.data or ""):
        form.present.errors = [_("The current password is wrong.")]
        return user_id, None
    return user_id, operations.make_password_hash(form.password.data or "")


nav.add("account.index", "person", _l("Profile and language"), "desk.see", 10, where="person")
