"""A new password by a link: asked for by the person and sent by mail, or handed over by the owner. Once, for a term."""

import datetime as dt
import secrets

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts import events, operations
from crm.accounts.models import PasswordReset, User
from crm.accounts.sessions import token_hash
from crm.core import jobs, journal
from crm.core.db import db, utcnow

BY_MAIL, BY_HAND = dt.timedelta(hours=1), dt.timedelta(hours=24)
LETTER = "mail.reset"


def ask(email: str, address: str) -> None:
    """Somebody forgot the password of this e-mail. A job looks the account up, so that a known one costs what an unknown one does."""
    jobs.enqueue(LETTER, email=email.strip().lower(), address=address, asked=utcnow().isoformat())


def make_token() -> str:
    """The secret of a link."""
    return secrets.token_urlsafe(24)


def keep_link(user_id: int, token: str, lasts: dt.timedelta) -> None:
    """The link with this secret lets the person choose a new password; links that are open already go on."""
    db.session.add(PasswordReset(user_id=user_id, token_hash=token_hash(token), until=utcnow() + lasts))


def make_link_by_hand(user: User, *, actor: User) -> str:
    """The secret of a link that whoever manages people hands over; for a day. AccountError for people who have no password yet."""
    operations.may_open(user, actor)
    if not user.can_sign_in:
        raise operations.AccountError(_("This person cannot sign in yet. Send them an invitation."))
    journal.note(events.RESET_ASKED, actor_id=actor.id, of=user.name)
    token = make_token()
    keep_link(user.id, token, BY_HAND)
    return token


def holder(token: str) -> User | None:
    """Whose password this link changes, while it is open; looking does not use it up."""
    return db.session.scalar(sa.select(User).join(PasswordReset, PasswordReset.user_id == User.id).where(*_open(token), User.active))


def use(token: str, password_hash: str) -> User | None:
    """Set the new password; the link, all others of the person and all sessions end. None when the link is over, or used at the
    same moment by somebody else.
    """
    user_id = db.session.scalar(sa.delete(PasswordReset).where(*_open(token)).returning(PasswordReset.user_id))
    user = db.session.get(User, user_id) if user_id else None
    if user is None or not user.active:
        return None
    operations.set_password(user, password_hash)
    journal.note(events.RESET_USED, actor_id=user.id)
    return user


def _open(token: str) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return PasswordReset.token_hash == token_hash(token), PasswordReset.until > utcnow()
