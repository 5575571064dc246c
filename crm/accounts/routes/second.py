"""The second step: typing a code at sign-in, turning it on and off, who must have it."""

from flask import Blueprint, abort, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from crm.accounts import events, operations, passkeys, pending, queries, second
from crm.accounts.forms import CodeForm, ProofForm, SecondForForm
from crm.accounts.models import SecondStep, User
from crm.accounts.proof import proved
from crm.core import access, journal
from crm.core.db import db, reading
from crm.core.web import go, go_url, render, toast

blueprint = Blueprint("second", __name__)


@blueprint.get("/login/code")
@access.public
def code() -> ResponseReturnValue:
    """After the right password: the code from the telephone."""
    found = pending.waiting()
    return pending.code_page(found.user.id, CodeForm()) if found and second.has(found.user.id) else go("accounts.login")


@blueprint.post("/login/code")
@access.public
def enter() -> ResponseReturnValue:
    """The code opens the session; a recovery code does too, once."""
    form = CodeForm()
    user_id = _waiting_id()
    if user_id is None:
        toast(_("That took longer than ten minutes. Sign in again."), "bad")
        return go("accounts.login")
    by = _way(user_id, form)
    if by is None:
        return pending.code_page(user_id, form, status=422)
    found = pending.waiting() or abort(400)
    pending.enter(found, by)
    return go_url(found.onward)


def _waiting_id() -> int | None:
    with reading():
        found = pending.waiting()
        return found.user.id if found and second.has(found.user.id) else None


def _way(user_id: int, form: CodeForm) -> str | None:
    """How the code lets this person in, in a word of the log; None with the reason in the form."""
    address, typed = request.remote_addr or "", (form.code.data or "")
    if not form.validate():
        return None
    counted = _counted(user_id, form)
    with reading():
        salt = db.session.get_one(SecondStep, user_id).salt
    hashed = second.hash_of(typed, salt)
    if hashed is not None and second.use_recovery(user_id, hashed):
        journal.note(events.CODE_USED_UP, actor_id=user_id, left=second.codes_left(user_id))
        toast(_("A recovery code works once: this one is gone. Make new ones when few are left."))
        way = "recovery code"  # taken after any number of misses: of ten letters none can be guessed
    elif not counted:
        return None
    elif second.step_of(user_id) is not None and second.accept(user_id, typed):  # one that waits for its first code may be a thief's
        way = "code"
    else:
        journal.note(events.CODE_MISSED, actor_id=user_id)
        form.code.errors = [_("This code is wrong or was used already. Wait for the next one.") if second.readable(user_id) else
                            _("The program's own key was changed, so codes from the phone cannot be checked. Type a recovery code, or ask "
                              "the owner to turn your second step off.")]
        return None
    second.forget_tries(user_id, address)
    return way


def _counted(user_id: int, form: CodeForm) -> bool:
    if second.take_try(user_id, request.remote_addr or ""):
        return True
    form.code.errors = [_("Too many wrong codes. Wait 15 minutes (after sixty, a day), type a recovery code, or ask the owner to turn "
                          "the second step off.")]
    return False


@blueprint.get("/login/second")
@access.public
def first() -> ResponseReturnValue:
    """The company asks for a second step and this person has none: set it up before anything else."""
    found = pending.waiting()
    return _set_up(found.user, CodeForm()) if found and not second.has(found.user.id) else go("accounts.login")


@blueprint.post("/login/second")
@access.public
def begin() -> ResponseReturnValue:
    """The first code of somebody who must have a second step: on, and in."""
    with reading():
        found = pending.waiting()
        user_id = found.user.id if found and not second.has(found.user.id) else None
    if user_id is None:
        return go("accounts.login")
    shown = _turn_on(user_id, onward=found.onward if found else "/")
    if shown.status_code == 200 and (again := pending.waiting()):
        pending.enter(again, "code")
    return shown


@blueprint.get("/account/second")
@access.signed_in
def index() -> ResponseReturnValue:
    """One's own second step: the way to turn it on, or what is on."""
    return _page(ProofForm())


def _page(form: ProofForm, status: int = 200) -> ResponseReturnValue:
    step = second.step_of(current_user.id)
    return render("account/second.html", form=form, step=step, left=second.codes_left(current_user.id),
                  has_passkey=second.has_passkey(current_user.id), must=second.must_have(current_user), status=status)


@blueprint.post("/account/second/start")
@access.signed_in
def start() -> ResponseReturnValue:
    """Make the key, after the password."""
    form = ProofForm()
    if not proved(form):
        return _page(form, 422)
    session["second_key"] = second.start(db.session.get_one(User, current_user.id))
    return go("second.show")


@blueprint.get("/account/second/new")
@access.signed_in
def show() -> ResponseReturnValue:
    """The QR code, until the first right code is typed."""
    return _set_up(current_user, CodeForm())


@blueprint.post("/account/second/new")
@access.signed_in
def turn_on() -> ResponseReturnValue:
    """The first right code turns it on and shows the recovery codes."""
    with reading():
        user_id = current_user.id
    return _turn_on(user_id, onward=url_for("second.index"))


def _set_up(user: User, form: CodeForm, status: int = 200) -> Response:
    try:
        key = second.key_of(user.id, session.get("second_key", ""))
    except LookupError:
        return go("second.index")
    return render("account/second_new.html", form=form, picture=Markup(second.picture(user, key)),  # noqa: S704 - our own SVG
                  key=" ".join(key[at:at + 4] for at in range(0, len(key), 4)), inside=current_user.is_authenticated,
                  place=passkeys.place(), status=status)


def _turn_on(user_id: int, onward: str) -> Response:
    form = CodeForm()
    with reading():
        step = second.waits(user_id, session.get("second_key", ""))
        salt = step.salt if step is not None else None
    if salt is None:
        return go("second.index")
    if not form.validate() or not _counted(user_id, form):
        return _set_up(db.session.get_one(User, user_id), form, 422)
    codes, hashes = second.new_codes(salt)
    if not second.accept(user_id, form.code.data or ""):
        form.code.errors = [_("This code is wrong. Look at the clock of the phone: it must be right. Then type the next code.")]
        return _set_up(db.session.get_one(User, user_id), form, 422)
    second.turn_on(db.session.get_one(User, user_id), hashes)
    second.forget_tries(user_id, request.remote_addr or "")
    return render("account/second_codes.html", codes=codes, onward=onward)


@blueprint.post("/account/second/codes")
@access.signed_in
def codes() -> ResponseReturnValue:
    """New recovery codes, after the password or a code."""
    form = ProofForm()
    if not proved(form):
        return _page(form, 422)
    with reading():
        user_id, salt = current_user.id, second.salt_of(current_user.id)
    if salt is None:
        return go("second.index")
    fresh, hashes = second.new_codes(salt)
    second.renew_codes(db.session.get_one(User, user_id), hashes)
    return render("account/second_codes.html", codes=fresh, onward=url_for("second.index"))


@blueprint.post("/account/second/off")
@access.signed_in
def turn_off() -> ResponseReturnValue:
    """No codes from a telephone any more, after the password or a code."""
    form = ProofForm()
    if not proved(form):
        return _page(form, 422)
    user = db.session.get_one(User, current_user.id)
    second.turn_codes_off(user)
    toast(_("Codes from the phone are off. Your passkeys stay.") if second.has_passkey(user.id)
          else _("The second step is off. The password alone lets you in."))
    return go("second.index")


@blueprint.post("/settings/users/<int:user_id>/second/off")
@access.need("users.edit")
def take_off(user_id: int) -> ResponseReturnValue:
    """An owner helps somebody whose telephone is lost."""
    user = db.session.get(User, user_id) or abort(404)
    second.turn_off(user, actor=current_user)
    toast(_("%(name)s signs in without a second step now.", name=user.name))
    return go("people.edit", user_id=user.id)


@blueprint.post("/settings/second")
@access.need("guard.edit")
def rule() -> ResponseReturnValue:
    """Who must have a second step, from their next sign-in on."""
    form = SecondForForm()
    if form.validate():
        operations.update_organization(queries.the_organization(), actor=current_user, second_for=form.second_for.data)
        toast(_("Saved. It holds from the next sign-in on."))
    return go("guard.index")
