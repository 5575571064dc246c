"""Who owes how much, by age: unpaid invoices in force of the deals that the reader sees."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.billing.queries.payments import seen
from crm.clients.models import Company, Contact
from crm.clients.names import client_name, in_order
from crm.core import listing
from crm.core.dates import today
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import paying
from crm.documents.models import Document

# days past due, the first and the last; None: no end
AGES: dict[str, tuple[int | None, int | None]] = {"not-due": (None, 0), "1-7": (1, 7), "8-30": (8, 30), "31-90": (31, 90), "90": (91, None)}
LABELS: dict[str, LazyString] = {
    "not-due": _l("Not due yet"), "1-7": _l("1 to 7 days"), "8-30": _l("8 to 30 days"), "31-90": _l("31 to 90 days"),
    "90": _l("Over 90 days")}
DUE = paying.due()
LEFT = Document.amount - Document.paid
PERSON = sa.case((Deal.company_id.is_(None), Deal.contact_id))
FILTERS = ("client", "age", "currency")


@dataclass(frozen=True, slots=True)
class Debt:
    """What a client owes in one currency; `ages` by the codes of AGES. `client` names it in addresses: company-7, person-3, none."""

    client: str
    name: str
    currency: str
    total: int
    ages: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Owed:
    """One unpaid invoice; `days` past due, 0 or less when it is not."""

    id: int
    numbered: str
    dated: dt.date
    due: dt.date
    amount: int
    left: int
    currency: str
    deal_id: int
    deal: str
    client: str
    manager: str
    days: int


def of_age(age: str, now: dt.date) -> sa.ColumnElement[bool]:
    """Invoices that are past due by so many days."""
    youngest, oldest = AGES[age]
    low = sa.true() if oldest is None else now - dt.timedelta(days=oldest) <= DUE
    high = sa.true() if youngest is None else now - dt.timedelta(days=youngest) >= DUE
    return sa.and_(low, high)


def _unpaid(reader: User, *columns: Any) -> sa.Select[*tuple[Any, ...]]:
    query = sa.select(*columns).select_from(Document).join(Document.deal).outerjoin(Deal.company).outerjoin(
        Contact, Contact.id == Deal.contact_id).where(paying.unpaid(), Deal.deleted_at.is_(None))
    return seen(query, reader)


def by_client(reader: User) -> sa.Select[*tuple[Any, ...]]:
    """A row for each client and currency, the largest debts first."""
    now = today()
    sums = [sa.func.sum(sa.case((of_age(age, now), LEFT), else_=0)) for age in AGES]
    total = sa.func.sum(LEFT)
    query = _unpaid(reader, Deal.company_id, PERSON, sa.func.max(Company.name), sa.func.max(Contact.surname),
                    sa.func.max(Contact.given_name), sa.func.max(Contact.patronymic), Document.currency, total, *sums)
    return query.group_by(Deal.company_id, PERSON, Document.currency).order_by(total.desc(), Deal.company_id, PERSON)


def debts(wish: listing.Wish, reader: User) -> listing.Page:
    """A page of debts."""
    page = listing.fetch(by_client(reader), wish, "debts.index")
    return replace(page, rows=[debt(row) for row in page.rows])


def debt(row: Any) -> Debt:
    """A row of `by_client` as it is shown."""
    company_id, person_id, company, surname, given, middle, currency, total, *sums = row
    client = f"company-{company_id}" if company_id else f"person-{person_id}" if person_id else "none"
    name = company if company_id else in_order(surname or "", given or "", middle or "") if person_id else ""
    return Debt(client, name or "", currency, int(total), {age: int(one) for age, one in zip(AGES, sums, strict=True)})


def totals(reader: User) -> list[Debt]:
    """All debts together, one row for each currency."""
    now = today()
    sums = [sa.func.sum(sa.case((of_age(age, now), LEFT), else_=0)) for age in AGES]
    query = _unpaid(reader, sa.null(), sa.null(), sa.null(), sa.null(), sa.null(), sa.null(), Document.currency, sa.func.sum(LEFT), *sums)
    return [debt(row) for row in db.session.execute(query.group_by(Document.currency).order_by(Document.currency))]


def owed_query(wish: listing.Wish, reader: User) -> sa.Select[*tuple[Any, ...]]:
    """The unpaid invoices beneath a figure, those due first in front."""
    query = _unpaid(reader, Document.id, Document.numbered, Document.dated, DUE, Document.amount, LEFT, Document.currency, Deal.id,
                    Deal.title, Company.name, Contact.surname, Contact.given_name, Contact.patronymic, User.name)
    query = query.outerjoin(User, User.id == Deal.manager_id)
    client, age, currency = (wish.filters.get(name, "") for name in FILTERS)
    kind, _dash, number = client.partition("-")
    found = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else 0
    if kind == "company":
        query = query.where(Deal.company_id == found)
    elif kind == "person":
        query = query.where(Deal.company_id.is_(None), Deal.contact_id == found)
    elif kind == "none":
        query = query.where(Deal.company_id.is_(None), Deal.contact_id.is_(None))
    if age in AGES:
        query = query.where(of_age(age, today()))
    if currency:
        query = query.where(Document.currency == currency)
    return query.order_by(DUE, Document.id)


def owed(wish: listing.Wish, reader: User) -> listing.Page:
    """A page of them."""
    page = listing.fetch(owed_query(wish, reader), wish, "owed.index")
    return replace(page, rows=[invoice(row) for row in page.rows])


def invoice(row: Any) -> Owed:
    """A row of `owed_query` as it is shown."""
    id_, numbered, dated, due, amount, left, currency, deal_id, deal, company, surname, given, middle, manager = row
    client = client_name(company, surname, given, middle)
    return Owed(id_, numbered, dated, due, amount, int(left), currency, deal_id, deal, client or deal, manager or "", (today() - due).days)
