"""What the leaderboard counts, in a constant number of statements whatever the number of deals.

Won and lost deals count by the day they were closed, both ends of the period included; open deals are those
of this moment. Sums are in the company's currency; deals in others are counted, but left out of the sums.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import contains_eager
from sqlalchemy.sql.functions import FunctionElement

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import dates, modules
from crm.core.db import Moment, db
from crm.deals.models import LOST, OPEN, WON, Deal
from crm.plans.queries import plan_sums


class days_between(FunctionElement[int]):  # noqa: N801 - reads as an SQL function
    """Whole days from the second day to the first; each database has its own words for it."""

    type = sa.Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _days_sqlite(element: Any, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"CAST(julianday({later}) - julianday({earlier}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _days_postgres(element: Any, compiler: Any, **kwargs: Any) -> str:
    later, earlier = (compiler.process(clause, **kwargs) for clause in element.clauses)
    return f"({later} - {earlier})"


@dataclass
class Figures:
    """One manager in one period. `revenue` and `plan` are minor units of the company's currency."""

    user_id: int
    name: str = ""
    won: int = 0
    lost: int = 0
    open: int = 0
    revenue: int = 0
    priced: int = 0  # won deals in the company's currency: those that `revenue` sums up
    median: float | None = None
    plan: int | None = None
    here: bool = False  # whether a deal of theirs lies in the period

    @property
    def foreign(self) -> int:
        """Won deals in other currencies, which the sums leave out."""
        return self.won - self.priced

    @property
    def win_rate(self) -> float | None:
        """Won of all closed deals, 0 to 1; None while nothing is closed."""
        closed = self.won + self.lost
        return self.won / closed if closed else None

    @property
    def average(self) -> float | None:
        """Average won deal in minor units."""
        return self.revenue / self.priced if self.priced else None

    @property
    def plan_share(self) -> float | None:
        """Won sum against the plan, 1 is the whole of it; None without a plan."""
        return self.revenue / self.plan if self.plan else None


@dataclass(frozen=True)
class Race:
    """Managers in the period, and the same people in the period before it."""

    period: dates.Period
    now: list[Figures]
    before: list[Figures]
    unassigned: int = 0  # deals won in the period that nobody leads


class _Rows(dict[tuple[bool, int], Figures]):
    """Figures by (this period or the one before, manager), made when first asked for."""

    def __missing__(self, key: tuple[bool, int]) -> Figures:
        self[key] = Figures(key[1])
        return self[key]


def race(period: dates.Period, *, team_id: int | None = None) -> Race:
    """Everybody with a deal in the period, and their figures in the period before.

    A deal lies in the period when it was won or lost in it, or when it is open now and was begun before its
    end. Gives managers of `team_id` only, when there is one.
    """
    found = _Rows()
    unassigned = _count_closed(found, period)
    _count_open(found, period)
    _add_plans(found, period)
    names = _names({user_id for _now, user_id in found}, team_id)
    rows: dict[bool, list[Figures]] = {True: [], False: []}
    for (now, user_id), figures in found.items():
        if figures.here and user_id in names:
            figures.name = names[user_id]
            rows[now].append(figures)
    return Race(period, rows[True], rows[False], unassigned)


# made once: making a statement costs more than running it
_first, _start, _end, _midnight, _currency = (sa.bindparam(name, type_=kind) for name, kind in (
    ("first", sa.Date()), ("start", sa.Date()), ("end", sa.Date()), ("midnight", Moment()), ("currency", sa.String())))
NAMES = sa.select(User.id, User.name).where(User.id.in_(sa.bindparam("ids", expanding=True)))
# one pass over the deals yields counts, sums and, strung together, the days that each won deal took
CLOSED = sa.select(
    sa.case((Deal.closed_on >= _first, 1), else_=0).label("is_now"), Deal.manager_id, Deal.status,
    sa.case((Deal.currency == _currency, 1), else_=0).label("is_priced"), sa.func.count(), sa.func.sum(Deal.amount),
    sa.func.aggregate_strings(sa.cast(sa.case((Deal.status == WON, days_between(Deal.closed_on, Deal.engaged_on))), sa.String), ","),
).where(Deal.status.in_((WON, LOST)), Deal.deleted_at.is_(None), Deal.closed_on.between(_start, _end)).group_by(
    "is_now", Deal.manager_id, Deal.status, "is_priced")


def _begun(nowhen: Any) -> Any:
    """Open deals of each manager, and how many of them were begun before the period's end; `nowhen`: those whose day nobody knows."""
    manager: Any = Deal.manager_id + sa.literal_column("0")  # no index begins with this: the one of figures answers alone
    begun = sa.or_(Deal.engaged_on <= _end, sa.and_(Deal.engaged_on.is_(None), nowhen))
    return sa.select(manager, sa.func.count(), sa.func.sum(sa.case((begun, 1), else_=0))).where(
        Deal.status == OPEN, Deal.deleted_at.is_(None), manager.is_not(None)).group_by(manager)


# until today everything was made, so only the first contact is asked for: the index of figures answers alone
OPEN_NOW, OPEN_THEN = _begun(sa.true()), _begun(Deal.created_at < _midnight)


def _names(ids: Iterable[int], team_id: int | None) -> dict[int, str]:
    query = NAMES if team_id is None else NAMES.where(User.team_id == team_id)
    return {row[0]: row[1] for row in db.session.execute(query, {"ids": sorted(ids)})}


def _count_closed(rows: _Rows, period: dates.Period) -> int:
    """Fills what was closed in this period and the one before; gives how many won deals have no manager."""
    closed = db.session.execute(CLOSED, {"first": period.start, "start": period.previous().start, "end": period.end,
                                         "currency": the_organization().currency})
    unassigned = 0
    cycles: defaultdict[tuple[bool, int], Counter[int]] = defaultdict(Counter)
    for is_now, manager_id, status, is_priced, count, amount, lengths in closed:
        if manager_id is None:
            unassigned += count if is_now and status == WON else 0
            continue
        row = rows[bool(is_now), manager_id]
        row.here = True
        if status == LOST:
            row.lost += count
            continue
        row.won += count
        if is_priced:
            row.priced, row.revenue = row.priced + count, row.revenue + int(amount)
        cycles[bool(is_now), manager_id].update(map(int, lengths.split(",")) if lengths else ())
    for key, known in cycles.items():
        rows[key].median = median(known)
    return unassigned


def _count_open(rows: _Rows, period: dates.Period) -> None:
    midnight = dt.datetime.combine(period.end + dt.timedelta(days=1), dt.time(), dates.zone())
    over = period.end < dates.today()
    found = db.session.execute(OPEN_THEN if over else OPEN_NOW, {"end": period.end} | ({"midnight": midnight} if over else {}))
    for manager_id, count, begun_count in found:
        row = rows[True, manager_id]
        row.open = count
        row.here = row.here or (begun_count > 0 and period.start <= dates.today())


def median(counts: Mapping[int, int]) -> float | None:
    """The median of numbers given as {number: how often}; of an even many, halfway between the middle two."""
    total = sum(counts.values())
    if not total:
        return None
    wanted = ((total - 1) // 2, total // 2)
    found, passed = [], 0
    for number in sorted(counts):
        found += [number for place in wanted if passed <= place < passed + counts[number]]
        passed += counts[number]
    return sum(found) / 2


def _add_plans(rows: _Rows, period: dates.Period) -> None:
    if not modules.on("plans"):
        return
    for now, sums in zip((True, False), plan_sums(period, period.previous()), strict=True):
        for user_id, amount in sums.items():
            if (now, user_id) in rows:
                rows[now, user_id].plan = amount


def last_win(period: dates.Period) -> Deal | None:
    """The deal that was won last in the period, with its manager; None while there is none."""
    return db.session.scalar(
        sa.select(Deal).join(Deal.manager).options(contains_eager(Deal.manager))
        .where(Deal.status == WON, Deal.deleted_at.is_(None),
               Deal.closed_on.between(period.start, period.end))
        .order_by(Deal.closed_on.desc(), Deal.stage_since.desc(), Deal.id.desc()).limit(1))
