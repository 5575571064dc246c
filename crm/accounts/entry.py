"""The one door: every way in ends here, by password, invitation or the first start; and the way out."""

from flask import request, session
from flask_login import login_user, logout_user

from crm.accounts import devices, events, sessions
from crm.accounts.browsers import browser_name
from crm.accounts.models import User
from crm.core import jobs, journal
from crm.core.db import utcnow

NOTICE = "mail.notice"


def enter(user: User, by: str) -> None:
    """Open this browser's session for the person, in place of the one it had. `by` says how they proved who they are, in a word of
    `events.WAYS`. A way in from a browser that is new to the person is told to them, but for their very first one.
    """
    new = not devices.known_to(user.id) and user.last_seen_at is not None
    browser, address = browser_name(request.user_agent.string), request.remote_addr or ""
    sessions.end_cookie(session.get("_user_id", ""))
    cookie = sessions.begin(user, by=by, address=address, browser=browser, new_device=new)
    user.last_seen_at = utcnow()
    login_user(user, remember=True)
    session["_user_id"] = cookie  # in place of the person's id; the remembering cookie gets the same
    devices.remember(user.id)
    journal.note(events.SIGNED_IN, actor_id=user.id, by=by, browser=browser, new=new)
    if new:
        tell(user, "browser", browser=browser, address=address)


def tell(user: User, what: str, *, browser: str = "", address: str = "") -> None:
    """Let the person know by a letter, where a mail server is set, that a new browser came in or that their password changed."""
    jobs.enqueue(NOTICE, user_id=user.id, what=what, browser=browser, address=address, at=utcnow().isoformat())


def leave(user: User) -> None:
    """End this browser's session."""
    sessions.end_cookie(session.get("_user_id", ""))
    journal.note(events.SIGNED_OUT, actor_id=user.id)
    logout_user()


def end_session(user: User, session_id: int) -> bool:
    """End one session of the person by their own hand; False when there is none of theirs with this number."""
    found = sessions.end_one(user, session_id)
    if found:
        journal.note(events.SESSIONS_ENDED, actor_id=user.id, rows=1)
    return found


def end_sessions(user: User, *, actor: User, but: int | None = None) -> int:
    """End the person's sessions, all but one where one is named; how many ended."""
    ended = sessions.end_all(user, but)
    if ended:
        journal.note(events.SESSIONS_ENDED, actor_id=actor.id, rows=ended, **({"of": user.name} if user.id != actor.id else {}))
    return ended


def note_miss(user_id: int | None) -> None:
    """A password that was wrong for a person, or for nobody we know; what was typed is not kept."""
    journal.note(events.MISSED, actor_id=user_id, browser=browser_name(request.user_agent.string))


def note_new_password(user: User) -> None:
    """The person has a new password, by their own hand."""
    journal.note(events.PASSWORD_CHANGED, actor_id=user.id)
