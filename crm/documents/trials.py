"""Deals to try a template on: the freshest, or those that hold the words somebody types."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.queries.wording import worded

SHOWN = 10


def deals_to_try(q: str, reader: User) -> Sequence[Deal]:
    """Deals whose documents this person sees, the freshest first; all words stand in the deal or in its client."""
    query = scope.narrow(sa.select(Deal).where(Deal.deleted_at.is_(None)), Deal.manager_id, reader, "documents.see")
    query = query.outerjoin(Deal.company).outerjoin(Deal.contact).options(contains_eager(Deal.company), contains_eager(Deal.contact))
    return db.session.scalars(query.where(*worded(q, reader)).order_by(Deal.id.desc()).limit(SHOWN)).all()
