"""The list of payments."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.billing.models import Payment, PaymentPart
from crm.billing.queries.payments import seen
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core import finding, listing
from crm.core.dates import PERIODS, Period, period, today
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents.models import Document
from crm.documents.ways import WAYS

FILTERS = ("period", "way", "rest")


@dataclass(frozen=True, slots=True)
class Line:
    """A payment in the list; `invoices` are (id, number) of those it went to."""

    id: int
    paid_on: dt.date
    amount: int
    rest: int
    currency: str
    way: str
    number: str
    note: str
    deal_id: int
    deal: str
    client: str
    invoices: tuple[tuple[int, str], ...] = ()


def query(wish: listing.Wish, reader: User) -> sa.Select[*tuple[Any, ...]]:
    """Payments of the filtered list, in its order."""
    found = seen(sa.select(Payment.id, Payment.paid_on, Payment.amount, Payment.rest, Payment.currency, Payment.way, Payment.number,
                           Payment.note, Deal.id, Deal.title, Company.name, Contact.surname, Contact.given_name, Contact.patronymic).join(
        Payment.deal).outerjoin(Deal.company).outerjoin(Contact, Contact.id == Deal.contact_id), reader)
    found = found.where(Payment.deleted_at.is_(None), Deal.deleted_at.is_(None))
    if wish.q:
        found = found.where(*finding.matching(Payment.search_text, wish.q))
    if (within := _period(wish)) is not None:
        found = found.where(Payment.paid_on.between(within.start, within.end))
    if wish.filters.get("way") in WAYS:
        found = found.where(Payment.way == wish.filters["way"])
    if wish.filters.get("rest"):
        found = found.where(Payment.rest > 0)
    columns = {"day": (Payment.paid_on, Payment.id), "amount": (Payment.amount, Payment.id), "made": (Payment.id,)}
    return found.order_by(*listing.order(columns, wish, "-day"))


def _period(wish: listing.Wish) -> Period | None:
    name = wish.filters.get("period", "")
    return period(name, today()) if name in PERIODS else None


def payments(wish: listing.Wish, reader: User) -> listing.Page:
    """A page of them, each with the invoices it went to."""
    page = listing.fetch(query(wish, reader), wish, "received.index")
    rows = [line(row) for row in page.rows]
    reached: dict[int, list[tuple[int, str]]] = {}
    parts = sa.select(PaymentPart.payment_id, Document.id, Document.numbered).join(PaymentPart.document).where(
        PaymentPart.payment_id.in_([row.id for row in rows])).order_by(Document.id)
    for payment_id, document_id, numbered in db.session.execute(parts):
        reached.setdefault(payment_id, []).append((document_id, numbered))
    return replace(page, rows=[replace(row, invoices=tuple(reached.get(row.id, ()))) for row in rows])


def line(row: Any) -> Line:
    """A row of `query` as it is shown."""
    id_, paid_on, amount, rest, currency, way, number, note, deal_id, deal, company, surname, given, middle = row
    client = client_name(company, surname, given, middle)
    return Line(id_, paid_on, amount, rest, currency, way, number, note, deal_id, deal, client or deal)
