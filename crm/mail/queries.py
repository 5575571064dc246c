"""Reads of letters."""

from typing import Any

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.core.health import BAD, GOOD, WARN, State
from crm.mail.models import FAILED, WAITING, Letter


def letters(user: User) -> sa.Select[*tuple[Any, ...]]:
    """Letters that the person may see, newest first; links that sign in are the owner's alone."""
    query = sa.select(Letter).options(joinedload(Letter.created_by)).order_by(Letter.id.desc())
    query = scope.narrow(query, Letter.created_by_id, user, "mail.see")
    return query if user.role == "owner" else query.where(~Letter.secret)


def waiting_ids() -> sa.Select[*tuple[Any, ...]]:
    """Ids of letters that nobody has sent yet."""
    return sa.select(Letter.id).where(Letter.status == WAITING).order_by(Letter.id)


def outbox_state() -> State:
    """Whether letters leave: for the health page."""
    counts = dict(db.session.execute(sa.select(Letter.status, sa.func.count()).where(
        Letter.status.in_((WAITING, FAILED))).group_by(Letter.status)).all())
    waiting, failed = counts.get(WAITING, 0), counts.get(FAILED, 0)
    if not current_app.config["SMTP_URL"] and not waiting:
        return State(GOOD, _("No mail server is set, and no letter waits."))
    if not current_app.config["SMTP_URL"]:
        return State(WARN, ngettext("No mail server is set; %(num)d letter waits.",
                                    "No mail server is set; %(num)d letters wait.", waiting),
                     _("Set SMTP_URL, or send letters by hand from the outbox."), "/outbox")
    if failed:
        return State(BAD, ngettext("%(num)d letter could not be sent.", "%(num)d letters could not be sent.", failed),
                     _("Open the outbox: it shows what the mail server said."), "/outbox")
    return State(GOOD, _("Letters go out."))
