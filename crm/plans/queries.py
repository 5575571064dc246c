"""Reads of sales plans: the plan of any period, and the grid of a year."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.plans.models import Plan

PLANS = sa.select(Plan.user_id, Plan.month, Plan.amount).where(
    Plan.month >= sa.bindparam("first", type_=sa.Date()), Plan.month <= sa.bindparam("last", type_=sa.Date()), Plan.amount > 0)


def plan_sums(*periods: dates.Period) -> list[dict[int, int]]:
    """Plan of each manager for the days of each of the periods, in minor units of the company's currency.

    A month that lies in the period only in part counts by its days: 10 of 30 days are a third of the month's
    plan. Managers without a plan are left out.
    """
    rows = db.session.execute(PLANS, {"first": min(period.start for period in periods).replace(day=1),
                                      "last": max(period.end for period in periods)}).all()
    return [_sums(rows, period) for period in periods]


def _sums(rows: Iterable[Any], period: dates.Period) -> dict[int, int]:
    shares: defaultdict[int, Fraction] = defaultdict(Fraction)
    parts: dict[dt.date, Fraction] = {}
    for user_id, month, amount in rows:
        if month not in parts:
            parts[month] = share_of_month(month, period)
        if parts[month]:
            shares[user_id] += amount * parts[month]
    return {user_id: round(share) for user_id, share in shares.items()}


def share_of_month(month: dt.date, period: dates.Period) -> Fraction:
    """Which part of the days of the month (named by its first day) lies in the period."""
    whole = dates.period("month", month)
    days = (min(whole.end, period.end) - max(whole.start, period.start)).days + 1
    return Fraction(max(days, 0), whole.days)


@dataclass(frozen=True)
class Grid:
    """Plans of one year: who, and the amount of each month by (person, month)."""

    year: int
    people: Sequence[User]
    amounts: Mapping[tuple[int, dt.date], int]

    @property
    def months(self) -> list[dt.date]:
        """The first days of the twelve months."""
        return [dt.date(self.year, number, 1) for number in range(1, 13)]

    @property
    def mark(self) -> str:
        """Changes when any amount does; a form that carries an old mark was made stale by somebody else."""
        cells = sorted(self.amounts.items())
        text = ";".join(f"{user_id}:{month}:{amount}" for (user_id, month), amount in cells)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def of(self, user: User) -> int:
        """The whole year of one person."""
        return sum(self.amounts.get((user.id, month), 0) for month in self.months)

    def in_month(self, month: dt.date) -> int:
        """Everybody's plan of one month."""
        return sum(amount for (_user, when), amount in self.amounts.items() if when == month)

    @property
    def total(self) -> int:
        """Everybody's plan of the year."""
        return sum(self.amounts.values())


def grid(year: int) -> Grid:
    """Plans of a year for everybody who sells or has a plan in it."""
    found = db.session.execute(
        sa.select(Plan.user_id, Plan.month, Plan.amount)
        .where(Plan.month.between(dt.date(year, 1, 1), dt.date(year, 12, 1)), Plan.amount > 0)).all()
    amounts = {(user_id, month): amount for user_id, month, amount in found}
    planned = {user_id for user_id, _month in amounts}
    people = db.session.scalars(
        sa.select(User).where(sa.or_(sa.and_(User.active, accounts.sells()), User.id.in_(planned)))
        .order_by(sa.case((accounts.like("manager"), 0), else_=1), User.name, User.id)).all()
    return Grid(year, people, amounts)
