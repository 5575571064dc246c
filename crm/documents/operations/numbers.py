"""The numbers of documents: given one after the other, written by the owner's patterns."""

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db, upsert
from crm.core.events import record
from crm.documents import events, kinds, numbering, queries
from crm.documents.models import Document, NumberRule, NumberSeries
from crm.documents.operations.errors import DocumentError
from crm.firms import queries as firms

MOST_NUMBER = 99_999_999


def take_number(kind: str, series: int) -> int:
    """The next number of a kind and series (of `numbering.series`): no gaps, no twins.

    The row is locked until the transaction ends, so the next taker waits; a roll-back gives the number back.
    """
    insert = upsert(db.engine, NumberSeries).values(kind=kind, series=series, last=1)
    take = insert.on_conflict_do_update(
        index_elements=["kind", "series"], set_={"last": NumberSeries.last + 1}).returning(NumberSeries.last)
    return int(db.session.execute(take.execution_options(synchronize_session=False)).scalar_one())


def set_number_rule(kind: str, *, pattern: str, yearly: bool, following: int | None, year: int, actor: User,
                    firm_id: int | None = None) -> None:
    """How numbers of a kind are written by one company of ours from now on; `following` is the next one of `year`, if it is to change.

    DocumentError for a pattern that would repeat numbers, and for a next number that was given already.
    """
    if trouble := numbering.problem(pattern, yearly=yearly):
        raise DocumentError(trouble, field="pattern")
    before = queries.number_rule(kind, firm_id)
    db.session.execute(upsert(db.engine, NumberRule).values(
        firm=firm_id or 0, kind=kind, pattern=pattern, yearly=yearly).on_conflict_do_update(
        index_elements=["firm", "kind"], set_={"pattern": pattern, "yearly": yearly}))
    if before.yearly != yearly:
        _catch_up(kind, firm_id, yearly=yearly)
    moved = _go_on_from(kind, numbering.series(firm_id, year if yearly else 0), following)
    if moved or (before.pattern, before.yearly) != (pattern, yearly):
        record(events.NUMBERS_CHANGED, actor_id=actor.id, title=str(kinds.LABELS[kind]), firm=firms.label(firm_id),
               pattern=pattern, yearly=yearly, following=following)


def _catch_up(kind: str, firm_id: int | None, *, yearly: bool) -> None:
    """Series that are taken up again, or begin in the middle, go on from all numbers that were given beside them."""
    given = dict(db.session.execute(sa.select(Document.series, sa.func.max(Document.number)).where(
        Document.kind == kind, Document.series.between(*numbering.all_series(firm_id))).group_by(Document.series)).all())
    if not yearly:
        given = {numbering.series(firm_id, 0): max(given.values(), default=0)}
    for series, last in given.items():
        db.session.execute(upsert(db.engine, NumberSeries).values(kind=kind, series=series, last=last).on_conflict_do_update(
            index_elements=["kind", "series"], set_={"last": sa.case((NumberSeries.last < last, last), else_=NumberSeries.last)}))


def _go_on_from(kind: str, series: int, following: int | None) -> bool:
    """The series goes on from `following`, later than all that were given; whether that changes anything."""
    if following is None:
        return False
    given = take_number(kind, series) - 1  # the series is locked, and there
    if following <= given or following > MOST_NUMBER:
        raise DocumentError(_("The number %(given)s has been given already. The next one is %(least)s or more.", given=given,
                              least=given + 1), field="following")
    db.session.execute(sa.update(NumberSeries).where(NumberSeries.kind == kind, NumberSeries.series == series).values(last=following - 1))
    return following != given + 1
