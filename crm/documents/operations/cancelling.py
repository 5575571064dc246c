"""A cancelled document keeps its number for good; its links open nothing. The owner's patterns of numbers."""

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db, upsert, utcnow
from crm.core.events import Kind, record
from crm.documents import events, kinds, numbering, queries
from crm.documents.models import Document, NumberRule, NumberSeries
from crm.documents.operations.errors import DocumentError
from crm.documents.operations.making import take_number, title

MOST_NUMBER = 99_999_999


def cancel_document(document: Document, *, actor: User) -> None:
    """The document is no longer in force. What the client has accepted stays."""
    if document.accepted_at is not None:
        raise DocumentError(_("The client has accepted this quote, so it stays. Make a new one with what has changed."))
    if document.cancelled_at is None:
        document.cancelled_at = utcnow()
        _tell(events.DOCUMENT_CANCELLED, document, actor)


def revive_document(document: Document, *, actor: User) -> None:
    """In force again, with its links."""
    if document.cancelled_at is not None:
        document.cancelled_at = None
        _tell(events.DOCUMENT_REVIVED, document, actor)


def _tell(kind: Kind, document: Document, actor: User) -> None:
    deal = document.deal
    record(kind, document, deal, deal.company, deal.contact, actor_id=actor.id, title=title(document), document_id=document.id)


def set_number_rule(kind: str, *, pattern: str, yearly: bool, following: int | None, year: int, actor: User) -> None:
    """How numbers of a kind are written from now on; `following` is the next one in the series of `year`, when it is to be another.

    DocumentError for a pattern that would repeat numbers, and for a next number that was given already.
    """
    if trouble := numbering.problem(pattern, yearly=yearly):
        raise DocumentError(trouble, field="pattern")
    before = queries.number_rule(kind)
    db.session.execute(upsert(db.engine, NumberRule).values(kind=kind, pattern=pattern, yearly=yearly).on_conflict_do_update(
        index_elements=["kind"], set_={"pattern": pattern, "yearly": yearly}))
    if before.yearly != yearly:
        _catch_up(kind, yearly=yearly)
    moved = _go_on_from(kind, year if yearly else 0, following)
    if moved or (before.pattern, before.yearly) != (pattern, yearly):
        record(events.NUMBERS_CHANGED, actor_id=actor.id, title=str(kinds.LABELS[kind]), pattern=pattern, yearly=yearly,
               following=following)


def _catch_up(kind: str, *, yearly: bool) -> None:
    """Series that are taken up again, or begin in the middle, go on from all numbers that were given beside them."""
    given = dict(db.session.execute(sa.select(Document.year, sa.func.max(Document.number)).where(
        Document.kind == kind).group_by(Document.year)).all())
    if not yearly:
        given = {0: max(given.values(), default=0)}
    for year, last in given.items():
        db.session.execute(upsert(db.engine, NumberSeries).values(kind=kind, year=year, last=last).on_conflict_do_update(
            index_elements=["kind", "year"], set_={"last": sa.case((NumberSeries.last < last, last), else_=NumberSeries.last)}))


def _go_on_from(kind: str, year: int, following: int | None) -> bool:
    """The series goes on from `following`, later than all that were given; whether that changes anything."""
    if following is None:
        return False
    given = take_number(kind, year) - 1  # the series is locked, and there
    if following <= given or following > MOST_NUMBER:
        raise DocumentError(_("The number %(given)s has been given already. The next one is %(least)s or more.", given=given,
                              least=given + 1), field="following")
    db.session.execute(sa.update(NumberSeries).where(NumberSeries.kind == kind, NumberSeries.year == year).values(last=following - 1))
    return following != given + 1
