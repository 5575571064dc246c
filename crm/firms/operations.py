"""Writes about companies of ours: added, changed, archived; their bank accounts."""

from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core.company_columns import BANK, OwnDetails
from crm.core.db import db
from crm.core.errors import DomainError, Stale
from crm.core.events import changes, record
from crm.firms import events
from crm.firms.models import Firm

MOST_FIRMS, MOST_ACCOUNTS = 50, 20


class FirmError(DomainError):
    """A company of ours cannot be like that."""


def add_firm(*, actor: User, **fields: Any) -> Firm:
    """One more company of ours; it can be chosen on deals from now on."""
    ours = the_organization()
    if ours.firms >= MOST_FIRMS:
        raise FirmError(_("There can be at most %(most)d companies.", most=MOST_FIRMS))
    _free_name(fields["name"], None)
    made = Firm(**fields)
    db.session.add(made)
    ours.firms += 1
    db.session.flush()
    record(events.FIRM_ADDED, actor_id=actor.id, title=made.name)
    return made


def change_firm(firm: Firm, *, actor: User, version: int | None = None, **fields: Any) -> None:
    """Other details; documents that were made stay as they are. Stale when somebody saved them since they were shown."""
    if version is not None and version != firm.version:
        raise Stale(_("Somebody changed the settings in the meantime. Reload the page and try again."))
    _free_name(fields["name"], firm)
    before = {name: getattr(firm, name) for name in fields}
    for name, value in fields.items():
        setattr(firm, name, value)
    if changed := changes(before, fields):
        record(events.FIRM_CHANGED, actor_id=actor.id, title=firm.name, changed=changed)


def archive_firm(firm: Firm, *, away: bool, actor: User) -> None:
    """No longer to be chosen, or again. Its deals, documents and numbers stay its own."""
    if firm.archived != away:
        firm.archived = away
        record(events.FIRM_ARCHIVED if away else events.FIRM_RESTORED, actor_id=actor.id, title=firm.name)


def _free_name(name: str, firm: Firm | None) -> None:
    """Two companies of one name could not be told apart in a list."""
    others = sa.select(Firm.id).where(Firm.name == name, Firm.id != (firm.id if firm else 0))
    if name == the_organization().name or db.session.scalar(others.limit(1)) is not None:
        raise FirmError(_("There is a company of this name already. Choose another name, such as one with its legal form."), field="name")


def add_account(ours: OwnDetails, *, actor: User, **bank: str) -> None:
    """One more bank account; the first one is the usual."""
    wanted = {name: bank.get(name, "") for name in BANK}
    known = ours.accounts()
    if any(one["account"] == wanted["account"] for one in known):
        raise FirmError(_("This account is in the list already."), field="account")
    if len(known) >= MOST_ACCOUNTS:
        raise FirmError(_("There can be at most %(most)d accounts.", most=MOST_ACCOUNTS))
    _keep([wanted] if not known[0]["account"] else [*known, wanted], ours, actor)


def make_usual(ours: OwnDetails, account: str, *, actor: User) -> None:
    """Documents are made with this account, unless another is chosen for one of them."""
    known = ours.accounts()
    _keep(sorted(known, key=lambda one: one["account"] != account), ours, actor)


def remove_account(ours: OwnDetails, account: str, *, actor: User) -> None:
    """Documents are no longer made with it; those that were keep it. The usual one stays."""
    known = ours.accounts()
    _keep([known[0], *(one for one in known[1:] if one["account"] != account)], ours, actor)


def _keep(rows: list[dict[str, str]], ours: OwnDetails, actor: User) -> None:
    if rows == ours.accounts():
        return
    before = ours.account
    for name in BANK:
        setattr(ours, name, rows[0][name])
    ours.more_accounts = rows[1:]
    record(events.ACCOUNTS_CHANGED, actor_id=actor.id, title=ours.name, changed=changes({"account": before}, {"account": ours.account}))

