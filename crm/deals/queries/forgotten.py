"""Forgotten deals: open ones that nobody moves. The conditions are plain SQL, for the board and the desk."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased, joinedload

from crm.accounts import scope
from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import dates
from crm.core.db import Moment, db
from crm.deals.models import OPEN, Deal, Stage

REASONS = {
    "overdue": _l("the next step is overdue"),
    "no_step": _l("no next step"),
    "stuck": _l("too long at this stage"),
    "silent": _l("no activity for a long time"),
}


class DaysBetween(sa.sql.functions.FunctionElement[float]):
    """Days, with their fraction, from the second moment to the first, alike on both databases."""

    name = "days_between"
    type = sa.Float()
    inherit_cache = True


@compiles(DaysBetween, "sqlite")
def _sqlite(element: DaysBetween, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(julianday({later}) - julianday({earlier}))"


@compiles(DaysBetween, "postgresql")
def _postgresql(element: DaysBetween, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(one, **kwargs) for one in element.clauses)
    return f"(extract(epoch from ({later} - {earlier})) / 86400)"


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day in the company's zone."""
    return dt.datetime.combine(day, dt.time(), dates.zone())


def forgotten_conditions(today: dt.date, *, silent_days: int | None = None,
                         deal: Any = Deal) -> dict[str, sa.ColumnElement[bool]]:
    """One condition on Deal (or an alias of it) for each code of REASONS; they hold for open deals only, see `is_forgotten`.

    `today` is the company's day; `silent_days` the company's patience (its setting when None). Days are whole
    calendar days in the company's zone: with a norm of 3 a deal of Monday is late on Friday.
    """
    patience = the_organization().forgotten_days if silent_days is None else silent_days
    midnight = start_of(today)
    return _conditions(deal, today, sa.literal(midnight, Moment()), sa.literal(midnight - dt.timedelta(days=patience), Moment()))


def _conditions(deal: Any, today: Any, midnight: Any, quiet_since: Any) -> dict[str, sa.ColumnElement[bool]]:
    stage = aliased(Stage)
    norm = sa.select(stage.norm_days).where(stage.id == deal.stage_id).scalar_subquery()
    return {
        "overdue": deal.next_step_on < today,
        "no_step": deal.next_step_on.is_(None),
        "stuck": DaysBetween(midnight, deal.stage_since) > norm,
        "silent": deal.touched_at < quiet_since,
    }


# for statements that are made once and asked by everybody: their values are given by `asked`
_STANDING = _conditions(Deal, sa.bindparam("today", type_=sa.Date()), sa.bindparam("midnight", type_=Moment()),
                        sa.bindparam("quiet_since", type_=Moment()))
FORGOTTEN = sa.and_(Deal.status == OPEN, Deal.deleted_at.is_(None), sa.or_(
    *(_STANDING[code] for code in ("overdue", "no_step", "silent", "stuck"))))  # the dear one last: often it need not be asked
REASON = sa.case(*((condition, code) for code, condition in _STANDING.items()), else_=None)


def asked(today: dt.date) -> dict[str, Any]:
    """The values that FORGOTTEN and REASON want on the company's day."""
    midnight = start_of(today)
    return {"today": today, "midnight": midnight, "quiet_since": midnight - dt.timedelta(days=the_organization().forgotten_days)}


def is_forgotten(today: dt.date, *, silent_days: int | None = None, deal: Any = Deal) -> sa.ColumnElement[bool]:
    """Whether a deal is forgotten: open, not in the bin, and one of the conditions holds."""
    conditions = forgotten_conditions(today, silent_days=silent_days, deal=deal)
    return sa.and_(deal.status == OPEN, deal.deleted_at.is_(None), sa.or_(*conditions.values()))


def reason_of(today: dt.date, *, silent_days: int | None = None) -> sa.ColumnElement[str | None]:
    """The first code of REASONS that holds for a deal; NULL when it is not forgotten."""
    conditions = forgotten_conditions(today, silent_days=silent_days)
    return sa.case(*((condition, code) for code, condition in conditions.items()), else_=None)


def forgotten_deals(user: User, *, limit: int = 20,
                    manager_id: int | None = None) -> Sequence[tuple[Deal, str]]:
    """Forgotten deals that the person may see, dearest first, each with the code of its reason.

    `manager_id` keeps the deals of one manager, as on their own desk.
    """
    today = dates.today()
    query = (sa.select(Deal, reason_of(today)).where(is_forgotten(today))
             .options(joinedload(Deal.stage), joinedload(Deal.company), joinedload(Deal.contact),
                      joinedload(Deal.manager))
             .order_by(Deal.amount.desc(), Deal.id).limit(limit))
    if manager_id is not None:
        query = query.where(Deal.manager_id == manager_id)
    rows = db.session.execute(scope.narrow(query, Deal.manager_id, user, "deals.see")).all()
    return [(row[0], row[1] or "") for row in rows]


def count_forgotten(user: User, *, manager_id: int | None = None) -> int:
    """How many forgotten deals the person may see."""
    query = sa.select(sa.func.count()).select_from(Deal).where(is_forgotten(dates.today()))
    if manager_id is not None:
        query = query.where(Deal.manager_id == manager_id)
    return db.session.scalar(scope.narrow(query, Deal.manager_id, user, "deals.see")) or 0
