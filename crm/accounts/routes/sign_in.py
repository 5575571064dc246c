"""Signing in and out, invitations."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import devices, entry, operations, passwords, pending, queries
from crm.accounts.forms import LoginForm, NewPasswordForm
from crm.accounts.models import User
from crm.core import access
from crm.core.db import db, reading
from crm.core.web import go, render, safe_path, toast

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/login")
@access.public
def login() -> ResponseReturnValue:
    """The way in; before the first start it leads to the wizard's page."""
    if current_user.is_authenticated:
        return go("desk.index")
    if not queries.anybody_can_sign_in():
        return go("setup.index")
    return pending.login_page(LoginForm(next=request.args.get("next", "")))


@blueprint.post("/login")
@access.public
def sign_in() -> ResponseReturnValue:
    """Check the password outside the write lock, then open a session."""
    form = LoginForm()
    if not form.validate():
        return pending.login_page(form, status=422)
    user = _check(form)
    if user is None:
        return pending.login_page(form, status=422)
    return pending.let_in(user, "password", safe_path(form.next.data) or "/")


def _check(form: LoginForm) -> User | None:
    """The person whose password is right, or None with the reason in the form."""
    email, address = form.email.data or "", request.remote_addr or ""
    with reading():
        user = queries.user_by_email(email)
        user_id, known = (user.id, user.password_hash if user.active else None) if user else (None, None)
    device = devices.known_to(user_id)
    open_still = operations.take_try(email, address, device)
    if not open_still:
        form.password.errors = [_("Too many attempts. Wait 15 minutes, or sign in from a browser that you have used before.")]
        return None
    try:
        right = passwords.verify(known, form.password.data or "")
    except passwords.Busy:
        operations.give_back_try(email, address, device)
        raise
    if not right:
        entry.note_miss(user_id)
        form.password.errors = [_("The e-mail or the password is wrong.")]
        return None
    operations.forget_misses(email, address, device)
    return db.session.get(User, user_id)


@blueprint.post("/logout")
@access.signed_in
def logout() -> ResponseReturnValue:
    """End this session."""
    entry.leave(current_user)
    answer = go("accounts.login")
    answer.headers["Clear-Site-Data"] = '"cache"'  # the next person at this browser finds no page by its back button
    return answer


@blueprint.route("/invite/<token>", methods=["GET", "POST"])
@access.public
def invite(token: str) -> ResponseReturnValue:
    """An invited person chooses a password and is in."""
    with reading():
        user = operations.invited(token)
        user_id, name, email = (user.id, user.name, user.email) if user else (None, "", "")
    if user_id is None:
        abort(404, _("This invitation has expired. Ask the owner for a new one."))
    form = NewPasswordForm(email)
    if not form.validate_on_submit():
        return render("accounts/invite.html", form=form, name=name, email=email, status=422 if form.errors else 200)
    return _enter(user_id, operations.make_password_hash(form.password.data or ""))


def _enter(user_id: int, password_hash: str) -> ResponseReturnValue:
    user = db.session.get_one(User, user_id)
    operations.set_password(user, password_hash)
    toast(_("Welcome. This is your desk."))
    return pending.let_in(user, "invitation", url_for("desk.index"))
