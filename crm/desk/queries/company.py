"""The company's figures of this month, and the funnel of its main pipeline."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from crm.accounts import scope
from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import dates, modules
from crm.core.db import db
from crm.deals.models import LOST, OPEN, WON, Deal, Pipeline, Stage, StageVisit
from crm.deals.queries.deals import default_pipeline
from crm.deals.queries.forgotten import count_forgotten
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
    now, before = _closed(user, month.start, today), _closed(user, *same_days_before(today))
    count, total, weighted, overdue = _open(user, today)
    plans = sum(plan_sums(month).values()) if modules.on("plans") else 0
    return Company(month, now, before, plans or None, *_begun(user, month.start, today), count, total, weighted,
                   overdue, count_forgotten(user))


def same_days_before(today: dt.date) -> tuple[dt.date, dt.date]:
    """From the first of the month before to the day of the same number, or its last day."""
    before = dates.period("month", today).previous()
    return before.start, min(before.start + dt.timedelta(days=today.day - 1), before.end)


def _mine(query: Any, user: User) -> Any:
    return scope.narrow(query.where(Deal.deleted_at.is_(None)), Deal.manager_id, user)


def _closed(user: User, first: dt.date, last: dt.date) -> Closed:
    currency = the_organization().currency
    rows = db.session.execute(_mine(
        sa.select(Deal.status, sa.case((Deal.currency == currency, 1), else_=0).label("is_priced"),
                  sa.func.count(), sa.func.sum(Deal.amount))
        .where(Deal.status.in_((WON, LOST)), Deal.closed_on.between(first, last))
        .group_by(Deal.status, "is_priced"), user)).all()
    won = [(count, int(amount), priced) for status, priced, count, amount in rows if status == WON]
    return Closed(sum(count for count, _amount, _priced in won),
                  sum(count for status, _priced, count, _amount in rows if status == LOST),
                  sum(amount for _count, amount, priced in won if priced),
                  sum(count for count, _amount, priced in won if not priced))


def _begun(user: User, first: dt.date, last: dt.date) -> tuple[int, int]:
    """How many deals were begun in these days of the month, and in the same days of the month before."""
    start, end = same_days_before(last)
    row = db.session.execute(_mine(
        sa.select(sa.func.sum(sa.case((Deal.engaged_on >= first, 1), else_=0)),
                  sa.func.sum(sa.case((Deal.engaged_on <= end, 1), else_=0)))
        .where(Deal.engaged_on.between(start, last)), user)).one()
    return int(row[0] or 0), int(row[1] or 0)


def _open(user: User, today: dt.date) -> tuple[int, int, int, int]:
    """Open deals: how many, their sum, the sum weighted by probability, and how many have an overdue step."""
    priced = sa.case((Deal.currency == the_organization().currency, Deal.amount), else_=0)
    row = db.session.execute(_mine(
        sa.select(sa.func.count(), sa.func.sum(priced), sa.func.sum(priced * Stage.probability),
                  sa.func.sum(sa.case((Deal.next_step_on < today, 1), else_=0)))
        .select_from(Deal).join(Deal.stage).where(Deal.status == OPEN), user)).one()
    count, total, weighted, overdue = (int(value or 0) for value in row)
    return count, total, weighted // 100, overdue


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
    pipeline = default_pipeline()
    if pipeline is None:
        return None
    since = dates.today() - dt.timedelta(days=FUNNEL_DAYS - 1)
    furthest = _furthest(user, pipeline, since)
    stages = [stage for stage in pipeline.stages if stage.kind == OPEN]
    ends = [stage for stage in pipeline.stages if stage.kind == WON][:1]
    counts = [sum(many for (status, position), many in furthest.items()
                  if status == WON or position >= stage.position) for stage in stages]
    counts += [sum(many for (status, _position), many in furthest.items() if status == WON)] if ends else []
    steps = _steps([*stages, *ends], counts)
    return Funnel(pipeline, steps, since) if steps and steps[0].count else None


def _furthest(user: User, pipeline: Pipeline, since: dt.date) -> dict[tuple[str, int], int]:
    """How many deals by (status, position of the furthest open stage they were in)."""
    visited, present = sa.orm.aliased(Stage), sa.orm.aliased(Stage)
    here = sa.case((present.kind == OPEN, present.position), else_=-1)
    furthest = sa.func.max(sa.case((visited.kind == OPEN, visited.position), else_=-1))
    each = _mine(
        sa.select(Deal.id, Deal.status.label("status"), here.label("here"), furthest.label("furthest"))
        .join(present, present.id == Deal.stage_id)
        .outerjoin(StageVisit, StageVisit.deal_id == Deal.id)
        .outerjoin(visited, visited.id == StageVisit.stage_id)
        .where(Deal.pipeline_id == pipeline.id, Deal.engaged_on >= since)
        .group_by(Deal.id, Deal.status, present.kind, present.position), user).subquery()
    rows = db.session.execute(sa.select(each.c.status, each.c.here, each.c.furthest, sa.func.count())
                              .group_by(each.c.status, each.c.here, each.c.furthest))
    found: dict[tuple[str, int], int] = {}
    for status, position, reached, count in rows:
        key = (status, max(position, reached if reached is not None else -1))
        found[key] = found.get(key, 0) + count
    return found


def _steps(stages: Sequence[Stage], counts: Sequence[int]) -> list[Step]:
    """Steps with shares; the weakest passage is the lowest share among those with enough deals before it."""
    shares = [None, *(after / before if before else None for before, after in pairwise(counts))]
    weighed = [(share, place) for place, share in enumerate(shares)
               if share is not None and share < 1 and counts[place - 1] >= FEW]
    weakest = min(weighed)[1] if weighed else None
    return [Step(stage, counts[place], shares[place], place == weakest) for place, stage in enumerate(stages)]
