"""Whether letters leave, for the health page: those of people and the program's own. A fixed few statements, no network."""

import datetime as dt
import json
from dataclasses import dataclass

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts import entry, resets
from crm.clients import hiding
from crm.core.dates import moment_text
from crm.core.db import db, utcnow
from crm.core.events import Event
from crm.core.health import BAD, GOOD, OFF, WARN, State
from crm.core.i18n import choose_locale
from crm.core.jobs import Job
from crm.mail import events
from crm.mail.models import FAILED, WAITING, Letter

OWN = (resets.LETTER, entry.NOTICE)  # letters that stand nowhere but with their jobs
LATE = dt.timedelta(minutes=15)
SHOWN = dt.timedelta(days=14)  # a letter that was given up longer ago is history


@dataclass(frozen=True)
class Some:
    """How many letters, since when, and what stood against the latest of them."""

    count: int = 0
    since: dt.datetime | None = None
    error: str = ""

    def __add__(self, other: "Some") -> "Some":
        moments = [moment for moment in (self.since, other.since) if moment is not None]
        return Some(self.count + other.count, min(moments, default=None), self.error or other.error)


def outbox_state() -> State:
    """Good only where the last try went well, or nothing was ever sent."""
    waiting, missed, failed = _letters()
    if not current_app.config["SMTP_URL"]:
        return _no_server(waiting + missed)
    own, (sent, given_up) = _own(), _last_tries()
    stuck = own + missed + failed
    if own.count or missed.count or (given_up is not None and (sent is None or given_up > sent)):
        return _bad(stuck, own.count > 0)
    if failed.count:
        return State(WARN, _("Letters go out now.") + " " + _not_gone(failed), _("Open the outbox: send them once more, or write anew."),
                     "/outbox")
    if waiting.since is not None and utcnow() - waiting.since > LATE:
        return State(WARN, ngettext("%(num)d letter waits since %(when)s.", "%(num)d letters wait since %(when)s.", waiting.count,
                                    when=_when(waiting.since)), _("Open the outbox and send them once more."), "/outbox")
    return State(GOOD, _("Letters go out.") if sent else _("A mail server is set; no letter has been sent yet."))


def _no_server(waiting: Some) -> State:
    if not waiting.count:
        return State(OFF, _("No mail server is set, and no letter waits."))
    return State(WARN, ngettext("No mail server is set; %(num)d letter waits.",
                                "No mail server is set; %(num)d letters wait.", waiting.count),
                 _("Set SMTP_URL, or send letters by hand from the outbox."), "/outbox")


def _bad(stuck: Some, own: bool) -> State:
    """What is to be done is told where it is done: the outbox has no letters of the program itself."""
    if not stuck.count:
        return State(BAD, _("The last letter could not be sent."), _("Open the outbox: it shows what stood against it."), "/outbox")
    said = _not_gone(stuck) + (" " + _("The last reason: %(error)s", error=hiding.masked_here(stuck.error)) if stuck.error else "")
    if own:
        return State(BAD, said, _("Letters of the program wait among them, such as links for new passwords. Check SMTP_URL and the mail "
                                  "server; what was given up stands below: press “Try again” there."))
    return State(BAD, said, _("Check SMTP_URL and the mail server. What can still go is tried again by itself; the rest stands in the "
                              "outbox."), "/outbox")


def _not_gone(some: Some) -> str:
    if some.since is None:
        return ngettext("%(num)d letter has not gone out.", "%(num)d letters have not gone out.", some.count)
    return ngettext("%(num)d letter has not gone out, since %(when)s.", "%(num)d letters have not gone out, since %(when)s.",
                    some.count, when=_when(some.since))


def _when(moment: dt.datetime | None) -> str:
    return moment_text(moment, choose_locale())


def _letters() -> tuple[Some, Some, Some]:
    """Those that wait for their first try, those that were tried and wait for the next, and those that were given up lately."""
    tried = Letter.error != ""
    rows = db.session.execute(sa.select(
        Letter.status, tried, sa.func.count(), sa.func.min(Letter.created_at, type_=Letter.created_at.type), sa.func.max(Letter.id)).where(
        sa.or_(Letter.status == WAITING, sa.and_(Letter.status == FAILED, Letter.created_at > utcnow() - SHOWN)))
        .group_by(Letter.status, tried)).all()
    latest = max((last for status, was_tried, _count, _since, last in rows if was_tried), default=None)
    error = db.session.scalar(sa.select(Letter.error).where(Letter.id == latest)) or ""
    found = {WAITING: Some(), "missed": Some(), FAILED: Some()}
    for status, was_tried, count, since, _last in rows:
        name = "missed" if status == WAITING and was_tried else status
        found[name] += Some(count, since, error if was_tried else "")
    return found[WAITING], found["missed"], found[FAILED]


def _own() -> Some:
    """Letters of the program that did not go at their first try. A try that runs now has put its reason out of sight."""
    missed = (Job.kind.in_(OWN), sa.or_(Job.error.is_not(None), Job.attempts > 1))
    count, first, last = db.session.execute(sa.select(sa.func.count(), sa.func.min(Job.id), sa.func.max(Job.id)).where(*missed)).one()
    if not count:
        return Some()
    told = {job_id: (json.loads(payload), error) for job_id, payload, error in db.session.execute(
        sa.select(Job.id, Job.payload, Job.error).where(Job.id.in_((first, last))))}
    begun = told[first][0].get("asked") or told[first][0].get("at")
    return Some(count, dt.datetime.fromisoformat(begun) if begun else None, told[last][1] or "")


def _last_tries() -> tuple[dt.datetime | None, dt.datetime | None]:
    """When a letter of a person last went out, and when one was last given up."""
    def last(code: str) -> sa.ScalarSelect[dt.datetime]:
        return sa.select(Event.at).where(Event.kind == code).order_by(Event.at.desc()).limit(1).scalar_subquery()

    sent, given_up = db.session.execute(sa.select(last(events.LETTER_SENT.code), last(events.LETTER_FAILED.code))).one()
    return sent, given_up
