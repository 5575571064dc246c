"""The numbers of documents: given one after the other, written by the owner's patterns."""

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db, upsert
from crm.core.events import record
from crm.documents import events, kinds, numbering, queries
from crm.documents.models import Document, NumberRule, NumberSeries
from crm.documents.operations.errors import DocumentError

MOST_NUMBER = 99_999_999


def take_number(kind: str, year: int) -> int:
    """The next number of a kind and year (0: of all years): no gaps, no twins.

    The row is locked until the transaction ends, so the next taker waits; a roll-back gives the number back.
    """
    insert = upsert(db.engine, NumberSeries).values(kind=kind, year=year, last=1)
    take = insert.on_conflict_do_update(
        index_elements=["kind", "year"], set_={"last": NumberSeries.last + 1}).returning(NumberSeries.last)
    return int(db.session.execute(take.execution_options(synchronize_session=False)).scalar_one())


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
