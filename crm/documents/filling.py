"""What speaks against putting typed details onto the card of the client's company: a wrong number, or what somebody filled in meanwhile.

As on the card, nothing of it is final: who sends the same once more is sure of it.
"""

import hashlib
import json
from collections.abc import Mapping

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import checks
from crm.clients import events as client_events
from crm.clients.models import Company
from crm.core.db import db
from crm.core.events import Event, EventLink
from crm.core.requisites import clean
from crm.documents.gaps import BANK

LOOKED_THROUGH = 20  # the newest changes of a card, for who made one


def hold(company: Company) -> None:
    """Lock the card: what is looked at is what will be written over."""
    db.session.refresh(company, with_for_update=True)


def problems(company: Company, typed: Mapping[str, str]) -> dict[str, str]:
    """A sentence for each typed field that should be looked at once more."""
    return {name: why for name, text in typed.items() if (why := _taken(company, name, text) or _wrong(company, name, typed))}


def mark(company: Company, typed: Mapping[str, str], found: Mapping[str, str]) -> str:
    """What a form carries of the problems that were shown: with the same ones the person is sure."""
    shown = [(name, typed[name], _held(company, name)) for name in sorted(found)]
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:20]


def _held(company: Company, name: str) -> str:
    if name not in BANK:
        return str(getattr(company, name))
    return str(getattr(company.accounts[0], name)) if company.accounts else ""


def _taken(company: Company, name: str, text: str) -> str:
    held = _held(company, name)
    if not held or held == (clean(text) if name in checks.TYPED else text):
        return ""
    who = _who_filled(company, "accounts" if name in BANK else name)
    return (_("%(who)s has filled this in meanwhile: %(held)s. Save once more to put yours in its place.", who=who, held=held) if who
            else _("It has been filled in meanwhile: %(held)s. Save once more to put yours in its place.", held=held))


def _who_filled(company: Company, field: str) -> str:
    """The name of who changed the field of the card last, as far as its newest changes tell."""
    query = sa.select(Event.data, User.name).join(Event.links).join(User, User.id == Event.actor_id).where(
        EventLink.card == Company.card, EventLink.card_id == company.id, Event.kind == client_events.COMPANY_CHANGED.code)
    rows = db.session.execute(query.order_by(Event.id.desc()).limit(LOOKED_THROUGH))
    return next((name for data, name in rows if field in data.get("changed", {})), "")


def _wrong(company: Company, name: str, typed: Mapping[str, str]) -> str:
    if name not in checks.TYPED:
        return ""
    problem = checks.check(checks.TYPED[name], typed[name], typed.get("bic") or _held(company, "bic")).problem
    return f"{problem} {_('If it is right all the same, save once more.')}" if problem else ""
