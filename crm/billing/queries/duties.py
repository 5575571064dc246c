"""What the accountant has to do: invoices to issue, payments to check, acts to make."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.billing.models import DealTerms, Payment, PlannedPayment
from crm.billing.queries.payments import seen
from crm.clients.models import Company, Contact
from crm.clients.names import client_name
from crm.core.db import db
from crm.deals import arrivals
from crm.deals.models import LOST, OPEN, Deal, Pipeline, Stage
from crm.documents import paying
from crm.documents.models import Document

MOST = 50  # rows of a section
AHEAD = dt.timedelta(days=7)  # a planned payment is to be invoiced so long before its day
CLIENT = (Company.name, Contact.surname, Contact.given_name, Contact.patronymic)


@dataclass(frozen=True, slots=True)
class Duty:
    """A thing to do about a deal. `sum` in minor units; `day` when the money is due or came; `id` of the payment or invoice it is about."""

    deal_id: int
    deal: str
    client: str
    currency: str
    sum: int
    day: dt.date | None = None
    id: int | None = None
    words: str = ""


@dataclass(frozen=True)
class Duties:
    """The page's sections."""

    MOST: ClassVar = MOST
    LABELS: ClassVar = {
        "issue": _l("To invoice by the terms"), "stage": _l("The stage waits for a payment, and there is no invoice"),
        "unallocated": _l("Payments that no invoice has taken"), "short": _l("Paid in part and past due"),
        "acts": _l("Paid in full, without an act")}

    issue: Sequence[Duty]
    stage: Sequence[Duty]
    unallocated: Sequence[Duty]
    short: Sequence[Duty]
    acts: Sequence[Duty]

    @property
    def count(self) -> int:
        """How many things there are to do."""
        return sum(len(one) for one in (self.issue, self.stage, self.unallocated, self.short, self.acts))


def duties(reader: User, now: dt.date) -> Duties:
    """Everything that waits, at most fifty of a kind; six questions, whatever there is."""
    return Duties(_to_issue(reader, now), _asked_by_stage(reader), _unallocated(reader), _short(reader, now), _acts(reader))


def _rows(query: sa.Select[*tuple[Any, ...]], reader: User) -> list[Duty]:
    query = query.outerjoin(Company, Company.id == Deal.company_id).outerjoin(Contact, Contact.id == Deal.contact_id)
    found = db.session.execute(seen(query.where(Deal.deleted_at.is_(None)), reader).limit(MOST))
    return [_duty(row) for row in found]


def _duty(row: Any) -> Duty:
    deal_id, deal, currency, total, day, id_, words, company, surname, given, middle = row
    client = client_name(company, surname, given, middle)
    return Duty(deal_id, deal, client or deal, currency, int(total or 0), day, id_, words or "")


def _select(total: Any, day: Any = None, id_: Any = None, words: Any = None) -> sa.Select[*tuple[Any, ...]]:
    empty = sa.null()
    return sa.select(Deal.id, Deal.title, Deal.currency, total, empty if day is None else day, empty if id_ is None else id_,
                     empty if words is None else words, *CLIENT)


def _to_issue(reader: User, now: dt.date) -> list[Duty]:
    """Planned payments that are due soon and that no invoice asks for."""
    left = PlannedPayment.amount - PlannedPayment.invoiced
    query = _select(left, PlannedPayment.due_on).select_from(PlannedPayment).join(Deal, Deal.id == PlannedPayment.deal_id)
    return _rows(query.where(left > 0, PlannedPayment.paid < PlannedPayment.amount, PlannedPayment.due_on <= now + AHEAD,
                             Deal.status != LOST).order_by(PlannedPayment.due_on, Deal.id), reader)


def _asked_by_stage(reader: User) -> list[Duty]:
    """Open deals that can go on only when something is paid, without an invoice and without terms."""
    waiting = _stages_before_payment()
    invoiced = sa.select(Document.id).where(Document.deal_id == Deal.id, paying.in_force()).exists()
    query = _select(Deal.amount, words=Stage.name).select_from(Deal).join(Stage, Stage.id == Deal.stage_id).outerjoin(
        DealTerms, DealTerms.deal_id == Deal.id)
    return _rows(query.where(Deal.stage_id.in_(sorted(waiting)), Deal.status == OPEN, Deal.amount > 0, ~invoiced,
                             DealTerms.deal_id.is_(None)).order_by(Deal.stage_since, Deal.id), reader)


def _stages_before_payment() -> set[int]:
    """Stages whose next one asks for a payment, or is reached by one."""
    rows = db.session.execute(sa.select(Stage.pipeline_id, Stage.id, Stage.requires, Stage.arrives_on).join(Stage.pipeline).where(
        ~Pipeline.archived, Stage.kind != LOST).order_by(Stage.pipeline_id, Stage.position)).all()
    return {one.id for one, after in pairwise(rows)
            if one.pipeline_id == after.pipeline_id and _asks(after.requires, after.arrives_on)}


def _asks(requires: Iterable[str], arrives_on: str) -> bool:
    return bool({*arrivals.PAYMENTS} & {*requires, arrives_on})


def _unallocated(reader: User) -> list[Duty]:
    """Payments that no invoice has taken in full."""
    query = _select(Payment.rest, Payment.paid_on, Payment.id, Payment.number).select_from(Payment).join(Payment.deal)
    return _rows(query.where(Payment.deleted_at.is_(None), Payment.rest > 0).order_by(Payment.paid_on, Payment.id), reader)


def _short(reader: User, now: dt.date) -> list[Duty]:
    """Invoices past due of which only a part has come."""
    query = _select(Document.amount - Document.paid, Document.valid_until, Document.id, Document.numbered).select_from(Document)
    return _rows(query.join(Document.deal).where(paying.unpaid(), Document.paid > 0, Document.valid_until < now).order_by(
        Document.valid_until, Document.id), reader)


def _acts(reader: User) -> list[Duty]:
    """Deals that are paid in full and have no act or transfer document."""
    by_invoices = sa.select(sa.func.coalesce(sa.func.sum(Document.paid), 0)).where(
        Document.deal_id == Deal.id, Document.currency == Deal.currency, paying.in_force()).scalar_subquery()
    rests = sa.select(sa.func.coalesce(sa.func.sum(Payment.rest), 0)).where(
        Payment.deal_id == Deal.id, Payment.currency == Deal.currency, Payment.deleted_at.is_(None)).scalar_subquery()
    paper = sa.select(Document.id).where(
        Document.deal_id == Deal.id, paying.closing()).exists()
    paid = sa.select(Document.deal_id).where(paying.in_force(), Document.paid > 0).union(
        sa.select(Payment.deal_id).where(Payment.deleted_at.is_(None), Payment.rest > 0))
    query = _select(Deal.amount).select_from(Deal).where(Deal.id.in_(paid), Deal.amount > 0, by_invoices + rests >= Deal.amount, ~paper)
    return _rows(query.order_by(Deal.id.desc()), reader)
