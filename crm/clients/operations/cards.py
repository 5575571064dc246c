"""What people and companies share: ways to reach, the version, the bin, the columns to search and sort by."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import channels, events, fields, queries
from crm.clients.models import Channel, Company, Contact
from crm.core.db import db, utcnow
from crm.core.errors import DomainError, Stale
from crm.core.events import changes, record
from crm.core.text import search_text, sort_key


class ClientError(DomainError):
    """A person or a company cannot be kept like that."""


def set_channels(card: Contact | Company, rows: Iterable[tuple[str, str]]) -> None:
    """Make `rows` of (kind, typed) the ways to reach the card; empty rows and repetitions are dropped.

    Rows that stay as they were keep their identity. The caller records the fact.
    """
    kept = {(row.kind, row.typed): row for row in card.channels}
    wanted: list[Channel] = []
    seen: set[tuple[str, str]] = set()
    region = queries.region()
    for kind, typed in rows:
        reading = channels.read(kind, typed, region)
        if not reading.typed or (reading.kind, reading.value) in seen:
            continue
        seen.add((reading.kind, reading.value))
        row = kept.get((reading.kind, reading.typed)) or Channel(kind=reading.kind, typed=reading.typed)
        row.value, row.position = reading.value, len(wanted)
        wanted.append(row)
    card.channels = wanted


def refresh(card: Contact | Company) -> None:
    """Bring the folded columns in step with what the card shows."""
    phones = [row.value for row in card.channels if row.value.startswith("+") or row.kind == "phone"]
    others = [row.value for row in card.channels if row.kind != "phone"]
    if isinstance(card, Contact):
        card.search_text = search_text(card.surname, card.given_name, card.patronymic, card.job,
                                       card.company.name if card.company else "", *others, phones=phones)
        card.sort_key = sort_key(" ".join(part for part in (card.surname, card.given_name, card.patronymic) if part))
    else:
        card.search_text = search_text(card.name, card.legal_name, card.inn, card.city, card.vat_id, *others,
                                       phones=phones)
        card.sort_key = queries.company_key(card.name)


def manager_of_new(manager_id: int | None, actor: User | None) -> int | None:
    """Who leads a new card: the chosen one, else the person who makes it, when that is a seller."""
    return manager_id or (actor.id if actor is not None and actor.sells else None)


def hold(card: Contact | Company, version: int | None) -> None:
    """Lock the card and refuse when it is not what the form showed; None asks nothing."""
    db.session.flush()
    db.session.execute(sa.select(type(card).id).where(type(card).id == card.id).with_for_update())
    db.session.expire(card)
    if version is not None and card.version != version:
        raise Stale(_("Somebody changed this card while you were typing. Compare both and save again."))


def put(card: Contact | Company, values: dict[str, Any], allowed: frozenset[str]) -> None:
    """Set plain fields; an unknown name is an error of the program."""
    for name, value in values.items():
        if name not in allowed:
            raise TypeError(f"{type(card).__name__} has no field {name} that may be set")
        setattr(card, name, value)


def finish(card: Contact | Company, before: dict[str, Any]) -> dict[str, list[Any]]:
    """After a change: refresh the folded columns and count the version up. What differs, by field."""
    changed = changes(before, fields.shown(card))
    if changed:
        refresh(card)
        card.updated_at = utcnow()  # a change of channels alone counts as a new version too
        db.session.flush()
        db.session.expire(card, ["manager"])
    return changed


def delete(card: Contact | Company, *, actor: User) -> None:
    """Put the card into the bin, from which it can be taken for 30 days. Nothing happens when it is there."""
    if card.deleted_at is not None:
        return
    card.deleted_at = utcnow()
    kind = events.CONTACT_DELETED if isinstance(card, Contact) else events.COMPANY_DELETED
    record(kind, card, actor_id=actor.id, name=card.title)


def restore(card: Contact | Company, *, actor: User) -> None:
    """Take the card out of the bin. Nothing happens when it is not there."""
    if card.deleted_at is None:
        return
    card.deleted_at = None
    kind = events.CONTACT_RESTORED if isinstance(card, Contact) else events.COMPANY_RESTORED
    record(kind, card, actor_id=actor.id, name=card.title)
