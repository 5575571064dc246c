"""Between the right password and the code: who waits at the second step. It is no session and opens no page."""

import hashlib
import time
from dataclasses import dataclass

from flask import session
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from crm.accounts import entry, passkeys, second
from crm.accounts.models import User
from crm.core.db import db
from crm.core.forms import Form
from crm.core.web import go, go_url, render

MINUTES = 10


@dataclass(frozen=True)
class Waiting:
    """A person who has proved the first step, and where they want to go."""

    user: User
    by: str
    onward: str


def let_in(user: User, by: str, onward: str) -> ResponseReturnValue:
    """After a right password, invitation or link: in, or first to the second step."""
    if not second.needed(user):
        session.pop("second", None)
        entry.enter(user, by)
        return go_url(onward)
    session["second"] = {"id": user.id, "mark": _mark(user), "by": by, "onward": onward, "at": int(time.time())}
    if second.has(user.id):
        return go("second.code")
    session["second_key"] = second.start(user)
    return go("second.first")


def waiting() -> Waiting | None:
    """Who waits in this browser; None after ten minutes, after a new password and for leavers."""
    kept = session.get("second")
    if not isinstance(kept, dict) or not 0 <= time.time() - kept["at"] <= MINUTES * 60:
        return None
    user = db.session.get(User, kept["id"])
    if user is None or not user.active or kept["mark"] != _mark(user):
        return None
    return Waiting(user, kept["by"], kept["onward"])


def enter(found: Waiting, by: str) -> None:
    """Both steps are done: open the session."""
    session.pop("second", None)
    entry.enter(found.user, by)


def login_page(form: Form, *, no: str = "", status: int = 200) -> Response:
    """The way in; with `no`, why a passkey did not open it."""
    return render("accounts/login.html", form=form, place=passkeys.place(), no=no, status=status)


def code_page(user_id: int, form: Form, *, no: str = "", status: int = 200) -> Response:
    """The second step: a code or a passkey, whichever the person has and works here."""
    place = passkeys.place() if second.has_passkey(user_id) else None
    return render("account/code.html", form=form, codes=second.step_of(user_id) is not None, place=place, no=no, status=status)


def _mark(user: User) -> str:
    """Another password, another mark. The hash is salted, so nothing of the password stands in the cookie."""
    return hashlib.sha256(f"second step|{user.password_hash}".encode()).hexdigest()[:20]
