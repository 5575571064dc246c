"""What clients of the demo have paid and when the others should: payments of invoices, payment terms, acts of what is paid."""

import datetime as dt
import random
from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from crm.accounts.models import User
from crm.billing import operations as billing
from crm.billing import terms
from crm.core import dates
from crm.core.db import db
from crm.deals.models import OPEN, WON, Deal
from crm.demo.operations.clock import Clock
from crm.demo.operations.diary import Diary
from crm.demo.operations.firm import Firm
from crm.documents import operations as documents
from crm.documents.models import Document, Template

PLANNED = (("half", 4), ("instalments", 20), ("deferral", 0), ("half", -3), ("credit", 0), ("own", -8))  # kind, first day from today
WAYS = ("transfer", "transfer", "transfer", "qr", "card")
PAID, IN_PART = 0.5, 0.2  # of open deals' invoices
ACTS = 0.6  # of won deals that are paid


def pay(templates: Mapping[str, Template], ours: Firm, clock: Clock, dice: random.Random, diary: Diary) -> None:
    """Payments in the order of their days, each as the accountant recorded it."""
    books = next((person for person in ours.people if person.role == "accountant"), ours.people[0])
    invoices = db.session.scalars(sa.select(Document).where(Document.kind == "invoice").order_by(Document.dated, Document.id)).all()
    came = sorted((found for one in invoices for found in _payments(one, clock, dice)), key=lambda found: found[0])
    for number, (day, invoice, amount) in enumerate(came, 101):
        moment = clock.moments(day, 1, dice)[0]
        payment = billing.record_payment(invoice.deal, amount=amount, invoices=[invoice], paid_on=day, way=dice.choice(WAYS),
                                         number=str(number), actor=books)
        payment.created_at = moment
        diary.take(moment)
    for day, invoice in days_of_acts(invoices, clock, dice):
        _act(invoice, day, templates["act"], clock, dice, diary)
    _plan(clock, dice, diary)


def _payments(invoice: Document, clock: Clock, dice: random.Random) -> list[tuple[dt.date, Document, int]]:
    """(day, invoice, sum) of what came: a won deal is paid, of open ones some are, in part or not at all."""
    luck = 0.0 if invoice.deal.status == WON else dice.random()
    if luck > PAID + IN_PART or not invoice.amount:
        return []
    half = invoice.amount // 200 * 100
    parts = [half] if luck > PAID else [half, invoice.amount - half] if dice.random() < 0.3 else [invoice.amount]
    days, found = dice.randint(1, 5), []
    for amount in parts:
        day = clock.onward(invoice.dated + dt.timedelta(days=days))
        if amount and day <= min(clock.latest, dates.today()):
            found.append((day, invoice, amount))
        days += dice.randint(3, 12)
    return found


def days_of_acts(invoices: Sequence[Document], clock: Clock, dice: random.Random) -> list[tuple[dt.date, Document]]:
    """(day, invoice) of the acts of won deals that are paid, by their days: so their numbers follow them."""
    found = []
    for invoice in invoices:
        if invoice.deal.status == WON and invoice.paid >= invoice.amount and dice.random() < ACTS:
            day = min(clock.onward(invoice.dated + dt.timedelta(days=dice.randint(6, 20))), clock.latest)
            found.append((max(day, invoice.dated), invoice))
    return sorted(found, key=lambda one: one[0])


def _act(invoice: Document, day: dt.date, template: Template, clock: Clock, dice: random.Random, diary: Diary) -> None:
    moment = clock.moments(day, 1, dice)[0]
    act = documents.make_document(invoice.deal, template=template, actor=invoice.deal.manager, dated=day)
    act.created_at = moment
    diary.take(moment)


def _plan(clock: Clock, dice: random.Random, diary: Diary) -> None:
    """Terms of a few large open deals that nobody has invoiced yet."""
    invoiced = sa.select(Document.deal_id).where(Document.kind == "invoice")
    large: Sequence[Deal] = db.session.scalars(sa.select(Deal).where(
        Deal.status == OPEN, Deal.amount > 0, Deal.manager_id.is_not(None), Deal.id.not_in(invoiced)).order_by(
        Deal.amount.desc(), Deal.id).limit(len(PLANNED))).all()
    for deal, (kind, ahead) in zip(large, PLANNED, strict=False):
        first = clock.today + dt.timedelta(days=ahead)
        steps = [terms.Step(percent=terms.HUNDRED / 4, due_on=first), terms.Step(due_on=first + dt.timedelta(days=30))]
        if kind != "own":
            steps = terms.steps(kind, first_on=first, today=first - dt.timedelta(days=terms.FIRST_DAYS))
        manager: User | None = deal.manager
        billing.set_terms(deal, kind, steps, actor=manager)
        diary.take(clock.moments(clock.ago(dice.randint(1, 4)), 1, dice)[0])
