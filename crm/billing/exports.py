"""Payments, debts and unpaid invoices as tables to take away: what the reader's list shows, in its order."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.billing.queries import debts, received
from crm.clients import hiding
from crm.core import money
from crm.core.db import db
from crm.core.listing import Wish
from crm.core.sheets import Column
from crm.documents.ways import WAYS
from crm.guard.exports import Table

BATCH = 1000


def _table(name: str, title: str, columns: Sequence[Column], query: sa.Select[*tuple[Any, ...]],
           told: Callable[[Any], Sequence[Any]]) -> Table:
    def rows(most: int) -> Iterator[Sequence[Any]]:
        for batch in db.session.execute(query.limit(most).execution_options(yield_per=BATCH)).partitions():
            yield from (told(row) for row in batch)

    return Table(name, title, columns, lambda: db.session.scalar(
        sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0, rows)


def payments(asked: Wish, reader: User) -> Table:
    """The payments of the filtered list. Sums in major units, each with its currency."""
    columns = [Column(_("Day of payment"), "day", 12), Column(_("Client"), width=32), Column(_("Deal"), width=32),
               Column(_("Amount"), "number", 15), Column(_("Not for an invoice"), "number", 15), Column(_("Currency"), width=8),
               Column(_("How it was paid")), Column(_("Number")), Column(_("Note"), width=30)]
    words = hiding.masking(reader)

    def told(row: Any) -> Sequence[Any]:
        line = received.line(row)
        return (line.paid_on, line.client, words(line.deal), money.to_major(line.amount, line.currency),
                money.to_major(line.rest, line.currency), line.currency, str(WAYS.get(line.way, line.way)), line.number, words(line.note))

    return _table("payments", _("Payments"), columns, received.query(asked, reader), told)


def by_client(reader: User) -> Table:
    """Debts by client and age."""
    columns = [Column(_("Client"), width=40), Column(_("Currency"), width=8), Column(_("In all"), "number", 15),
               *(Column(str(label), "number", 15) for label in debts.LABELS.values())]

    def told(row: Any) -> Sequence[Any]:
        one = debts.debt(row)
        return (one.name, one.currency, *(money.to_major(minor, one.currency) for minor in (one.total, *one.ages.values())))

    return _table("debts", _("Debts"), columns, debts.by_client(reader), told)


def owed(asked: Wish, reader: User) -> Table:
    """The unpaid invoices beneath a figure."""
    columns = [Column(_("Invoice")), Column(_("Date"), "day", 12), Column(_("Pay by"), "day", 12), Column(_("Client"), width=32),
               Column(_("Deal"), width=32), Column(_("Manager")), Column(_("Amount"), "number", 15), Column(_("Left to pay"), "number", 15),
               Column(_("Currency"), width=8), Column(_("Days past due"), "whole", 10)]
    words = hiding.masking(reader)

    def told(row: Any) -> Sequence[Any]:
        one = debts.invoice(row)
        return (one.numbered, one.dated, one.due, one.client, words(one.deal), one.manager, money.to_major(one.amount, one.currency),
                money.to_major(one.left, one.currency), one.currency, max(one.days, 0))

    return _table("invoices", _("Unpaid invoices"), columns, debts.owed_query(asked, reader), told)
