"""The company's figures of this month, and the funnel of its main pipeline."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from crm.accounts import scope
from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import dates, modules
from crm.core.db import db
from crm.deals.models import LOST, OPEN, WON, Deal, Pipeline, Stage
from crm.deals.queries.forgotten import FORGOTTEN, asked
from crm.plans.queries import plan_sums

FUNNEL_DAYS = 90
FEW = 5  # a passage with fewer deals before it is not called weak


@dataclass(frozen=True)
class Closed:
    """What was closed in some days; `revenue` in minor units of the company's currency."""

    won: int = 0
    lost: int = 0
    revenue: int = 0
    foreign: int = 0  # won in other currencies, left out of the sum

    @property
    def win_rate(self) -> float | None:
        """Won of all closed, 0 to 1."""
        return self.won / (self.won + self.lost) if self.won + self.lost else None


@dataclass(frozen=True)
class Company:
    """The figures of the owner's first page; `before` counts the same days of the month before."""

    month: dates.Period
    now: Closed
    before: Closed
    plan: int | None
    begun: int
    begun_before: int
    open_count: int
    open_sum: int
    weighted: int
    overdue: int
    forgotten: int


def company(user: User) -> Company:
    """This month until today against the same days of the month before, and what is open now."""
    today = dates.today()
    month = dates.period("month", today)
    now, before = _closed(user, month.start, today)
    count, total, weighted, overdue, forgotten = _open(user, today)
    plans = sum(plan_sums(month)[0].values()) if modules.on("plans") else 0
    return Company(month, now, before, plans or None, *_begun(user, month.start, today), count, total, weighted, overdue, forgotten)


def same_days_before(today: dt.date) -> tuple[dt.date, dt.date]:
    """From the first of the month before to the day of the same number, or its last day."""
    before = dates.period("month", today).previous()
    return before.start, min(before.start + dt.timedelta(days=today.day - 1), before.end)


def _mine(query: Any, user: User) -> Any:
    return scope.narrow(query.where(Deal.deleted_at.is_(None)), Deal.manager_id, user, "deals.see")


def _many(condition: Any) -> Any:
    return sa.func.sum(sa.case((condition, 1), else_=0))


# made once: making a statement costs more than running it
_first, _start, _end, _last = (sa.bindparam(name, type_=sa.Date()) for name in ("first", "start", "end", "last"))
_priced = sa.case((Deal.currency == sa.bindparam("currency"), 1), else_=0)
_amount = _priced * Deal.amount
CLOSED = sa.select(
    sa.case((Deal.closed_on >= _first, 1), else_=0).label("is_now"), Deal.status, _priced.label("is_priced"), sa.func.count(),
    sa.func.sum(Deal.amount)).where(
    Deal.status.in_((WON, LOST)), sa.or_(Deal.closed_on.between(_first, _last), Deal.closed_on.between(_start, _end)),
    Deal.closed_on.between(_start, _last)).group_by("is_now", Deal.status, "is_priced")
BEGUN = sa.select(_many(Deal.engaged_on >= _first), _many(Deal.engaged_on <= _end)).where(Deal.engaged_on.between(_start, _last))
STANDING = sa.select(
    sa.func.count(), sa.func.sum(_amount), sa.func.sum(_amount * Stage.probability),
    _many(Deal.next_step_on < sa.bindparam("today", type_=sa.Date())), _many(FORGOTTEN)).select_from(Deal).join(Deal.stage).where(
    Deal.status == OPEN)


def _closed(user: User, first: dt.date, last: dt.date) -> tuple[Closed, Closed]:
    """What was closed in these days of the month, and in the same days of the month before."""
    start, end = same_days_before(last)
    rows = db.session.execute(_mine(CLOSED, user), {
        "first": first, "start": start, "end": end, "last": last, "currency": the_organization().currency}).all()
    return _added([row for row in rows if row[0]]), _added([row for row in rows if not row[0]])


def _added(rows: Sequence[Any]) -> Closed:
    won = [(count, int(amount), priced) for _now, status, priced, count, amount in rows if status == WON]
    return Closed(sum(count for count, _amount, _priced in won),
                  sum(count for _now, status, _priced, count, _amount in rows if status == LOST),
                  sum(amount for _count, amount, priced in won if priced),
                  sum(count for count, _amount, priced in won if not priced))


def _begun(user: User, first: dt.date, last: dt.date) -> tuple[int, int]:
    """How many deals were begun in these days of the month, and in the same days of the month before."""
    start, end = same_days_before(last)
    row = db.session.execute(_mine(BEGUN, user), {"first": first, "start": start, "end": end, "last": last}).one()
    return int(row[0] or 0), int(row[1] or 0)


def _open(user: User, today: dt.date) -> tuple[int, ...]:
    """Open deals: how many, their sum, the sum weighted by probability, how many have an overdue step, how many are forgotten."""
    row = db.session.execute(_mine(STANDING, user), {"currency": the_organization().currency, **asked(today)}).one()
    count, total, weighted, overdue, forgotten = (int(value or 0) for value in row)
    return count, total, weighted // 100, overdue, forgotten


@dataclass(frozen=True)
class Step:
    """A step of the funnel: how many deals came so far, and the share of those of the step before."""

    stage: Stage
    count: int
    share: float | None = None
    weak: bool = False


@dataclass(frozen=True)
class Funnel:
    """Deals begun in the last 90 days, by the furthest stage that they reached."""

    pipeline: Pipeline
    steps: Sequence[Step]
    since: dt.date


def funnel(user: User) -> Funnel | None:
    """How far deals come in the main pipeline; None without a pipeline or without deals."""
    known = _main_stages()
    if not known:
        return None
    pipeline = known[0].pipeline
    since = dates.today() - dt.timedelta(days=FUNNEL_DAYS - 1)
    furthest = _furthest(user, known, since)
    stages = [stage for stage in known if stage.kind == OPEN]
    ends = [stage for stage in known if stage.kind == WON][:1]
    counts = [sum(many for (status, position), many in furthest.items()
                  if status == WON or position >= stage.position) for stage in stages]
    counts += [sum(many for (status, _position), many in furthest.items() if status == WON)] if ends else []
    steps = _steps([*stages, *ends], counts)
    return Funnel(pipeline, steps, since) if steps and steps[0].count else None


def _main_stages() -> Sequence[Stage]:
    """The stages of the first pipeline in use, in order, each with the pipeline."""
    main = sa.select(Pipeline.id).where(Pipeline.archived.is_(False)).order_by(Pipeline.position, Pipeline.id).limit(1)
    return db.session.scalars(sa.select(Stage).join(Stage.pipeline).options(contains_eager(Stage.pipeline)).where(
        Stage.pipeline_id == main.scalar_subquery()).order_by(Stage.position)).all()


_status = Deal.status.concat("")  # no index begins with this, so the one of begun deals is read and not all deals in another's order
REACHED = sa.select(_status, Deal.stage_id, Deal.reached_id, sa.func.count()).where(
    Deal.pipeline_id == sa.bindparam("pipeline_id"), Deal.engaged_on >= sa.bindparam("since", type_=sa.Date())).group_by(
    _status, Deal.stage_id, Deal.reached_id)


def _furthest(user: User, stages: Sequence[Stage], since: dt.date) -> dict[tuple[str, int], int]:
    """How many deals by (status, position of the furthest open stage they were in)."""
    places = {stage.id: stage.position for stage in stages if stage.kind == OPEN}
    rows = db.session.execute(_mine(REACHED, user), {"pipeline_id": stages[0].pipeline_id, "since": since})
    found: Counter[tuple[str, int]] = Counter()
    for status, stage_id, reached_id, count in rows:
        found[status, max(places.get(stage_id, -1), places.get(reached_id, -1))] += count
    return found


def _steps(stages: Sequence[Stage], counts: Sequence[int]) -> list[Step]:
    """Steps with shares; the weakest passage is the lowest share among those with enough deals before it."""
    shares = [None, *(after / before if before else None for before, after in pairwise(counts))]
    weighed = [(share, place) for place, share in enumerate(shares)
               if share is not None and share < 1 and counts[place - 1] >= FEW]
    weakest = min(weighed)[1] if weighed else None
    return [Step(stage, counts[place], shares[place], place == weakest) for place, stage in enumerate(stages)]
