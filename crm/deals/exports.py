"""Deals as a table to take away: what the reader's list shows, in its order."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import hiding, names
from crm.clients.models import Company, Contact
from crm.core import money
from crm.core.db import db
from crm.core.listing import Wish
from crm.core.sheets import Column
from crm.deals.models import LOST, OPEN, WON, Deal, LossReason, Pipeline, Stage
from crm.deals.queries.deals import Filter, ordered_deals
from crm.firms import queries as firms
from crm.firms.models import FIRST
from crm.guard.exports import Table

BATCH = 1000


def deals(asked: Wish, chosen: Filter, reader: User) -> Table:
    """The deals of the filtered list. Sums in major units, each with its currency."""
    query = ordered_deals(reader, asked, chosen)
    columns = [Column(_("Deal"), width=32), Column(_("Company"), width=32), Column(_("Person"), width=28), Column(_("Pipeline")),
               Column(_("Stage")), Column(_("Status"), width=12), Column(_("Manager")), Column(_("Amount"), "number", 15),
               Column(_("Currency"), width=8), Column(_("Source")), Column(_("First contact"), "day", 12),
               Column(_("Decision expected"), "day", 12), Column(_("Closed"), "day", 12), Column(_("Next step"), width=30),
               Column(_("Day of the next step"), "day", 12), Column(_("Reason of refusal")), Column(_("Comment"), width=40),
               Column(_("Created"), "moment", 17)]
    ours = dict(firms.choices(archived=True))  # empty for who has one company
    if ours:
        columns.append(Column(_("Our company")))
    wanted = query.join(Pipeline, Pipeline.id == Deal.pipeline_id).outerjoin(
        LossReason, LossReason.id == Deal.loss_reason_id).with_only_columns(
        Deal.title, Company.name, Contact.surname, Contact.given_name, Contact.patronymic, Pipeline.name, Stage.name, Deal.status,
        User.name, Deal.amount, Deal.currency, Deal.source, Deal.engaged_on, Deal.expected_on, Deal.closed_on, Deal.next_step,
        Deal.next_step_on, LossReason.name, Deal.comment, Deal.created_at, Deal.firm_id)
    words, statuses = hiding.masking(reader), {OPEN: _("Open"), WON: _("Won"), LOST: _("Lost")}

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for batch in db.session.execute(wanted.limit(most).execution_options(yield_per=BATCH)).partitions():
            for row in batch:
                yield (words(row[0]), row[1] or "", names.in_order(row[2] or "", row[3] or "", row[4] or ""), row[5], row[6],
                       statuses[row[7]], row[8], money.to_major(row[9], row[10]), row[10], words(row.source), *row[12:15],
                       words(row.next_step), *row[16:18], words(row.comment), row.created_at,
                       *([ours[str(row.firm_id or FIRST)]] if ours else ()))

    return Table("deals", _("Deals"), columns, lambda: _count(query), rows)


def _count(query: sa.Select[Any]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(
        query.with_only_columns(Deal.id).order_by(None).subquery())) or 0
