"""Writes about people."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import events, fields, names, queries
from crm.clients.models import Company, Contact
from crm.clients.operations import cards
from crm.core.db import db
from crm.core.events import record
from crm.core.requisites import clean
from crm.core.text import fold

FIELDS = frozenset({"surname", "given_name", "patronymic", "job", "birthday", "needs", "address", "passport", "inn", "source",
                    "comment", "manager_id", "external_key"})


def create_contact(*, actor: User | None, surname: str = "", given_name: str = "", patronymic: str = "",
                   company: Company | None = None, manager_id: int | None = None, birthday: dt.date | None = None,
                   channels: Iterable[tuple[str, str]] = (), **more: Any) -> Contact:
    """A new person, led by `manager_id` or else by the actor. `channels` are rows of (kind, typed).

    `more`: job, needs, address, passport, inn, source, comment, external_key. ClientError without any name.
    """
    if not (surname or given_name or patronymic):
        raise cards.ClientError(_("Type a name, so that the card can be found again."))
    contact = Contact(surname=surname, given_name=given_name, patronymic=patronymic, company=company,
                      birthday=birthday, manager_id=cards.manager_of_new(manager_id, actor))
    cards.put(contact, _cleaned(more), FIELDS)
    with db.session.no_autoflush:  # the card is written once, whole
        cards.set_channels(contact, channels)
        cards.refresh(contact)
        db.session.add(contact)
    db.session.flush()
    record(events.CONTACT_CREATED, contact, company, actor_id=actor.id if actor else None, name=contact.title)
    return contact


def update_contact(contact: Contact, *, actor: User | None, version: int | None = None,
                   channels: Iterable[tuple[str, str]] | None = None, **changed: Any) -> Contact:
    """Change the named fields (`company` takes a Company or None). Stale when `version` is not the present one.

    Nothing is written and no fact recorded when nothing differs.
    """
    cards.hold(contact, version)
    before, old_company = fields.shown(contact), contact.company
    if "company" in changed:
        contact.company = changed.pop("company")
    cards.put(contact, _cleaned(changed), FIELDS)
    if not (contact.surname or contact.given_name or contact.patronymic):
        raise cards.ClientError(_("Type a name, so that the card can be found again."))
    if channels is not None:
        cards.set_channels(contact, channels)
    if differs := cards.finish(contact, before):
        other = old_company if old_company is not contact.company else None
        record(events.CONTACT_CHANGED, contact, contact.company, other, actor_id=actor.id if actor else None,
               name=contact.title, changed=differs)
    return contact


def find_or_create_contact(text: str, *, actor: User, company: Company | None = None) -> Contact:
    """The person of this full name that the actor may see, or a new one with the name taken apart."""
    found = queries.person_by_name(text, actor)
    if found is not None:
        return found
    surname, given_name, patronymic = names.split(text)
    return create_contact(actor=actor, company=company, surname=surname, given_name=given_name, patronymic=patronymic)


def choose_contact(contact_id: int | None, text: str | None, *, actor: User, company: Company | None = None,
                   current: Contact | None = None) -> Contact | None:
    """What the answer of a picker means: the chosen person, the one of the typed name, a new one, or nobody.

    The same rules as `choose_company`; a new person belongs to `company`.
    """
    text = " ".join((text or "").split())
    known = current if current is not None and contact_id in (None, current.id) else None
    if known is None and contact_id is not None:
        known = queries.person(contact_id, actor)
    if known is not None and (fold(text) == fold(known.title) or (not text and contact_id)):
        return known
    if text:
        return find_or_create_contact(text, actor=actor, company=company)
    if contact_id is not None:
        raise cards.ClientError(_("Choose the person from the list."))
    return None


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    return {name: clean(value) if name == "inn" else value for name, value in values.items()}
