"""Papers that deals have already: one more is seldom meant."""

import datetime as dt
from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import defer

from crm.core.db import db
from crm.deals.models import Deal
from crm.documents.models import Document

ONCE = ("contract", "act", "transfer")  # kinds of which a deal usually has one; of an invoice the wizard tells what is left


def standing(deal: Deal, kind: str, without: int = 0) -> Document | None:
    """The newest paper in force of a kind that a deal has once, whichever company of ours it is of. The one with the id `without`
    is to be corrected and does not count.
    """
    if kind not in ONCE:
        return None
    query = sa.select(Document).options(defer(Document.context)).where(
        Document.deal_id == deal.id, Document.kind == kind, Document.cancelled_at.is_(None), Document.id != without)
    return db.session.scalar(query.order_by(Document.id.desc()).limit(1))


def numbered(deal_ids: Collection[int], kind: str) -> dict[int, tuple[str, dt.date]]:
    """Which of these deals have a document of the kind in force: the number and the day of the newest."""
    query = sa.select(Document.deal_id, Document.numbered, Document.dated).where(
        Document.deal_id.in_(deal_ids), Document.kind == kind, Document.cancelled_at.is_(None)).order_by(Document.id)
    return {deal_id: (number, day) for deal_id, number, day in db.session.execute(query)}
