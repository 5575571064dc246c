"""Sessions: one row for each browser in which somebody is signed in.

The browser's signed cookie holds the row's id and a secret of which the table keeps only the hash. A session is over when its row
is gone; so a copied cookie opens nothing after signing out. A page writes nothing for it: when a session was last seen is held in
memory, and `core/jobs.beat` brings it into the base.
"""

import datetime as dt
import functools
import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from flask import current_app, g, request
from sqlalchemy.orm import joinedload

from crm.accounts.models import Organization, User, UserSession
from crm.accounts.queries import IDLE, LONGEST, lasting
from crm.core import jobs
from crm.core.db import db, own_transaction, utcnow

SEEN_EVERY = dt.timedelta(minutes=5)


def token_hash(token: str) -> str:
    """Secrets of links and cookies are kept as SHA-256 only."""
    return hashlib.sha256(token.encode()).hexdigest()


@functools.cache
def _statement() -> sa.Select[User, str, dt.datetime, Organization]:
    """Person, role, session and our company at once; made once, for it runs in every request."""
    return (sa.select(User, UserSession.token_hash, UserSession.last_seen_at, Organization)
            .join(UserSession, UserSession.user_id == User.id).join(Organization, sa.true())
            .options(joinedload(User.role_row)).where(
                UserSession.id == sa.bindparam("session_id"), User.active, UserSession.last_seen_at > sa.bindparam("idle"),
                UserSession.created_at > sa.bindparam("oldest")))


def find(cookie: str) -> User | None:
    """Who is signed in by this cookie, with their role and our company, in one statement; None when the session is over."""
    session_id, secret = _parts(cookie)
    if not session_id:
        return None
    now = utcnow()
    row = db.session.execute(_statement(), {"session_id": session_id, "idle": now - IDLE, "oldest": now - LONGEST}).first()
    if row is None or not secrets.compare_digest(row[1], token_hash(secret)):
        return None
    g.session_id, g.organization = session_id, row[3]
    if now - row[2] > SEEN_EVERY:
        _seen()[session_id] = (now, (request.remote_addr or "")[:45])
    return row[0]


def _parts(cookie: str) -> tuple[int, str]:
    """(id, secret) of a cookie; id 0 for nonsense."""
    session_id, _dot, secret = cookie.partition(".")
    return (int(session_id), secret) if session_id.isdecimal() and len(session_id) < 10 else (0, "")


def begin(user: User, *, by: str, address: str = "", browser: str = "", new_device: bool = False) -> str:
    """A new session of the person; what the browser's cookie must hold. Flushes."""
    secret = secrets.token_urlsafe(24)
    row = UserSession(user_id=user.id, token_hash=token_hash(secret), address=address[:45], browser=browser[:100], by=by[:20],
                      new_device=new_device)
    db.session.add(row)
    db.session.flush()
    return f"{row.id}.{secret}"


def end_cookie(cookie: str) -> None:
    """End the session of a browser, whosever it is."""
    session_id, secret = _parts(cookie)
    _delete(UserSession.id == session_id, UserSession.token_hash == token_hash(secret))


def end_one(user: User, session_id: int) -> bool:
    """End one session of the person; False when there is none of theirs with this number."""
    return _delete(UserSession.user_id == user.id, UserSession.id == session_id) > 0


def end_all(user: User, but: int | None = None) -> int:
    """End the sessions of the person, all but one where one is named; how many ended."""
    return _delete(UserSession.user_id == user.id, *([UserSession.id != but] if but else []))


def trust_devices(user: User) -> None:
    """The person knows the browsers that are signed in: the notice about new ones goes."""
    db.session.execute(sa.update(UserSession).where(UserSession.user_id == user.id, UserSession.new_device)
                       .values(new_device=False).execution_options(synchronize_session=False))


def remove_over() -> None:
    """Rows of sessions that nobody can use any more go."""
    _delete(~lasting())


def _delete(*which: sa.ColumnElement[bool]) -> int:
    gone = sa.delete(UserSession).where(*which).execution_options(synchronize_session=False)
    result: Any = db.session.execute(gone)
    return int(result.rowcount)


def _seen() -> dict[int, tuple[dt.datetime, str]]:
    found: dict[int, tuple[dt.datetime, str]] = current_app.extensions.setdefault("sessions_seen", {})
    return found


@jobs.beat
def bring_in() -> None:
    """Write when sessions were last seen, and from where: at most once in five minutes for each; never back in time."""
    seen = _seen()
    taken = {session_id: seen.pop(session_id) for session_id in sorted(seen.copy())}
    if not taken:
        return
    now = utcnow()  # the clock may have gone back since
    try:
        with own_transaction() as connection:
            connection.execute(
                sa.update(UserSession).where(
                    UserSession.id == sa.bindparam("session_id"), UserSession.last_seen_at < sa.bindparam("at")).values(
                    last_seen_at=sa.bindparam("at"), address=sa.bindparam("from")),
                [{"session_id": session_id, "at": min(at, now), "from": address} for session_id, (at, address) in taken.items()])
    except BaseException:
        for session_id, mark in taken.items():
            seen.setdefault(session_id, mark)
        raise
