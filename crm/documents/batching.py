"""Reads of documents made for many deals at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import defer, joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import doubles
from crm.documents.models import Document, DocumentBatch

SHOWN = 100  # deals and documents of a batch that are named


@dataclass(frozen=True)
class BatchPage:
    """How far a batch is. `skipped` names deals that got no document, with the reason; `gappy` documents in which fields are empty,
    with how many; `with_gaps` counts all of these.
    """

    batch: DocumentBatch
    made: int
    empty: int
    skipped: Sequence[tuple[Deal | None, str]]
    with_gaps: int
    gappy: Sequence[tuple[Document, int]]


def batch(batch_id: int, reader: User) -> DocumentBatch | None:
    """A batch of the reader's own."""
    found: DocumentBatch | None = db.session.scalar(sa.select(DocumentBatch).where(
        DocumentBatch.id == batch_id, DocumentBatch.created_by_id == reader.id))
    return found


def batch_page(found: DocumentBatch, reader: User) -> BatchPage:
    """The batch as its page shows it."""
    made = db.session.scalar(sa.select(sa.func.count(Document.id)).where(Document.batch_id == found.id)) or 0
    told = found.skipped[:SHOWN]
    deals = {deal.id: deal for deal in _deals([deal_id for deal_id, _why in told], reader)}
    return BatchPage(found, made, len(found.skipped), [(deals.get(deal_id), why) for deal_id, why in told],
                     len(found.gaps), _gappy(found, reader))


def _deals(ids: Collection[int], reader: User) -> Sequence[Deal]:
    query = scope.narrow(sa.select(Deal).where(Deal.id.in_(ids)), Deal.manager_id, reader, "deals.see").order_by(Deal.id)
    return db.session.scalars(query.options(joinedload(Deal.company), joinedload(Deal.contact))).all()


def _gappy(found: DocumentBatch, reader: User) -> Sequence[tuple[Document, int]]:
    gaps = dict(found.gaps[:SHOWN])
    query = sa.select(Document).join(Document.deal).where(Document.id.in_(gaps)).options(
        defer(Document.context), joinedload(Document.deal).joinedload(Deal.company), joinedload(Document.deal).joinedload(Deal.contact))
    query = scope.narrow(query, Deal.manager_id, reader, "documents.see").order_by(Document.id)
    return [(row, gaps[row.id]) for row in db.session.scalars(query)]


@dataclass(frozen=True)
class Doubles:
    """Deals of a list that have a document of the kind in force: how many, and the first of them with its number and day."""

    count: int
    named: Sequence[tuple[Deal, str, Any]]


def doubles_of(deal_ids: Sequence[int], kind: str, reader: User) -> Doubles:
    """Those among these deals, for the page that asks what to make."""
    found = doubles.numbered(deal_ids, kind)
    return Doubles(len(found), [(deal, *found[deal.id]) for deal in _deals(list(found)[:SHOWN], reader)])


def papers_of(found: DocumentBatch, reader: User) -> Sequence[Any]:
    """(file name, digest of Word, digest of PDF) of the documents of a batch that the reader may still see."""
    query = sa.select(Document.file_name, Document.digest, Document.pdf_digest).join(Document.deal).where(Document.batch_id == found.id)
    return db.session.execute(scope.narrow(query, Deal.manager_id, reader, "documents.see").order_by(Document.id)).all()
