"""Two versions of a card side by side: what is kept now and what was typed over an older one."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crm.accounts.models import User
from crm.clients import fields
from crm.clients.models import Company, Contact
from crm.core import dates, i18n
from crm.core.db import db


@dataclass(frozen=True)
class Difference:
    """One field that the two versions have otherwise."""

    label: str
    theirs: str
    mine: str


def person(values: Mapping[str, Any], company_text: str | None, contact: Contact) -> list[Difference]:
    """The fields in which what was typed differs from the person's card as it is now."""
    kept = fields.shown(contact)
    return _differences(fields.PERSON, kept, {**_typed(values, kept), "company": kept["company"] if company_text is None
                                              else " ".join(company_text.split())})


def company(values: Mapping[str, Any], kept_company: Company) -> list[Difference]:
    """The fields in which what was typed differs from the company's card as it is now."""
    kept = fields.shown(kept_company)
    return _differences(fields.COMPANY, kept, {**_typed(values, kept), "accounts": fields.accounts_text(
        row for row in values["accounts"] if any(row.values()))})


def _typed(values: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    typed = {**kept, **values}
    typed["channels"] = fields.channels_text(row for row in values["channels"] if row[1])
    if "manager_id" in values:
        manager = db.session.get(User, values["manager_id"]) if values["manager_id"] else None
        typed["manager"] = manager.name if manager else ""
    return typed


def _differences(labels: Mapping[str, Any], kept: Mapping[str, Any], typed: Mapping[str, Any]) -> list[Difference]:
    pairs = ((str(label), readable(name, kept[name]), readable(name, typed[name])) for name, label in labels.items())
    return [Difference(*pair) for pair in pairs if pair[1] != pair[2]]


def readable(name: str, value: Any) -> str:
    """A kept or recorded value as people read it: days in words, kinds by their names."""
    if name == "kind":
        return str(fields.COMPANY_KINDS.get(value, value or ""))
    if name == "birthday" and value:
        day = value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
        return dates.day_text(day, i18n.choose_locale())
    return "" if value is None else str(value)
