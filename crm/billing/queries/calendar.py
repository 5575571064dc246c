"""The payment calendar: what should come on which day by terms and invoices, what is past due, what has come.

Deals with terms are read from their plan, others from their invoices, so that no sum stands there twice.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.billing.models import DealTerms, Payment, PlannedPayment
from crm.billing.queries.payments import seen
from crm.billing.terms import months_on
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core.dates import Period, period
from crm.core.db import db
from crm.deals.models import LOST, Deal
from crm.documents import paying
from crm.documents.models import Document

MOST = 300  # rows of a kind that one page holds
GROUPS = ("day", "week", "month")
DAYS = {"day": 28, "week": 84}
EXPECTED, OVERDUE, PAID = "expected", "overdue", "paid"
DUE = paying.due()
CLIENT = (Company.name, Contact.surname, Contact.given_name, Contact.patronymic)


@dataclass(frozen=True, slots=True)
class Entry:
    """A payment that is to come, or one that came; `document_id` of the invoice, where it stands for one."""

    day: dt.date
    sum: int
    currency: str
    deal_id: int
    deal: str
    client: str
    state: str
    document_id: int | None = None
    numbered: str = ""


@dataclass(frozen=True)
class Group:
    """A day, week or month of the calendar with its entries, and their sums by state and currency."""

    period: Period
    entries: Sequence[Entry]

    @property
    def sums(self) -> Mapping[str, list[tuple[int, str]]]:
        """{state: [(sum, currency)]}."""
        return sums(self.entries)


@dataclass(frozen=True)
class Calendar:
    """The page: what is past due, and the groups of the window. `cut`: there was more than the page holds."""

    window: Period
    overdue: Sequence[Entry]
    groups: Sequence[Group]
    cut: bool

    @property
    def sums(self) -> Mapping[str, list[tuple[int, str]]]:
        """All entries by state and currency."""
        return sums([*self.overdue, *(entry for group in self.groups for entry in group.entries)])


def sums(entries: Iterable[Entry]) -> Mapping[str, list[tuple[int, str]]]:
    """Entries added up by state and currency."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for entry in entries:
        found[entry.state][entry.currency] += entry.sum
    return {state: [(total, currency) for currency, total in sorted(by.items())] for state, by in found.items()}


def window(by: str, first: dt.date) -> Period:
    """What a page shows: four weeks by days, twelve by weeks, half a year by months."""
    if by == "month":
        start = first.replace(day=1)
        return Period(start, months_on(start, 6) - dt.timedelta(days=1))
    start = period("week", first).start
    return Period(start, start + dt.timedelta(days=DAYS[by] - 1))


def neighbours(by: str, shown: Period) -> tuple[dt.date, dt.date]:
    """The first days of the windows before and after."""
    before = months_on(shown.start, -6) if by == "month" else shown.start - dt.timedelta(days=DAYS[by])
    return before, shown.end + dt.timedelta(days=1)


def calendar(reader: User, by: str, shown: Period, now: dt.date) -> Calendar:
    """Three questions, whatever there is: plans, invoices, payments."""
    to_come = [*_planned(reader, shown, now), *_invoiced(reader, shown, now)]
    overdue = sorted((entry for entry in to_come if entry.state == OVERDUE), key=lambda entry: (entry.day, entry.deal_id))
    came = _received(reader, shown)
    groups: dict[dt.date, list[Entry]] = defaultdict(list)
    for entry in sorted([*came, *(one for one in to_come if one.state == EXPECTED)], key=lambda entry: (entry.day, entry.deal_id)):
        groups[period(by, entry.day).start].append(entry)
    found = [Group(period(by, start), entries) for start, entries in sorted(groups.items())]
    return Calendar(shown, overdue, found, len(to_come) >= MOST or len(came) >= MOST)


def _entry(row: Any, now: dt.date | None) -> Entry:
    day, total, currency, deal_id, deal, company, surname, given, middle, *paper = row
    client = client_name(company, surname, given, middle)
    state = PAID if now is None else OVERDUE if day < now else EXPECTED
    return Entry(day, int(total), currency, deal_id, deal, client or deal, state, *paper)


def _deals(query: sa.Select[*tuple[Any, ...]], reader: User) -> sa.Select[*tuple[Any, ...]]:
    query = query.outerjoin(Company, Company.id == Deal.company_id).outerjoin(Contact, Contact.id == Deal.contact_id)
    return seen(query.where(Deal.deleted_at.is_(None)), reader).limit(MOST)


def _planned(reader: User, shown: Period, now: dt.date) -> list[Entry]:
    left = PlannedPayment.amount - PlannedPayment.paid
    due = PlannedPayment.due_on
    query = sa.select(due, left, Deal.currency, Deal.id, Deal.title, *CLIENT).join(Deal, Deal.id == PlannedPayment.deal_id)
    query = query.where(_shown(due, shown, now), left > 0, Deal.status != LOST)
    return [_entry(row, now) for row in db.session.execute(_deals(query.order_by(due, Deal.id), reader))]


def _shown(due: Any, shown: Period, now: dt.date) -> sa.ColumnElement[bool]:
    """Days of the window, and whatever is past due."""
    return sa.or_(due.between(shown.start, shown.end), due < now)


def _invoiced(reader: User, shown: Period, now: dt.date) -> list[Entry]:
    query = sa.select(DUE, Document.amount - Document.paid, Document.currency, Deal.id, Deal.title, *CLIENT, Document.id, Document.numbered)
    query = query.join(Document.deal).outerjoin(DealTerms, DealTerms.deal_id == Deal.id).where(
        paying.unpaid(), DealTerms.deal_id.is_(None), _shown(DUE, shown, now), Deal.status != LOST)
    return [_entry(row, now) for row in db.session.execute(_deals(query.order_by(DUE, Document.id), reader))]


def _received(reader: User, shown: Period) -> list[Entry]:
    query = sa.select(Payment.paid_on, Payment.amount, Payment.currency, Deal.id, Deal.title, *CLIENT).join(Payment.deal).where(
        Payment.deleted_at.is_(None), Payment.paid_on.between(shown.start, shown.end))
    return [_entry(row, None) for row in db.session.execute(_deals(query.order_by(Payment.paid_on.desc(), Payment.id.desc()), reader))]
