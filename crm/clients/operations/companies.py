"""Writes about companies."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import events, fields, queries
from crm.clients.models import BankAccount, Company, Contact
from crm.clients.operations import cards
from crm.core.db import db
from crm.core.events import record
from crm.core.requisites import clean
from crm.core.text import fold, search_text

NUMBERS = {"inn": 20, "kpp": 9, "ogrn": 15, "vat_id": 20}
BANK_NUMBERS = {"bic": 11, "account": 34, "corr_account": 20}
FIELDS = frozenset(fields.COMPANY) - {"manager", "channels", "accounts"} | {"manager_id", "external_key"}


def create_company(*, actor: User | None, name: str, manager_id: int | None = None,
                   channels: Iterable[tuple[str, str]] = (), accounts: Iterable[Mapping[str, str]] = (),
                   **more: Any) -> Company:
    """A new company, led by `manager_id` or else by the actor.

    `channels` are rows of (kind, typed), `accounts` mappings of bic, bank, account, corr_account; `more` the other
    columns. Numbers lose their spaces; wrong control digits are kept (warned about, never blocked).
    """
    if not name.strip():
        raise cards.ClientError(_("Type the company's name."))
    company = Company(name=name, manager_id=cards.manager_of_new(manager_id, actor))
    cards.put(company, _tidy(more), FIELDS)
    with db.session.no_autoflush:  # the card is written once, whole
        cards.set_channels(company, channels)
        set_accounts(company, accounts)
        cards.refresh(company)
        db.session.add(company)
    db.session.flush()
    record(events.COMPANY_CREATED, company, actor_id=actor.id if actor else None, name=company.title)
    return company


def update_company(company: Company, *, actor: User | None, version: int | None = None,
                   channels: Iterable[tuple[str, str]] | None = None,
                   accounts: Iterable[Mapping[str, str]] | None = None, **changed: Any) -> Company:
    """Change the named fields. Stale when `version` is not the present one; silent when nothing differs."""
    cards.hold(company, version)
    before = fields.shown(company)
    cards.put(company, _tidy(changed), FIELDS)
    if not company.name.strip():
        raise cards.ClientError(_("Type the company's name."))
    if channels is not None:
        cards.set_channels(company, channels)
    if accounts is not None:
        set_accounts(company, accounts)
    if differs := cards.finish(company, before):
        record(events.COMPANY_CHANGED, company, actor_id=actor.id if actor else None, name=company.title,
               changed=differs)
    if before["name"] != company.name:
        _rename_for_people(company)
    return company


def set_accounts(company: Company, rows: Iterable[Mapping[str, str]]) -> None:
    """Make `rows` the bank accounts of the company, in this order; rows without any text are dropped."""
    wanted = []
    for row in rows:
        values = {"bank": row.get("bank", "").strip()[:200]}
        values |= {name: clean(row.get(name))[:limit] for name, limit in BANK_NUMBERS.items()}
        if any(values.values()):
            wanted.append(values)
    while len(company.accounts) > len(wanted):
        company.accounts.pop()
    for at, values in enumerate(wanted):
        if at == len(company.accounts):
            company.accounts.append(BankAccount(**values))
        for name, value in values.items():
            setattr(company.accounts[at], name, value)


def find_or_create_company(name: str, *, actor: User) -> Company:
    """The company of this name that the actor may see, or a new one."""
    return queries.company_by_name(name, actor) or create_company(actor=actor, name=name[:300])


def choose_company(company_id: int | None, text: str | None, *, actor: User,
                   current: Company | None = None) -> Company | None:
    """What the answer of a picker means: the chosen company, the one of the typed name, a new one, or none.

    `current` stays choosable although the actor may not open it. An id whose name was typed over is not meant:
    without scripts the hidden id stays behind. ClientError for an id that leads nowhere.
    """
    text = " ".join((text or "").split())
    known = current if current is not None and company_id in (None, current.id) else None
    if known is None and company_id is not None:
        known = queries.company(company_id, actor)
    if known is not None and (fold(text) == fold(known.name) or (not text and company_id)):
        return known
    if text:
        return find_or_create_company(text, actor=actor)
    if company_id is not None:
        raise cards.ClientError(_("Choose the company from the list."))
    return None


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    return {name: clean(value)[:NUMBERS[name]] if name in NUMBERS else value for name, value in values.items()}


def _rename_for_people(company: Company) -> None:
    """The company's people are found by its name; their versions stay, since nothing on their cards was edited."""
    for person in db.session.scalars(sa.select(Contact).where(Contact.company_id == company.id)):
        others = [row.value for row in person.channels]
        text = search_text(person.surname, person.given_name, person.patronymic, person.job, company.name, *others,
                           phones=[row.value for row in person.channels if row.value.startswith("+")])
        db.session.execute(
            sa.update(Contact).where(Contact.id == person.id)
            .values(search_text=text, updated_at=Contact.updated_at).execution_options(synchronize_session=False))
