"""Lines of the lists of people and companies: plain values, for fifty loaded cards cost more than all the rest of a page."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import sqlalchemy as sa

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients import channels, hiding, names, queries
from crm.clients.models import Channel, Company, Contact
from crm.core import listing
from crm.core.db import db


class Way(NamedTuple):
    """A phone or an e-mail as a list shows it; `href` calls or writes, None when nothing opens it."""

    href: str | None
    shown: str


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list. `company_open`: the reader may open the company's card."""

    id: int
    title: str
    job: str
    company_id: int | None
    company: str | None
    company_open: bool
    manager: str | None
    created_at: dt.datetime
    phone: Way | None
    email: Way | None


@dataclass(frozen=True, slots=True)
class CompanyLine:
    """A company in the list; `number` is its INN or VAT number."""

    id: int
    title: str
    legal_name: str
    city: str
    number: str
    manager: str | None
    created_at: dt.datetime
    phone: Way | None


def people(wish: listing.Wish, reader: User) -> listing.Page:
    """A page of people."""
    query = queries.ordered_people(wish, reader).with_only_columns(
        Contact.id, Contact.surname, Contact.given_name, Contact.patronymic, Contact.job, Contact.company_id, Company.name,
        Company.manager_id, Company.deleted_at, User.name, Contact.created_at)
    page = listing.fetch(query, wish, "contacts.index")
    ways = _first_ways("contact", [row[0] for row in page.rows], reader)
    owners = scope.visible_owners(reader, "clients.see")
    return replace(page, rows=[
        PersonLine(id_, names.in_order(surname, given, middle), job, company_id, company,
                   company is not None and binned is None and (owners is None or owner in owners), manager, created,
                   ways.get((id_, "phone")), ways.get((id_, "email")))
        for id_, surname, given, middle, job, company_id, company, owner, binned, manager, created in page.rows])


def companies(wish: listing.Wish, reader: User) -> listing.Page:
    """A page of companies."""
    query = queries.ordered_companies(wish, reader).with_only_columns(
        Company.id, Company.name, Company.legal_name, Company.city, Company.inn, Company.vat_id, User.name, Company.created_at)
    page = listing.fetch(query, wish, "companies.index")
    ways = _first_ways("company", [row[0] for row in page.rows], reader)
    return replace(page, rows=[
        CompanyLine(id_, name, legal, city, inn or vat, manager, created, ways.get((id_, "phone")))
        for id_, name, legal, city, inn, vat, manager, created in page.rows])


def _ways(owner: Any) -> sa.Select[*tuple[Any, ...]]:
    return sa.select(owner.label("owner"), Channel.kind, Channel.typed, Channel.value).where(
        owner.in_(sa.bindparam("ids", expanding=True))).order_by(Channel.position, Channel.id)


WAYS = {"contact": _ways(Channel.contact_id), "company": _ways(Channel.company_id)}  # made once: making costs more than running


def _known_ways(card: str, ids: Iterable[int], reader: User) -> list[Any]:
    """(id, kind, typed, value) of every way to reach these clients ('contact' or 'company') that the reader may know, in their order."""
    return hiding.shown(db.session.execute(WAYS[card], {"ids": list(ids)}), reader)


def _first_ways(card: str, ids: Iterable[int], reader: User) -> dict[tuple[int, str], Way]:
    """The first phone and the first e-mail of each client, by (id, kind)."""
    found: dict[tuple[int, str], Way] = {}
    for card_id, kind, typed, value in _known_ways(card, ids, reader):
        if kind in ("phone", "email") and (card_id, kind) not in found:
            found[card_id, kind] = Way(channels.href(kind, value, typed), channels.shown(kind, value, typed))
    return found


def first_ways(card: str, ids: Iterable[int], reader: User) -> dict[int, str]:
    """The first way to reach each client, as it is shown."""
    found: dict[int, str] = {}
    for card_id, kind, typed, value in _known_ways(card, ids, reader):
        if card_id not in found:
            found[card_id] = channels.shown(kind, value, typed)
    return found
