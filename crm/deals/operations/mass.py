"""Deals into the bin, one or many: what a second person looks at when it is many."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask_babel import ngettext

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.deals import events
from crm.deals.models import Deal
from crm.deals.operations.deals import delete_deal
from crm.guard import acts
from crm.guard.acts import Named


def _delete(deal_id: int, actor: User) -> None:
    deal = db.session.get(Deal, deal_id)
    if deal is not None and deal.deleted_at is None:
        delete_deal(deal, actor=actor)


def _named(ids: Sequence[int], reader: User) -> list[Named]:
    query = scope.narrow(sa.select(Deal.id, Deal.title).where(Deal.id.in_(ids), Deal.deleted_at.is_(None)).order_by(Deal.id),
                         Deal.manager_id, reader, "deals.see")
    return [Named("deal", deal_id, title, f"/deals/{deal_id}") for deal_id, title in db.session.execute(query)]


DELETE = acts.declare(acts.Act(
    "deals.delete", "deals.delete", "deal", (events.DEAL_DELETED,),
    lambda number: ngettext("Delete %(num)s deal", "Delete %(num)s deals", number), _delete, _named))
