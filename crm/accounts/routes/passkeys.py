"""Passkeys: signing in with one, the second step with one, and one's own list of them."""

import secrets

from flask import Blueprint, Response, abort, make_response, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import entry, operations, passkeys, pending, second
from crm.accounts.browsers import browser_name
from crm.accounts.forms import CodeForm, LoginForm, PasskeyForm, ProofForm
from crm.accounts.models import SecondStep, User
from crm.accounts.proof import proved
from crm.core import access
from crm.core.db import db, reading
from crm.core.web import go, go_url, render, safe_path, toast

blueprint = Blueprint("passkeys", __name__)


def _asked(options: str) -> Response:
    answer = make_response(options)
    answer.mimetype, answer.headers["Cache-Control"] = "application/json", "no-store"
    return answer


def _no() -> str:
    return _("This passkey was not accepted. Try again, or use another way.")


@blueprint.post("/login/passkey/options")
@access.public
def ask_to_enter() -> ResponseReturnValue:
    """What the browser asks a device of anybody: the same for everybody."""
    return _asked(passkeys.ask_to_enter())


@blueprint.post("/login/passkey")
@access.public
def enter() -> ResponseReturnValue:
    """A passkey opens the session by itself: it is something the person has, unlocked by what they know or are."""
    form = PasskeyForm()
    try:
        user = _holder(form, passkeys.ENTER, None)
    except passkeys.RefusedError:
        return pending.login_page(LoginForm(formdata=None, next=form.next.data), no=_no(), status=422)
    session.pop("second", None)
    entry.enter(user, "passkey")
    return go_url(safe_path(form.next.data) or "/")


def _holder(form: PasskeyForm, what: str, user_id: int | None) -> User:
    """Whose passkey signed what this browser was asked."""
    address = request.remote_addr or ""
    challenge = passkeys.take_challenge(what, user_id or 0, address)
    if not form.validate():
        raise passkeys.RefusedError("nothing was sent")
    user = passkeys.check(challenge, form.credential.data or "", user_id)
    operations.forget_challenge_try(address)
    return user


def _waiting_id(*, has: bool) -> int | None:
    """Who waits at the second step in this browser and has one already, or has none yet."""
    with reading():
        found = pending.waiting()
        return found.user.id if found is not None and second.has(found.user.id) is has else None


def _late() -> ResponseReturnValue:
    toast(_("That took longer than ten minutes. Sign in again."), "bad")
    return go("accounts.login")


def _in_time(user_id: int | None) -> int:
    if user_id is None:
        raise operations.AccountError(_("That took longer than ten minutes. Sign in again."))
    return user_id


@blueprint.post("/login/code/passkey/options")
@access.public
def ask_for_second() -> ResponseReturnValue:
    """What the browser asks a device of somebody whose password was right."""
    return _asked(passkeys.ask_for_second(_in_time(_waiting_id(has=True))))


@blueprint.post("/login/code/passkey")
@access.public
def second_step() -> ResponseReturnValue:
    """After the right password: a passkey in place of the code."""
    user_id, address = _waiting_id(has=True), request.remote_addr or ""
    if user_id is None:
        return _late()
    try:
        if not second.take_try(user_id, address):
            raise passkeys.RefusedError("too many tries")
        _holder(PasskeyForm(), passkeys.SECOND, user_id)
    except passkeys.RefusedError:
        return pending.code_page(user_id, CodeForm(formdata=None), no=_no(), status=422)
    second.forget_tries(user_id, address)
    found = pending.waiting() or abort(400)
    pending.enter(found, "second passkey")
    return go_url(found.onward)


@blueprint.post("/login/second/passkey/options")
@access.public
def ask_for_first() -> ResponseReturnValue:
    """The company asks for a second step and this person has none: a passkey is one."""
    return _asked(passkeys.ask_for_new(db.session.get_one(User, _in_time(_waiting_id(has=False)))))


@blueprint.post("/login/second/passkey")
@access.public
def first() -> ResponseReturnValue:
    """The first passkey of somebody who must have a second step: kept, and in."""
    user_id, found = _waiting_id(has=False), pending.waiting()
    if user_id is None or found is None:
        return _late()
    try:
        codes = _add(user_id)
    except passkeys.RefusedError:
        toast(_no(), "bad")
        return go("second.first")
    pending.enter(pending.waiting() or abort(400), "second passkey")
    return render("account/second_codes.html", codes=codes, onward=found.onward) if codes else go_url(found.onward)


def _add(user_id: int) -> list[str]:
    """Keep the passkey that a device made; the recovery codes that came with it, none where the person has some."""
    form = PasskeyForm()
    challenge = passkeys.take_challenge(passkeys.ADD, user_id, request.remote_addr or "")
    if not form.validate():
        raise passkeys.RefusedError("nothing was sent")
    key = passkeys.check_new(challenge, form.credential.data or "")
    with reading():
        step = db.session.get(SecondStep, user_id)
        salt, left = step.salt if step is not None else secrets.token_hex(16), second.codes_left(user_id)
    codes, hashes = ([], None) if left else second.new_codes(salt)
    name = form.name.data or browser_name(request.user_agent.string) or _("Passkey")
    passkeys.add(db.session.get_one(User, user_id), key, name=name, salt=salt, hashes=hashes)
    operations.forget_challenge_try(request.remote_addr or "")
    return codes


@blueprint.get("/account/passkeys")
@access.signed_in
def index() -> ResponseReturnValue:
    """One's own passkeys."""
    return _page(ProofForm())


def _page(form: ProofForm, *, no: str = "", wrong: str = "", status: int = 200) -> Response:
    return render("account/passkeys.html", form=form, wrong=wrong, naming=PasskeyForm(formdata=None), keys=passkeys.of(current_user.id),
                  place=passkeys.place(), name=browser_name(request.user_agent.string), most=passkeys.MOST, no=no, status=status)


def _wrong(form: ProofForm) -> str:
    return str((form.proof.errors or [_("This page was open for too long. Reload it and send again.")])[0])


@blueprint.post("/account/passkeys/options")
@access.signed_in
def ask_for_new() -> ResponseReturnValue:
    """What the browser asks a device to make, after the password or a code."""
    form = ProofForm()
    if not proved(form):
        return make_response({"error": _wrong(form)}, 422)
    return _asked(passkeys.ask_for_new(db.session.get_one(User, current_user.id)))


@blueprint.post("/account/passkeys")
@access.signed_in
def add() -> ResponseReturnValue:
    """Keep the passkey that the device made."""
    with reading():
        user_id = current_user.id
    try:
        codes = _add(user_id)
    except passkeys.RefusedError:
        return _page(ProofForm(formdata=None), no=_no(), status=422)
    toast(_("The passkey is added."))
    return render("account/second_codes.html", codes=codes, onward=url_for("passkeys.index")) if codes else go("passkeys.index")


@blueprint.post("/account/passkeys/<int:passkey_id>/remove")
@access.signed_in
def remove(passkey_id: int) -> ResponseReturnValue:
    """A passkey opens nothing any more, after the password or a code."""
    form = ProofForm()
    if not proved(form):
        return _page(ProofForm(formdata=None), wrong=_wrong(form), status=422)
    if passkeys.remove(db.session.get_one(User, current_user.id), passkey_id):
        toast(_("The passkey is removed. Delete it on the device, too."))
    return go("passkeys.index")
