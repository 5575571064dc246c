"""The board: counts and sums of all stages in one statement, the first cards of all in another."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import dates
from crm.core.db import db
from crm.core.text import words_filter
from crm.deals.models import OPEN, Deal, Pipeline, Stage
from crm.deals.queries.deals import days_since
from crm.deals.queries.forgotten import is_forgotten

PAGE = 20  # cards of a column that come at once

Cursor = tuple[float, int]  # rank and id of a card
Query = sa.Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class View:
    """What the reader wants to see: a pipeline, whose deals, words, forgotten ones only.

    `manager`: '' everybody's, 'mine', 'team', 'team-<id>', 'none' (nobody's) or a person's id.
    """

    pipeline_id: int
    manager: str = ""
    q: str = ""
    forgotten: bool = False

    def args(self, **changes: Any) -> dict[str, Any]:
        """The parameters of an address of this view, with something changed; None drops one."""
        found = {"pipeline": self.pipeline_id, "manager": self.manager, "q": self.q,
                 "forgotten": 1 if self.forgotten else None, **changes}
        return {name: value for name, value in found.items() if value}


@dataclass(frozen=True)
class Card:
    """A deal as the board shows it; `amount` in minor units, `age` of the stay: '', 'warn' or 'bad'."""

    id: int
    stage_id: int
    version: int
    title: str
    client: str
    amount: int
    currency: str
    manager: str
    next_step: str
    next_on: dt.date | None
    next_time: dt.time | None
    late: bool
    days: int
    age: str
    place: Cursor
    before: int | None = None  # the next card of the column, for one that arrives
    after: int | None = None  # the card above it


@dataclass(frozen=True)
class Totals:
    """How many deals, and their sums as (currency, minor units), plain and weighted by probability."""

    count: int = 0
    sums: tuple[tuple[str, int], ...] = ()
    weighted: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Column:
    """An open stage with its first cards; `more` is the place after which further ones come."""

    stage: Stage
    totals: Totals
    cards: Sequence[Card] = ()
    more: Cursor | None = None


@dataclass(frozen=True)
class Board:
    """A whole board: open stages as columns, closed ones with what this month brought them."""

    view: View
    pipeline: Pipeline
    pipelines: Sequence[Pipeline]
    columns: Sequence[Column]
    closed: Sequence[Column]
    totals: Totals
    month: dates.Period


@dataclass(frozen=True)
class Changes:
    """What has to be drawn anew: cards in their places, ids of cards that left, heads of touched columns."""

    view: View
    cards: Sequence[Card]
    left: Collection[int]
    heads: Sequence[Column]
    closed: Sequence[Column]
    totals: Totals
    month: dates.Period


def usual_pipeline(user: User, pipelines: Sequence[Pipeline]) -> int:
    """Where the board opens by itself: the pipeline with most of their own open deals, else of those they may see."""
    if len(pipelines) == 1:
        return pipelines[0].id
    own = sa.func.count().filter(Deal.manager_id == user.id)
    rows = db.session.execute(scope.narrow(
        sa.select(Deal.pipeline_id, own, sa.func.count()).where(Deal.status == OPEN, Deal.deleted_at.is_(None)).group_by(
            Deal.pipeline_id), Deal.manager_id, user))
    found = {pipeline_id: (mine, seen) for pipeline_id, mine, seen in rows}
    return max(pipelines, key=lambda one: found.get(one.id, (0, 0))).id


def read_board(view: View, user: User, pipelines: Sequence[Pipeline]) -> Board:
    """The board of the view's pipeline, which must be one of `pipelines`."""
    pipeline = next(one for one in pipelines if one.id == view.pipeline_id)
    stages = [stage for stage in pipeline.stages if stage.kind == OPEN]
    totals = stage_totals(view, user, pipeline.stages)
    cards = first_cards(view, user, stages)
    columns = [_column(stage, totals[stage.id], cards.get(stage.id, [])) for stage in stages]
    closed = [Column(stage, totals[stage.id]) for stage in pipeline.stages if stage.kind != OPEN]
    return Board(view, pipeline, pipelines, columns, closed, add_up([column.totals for column in columns]),
                 dates.period("month", dates.today()))


def read_changes(view: View, user: User, pipeline: Pipeline, deal_ids: Collection[int],
                 stage_ids: Collection[int]) -> Changes:
    """What these deals and stages touch; all heads when a deal left from nobody knows where."""
    totals = stage_totals(view, user, pipeline.stages)
    stages = [stage for stage in pipeline.stages if stage.kind == OPEN]
    cards = cards_in_place(view, user, stages, deal_ids)
    touched = {card.stage_id for card in cards} | set(stage_ids)
    left = set(deal_ids) - {card.id for card in cards}
    columns = [Column(stage, totals[stage.id]) for stage in stages]
    heads = [one for one in columns if one.stage.id in touched or (left and not stage_ids)]
    closed = [Column(stage, totals[stage.id]) for stage in pipeline.stages if stage.kind != OPEN]
    return Changes(view, cards, left, heads, closed, add_up([one.totals for one in columns]),
                   dates.period("month", dates.today()))


def _column(stage: Stage, totals: Totals, cards: Sequence[Card]) -> Column:
    return Column(stage, totals, cards, cards[-1].place if cards and totals.count > len(cards) else None)


def add_up(parts: Sequence[Totals]) -> Totals:
    """Totals of several stages together."""
    return Totals(sum(part.count for part in parts), _sum(pair for part in parts for pair in part.sums),
                  _sum(pair for part in parts for pair in part.weighted))


def _sum(pairs: Any) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for currency, minor in pairs:
        found[currency] = found.get(currency, 0) + minor
    return tuple(sorted(found.items(), key=lambda pair: -pair[1]))


def _narrowed(query: Query, view: View, user: User) -> Query:
    """The deals of the view that the person may see, of any status."""
    query = query.where(Deal.pipeline_id == view.pipeline_id, Deal.deleted_at.is_(None))
    if view.manager:
        query = query.where(_led(view.manager, user))
    if view.q:
        query = query.outerjoin(Company, Company.id == Deal.company_id).outerjoin(
            Contact, Contact.id == Deal.contact_id)
        columns = (Deal.search_text, sa.func.coalesce(Company.search_text, ""),
                   sa.func.coalesce(Contact.search_text, ""))
        places = [words_filter(column, view.q) for column in columns]
        query = query.where(*(sa.or_(*word) for word in zip(*places, strict=True)))
    return scope.narrow(query, Deal.manager_id, user)


def _led(manager: str, user: User) -> sa.ColumnElement[bool]:
    kind, _dash, number = manager.partition("-")
    if manager.isdecimal():
        return Deal.manager_id == int(manager)
    if manager == "none":
        return Deal.manager_id.is_(None)
    team_id = int(number) if number.isdecimal() else user.team_id
    if kind == "team" and team_id is not None:
        return Deal.manager_id.in_(sa.select(User.id).where(User.team_id == team_id))
    return Deal.manager_id == user.id


def _open(query: Query, view: View, user: User) -> Query:
    """The open deals of the view, which are what columns hold."""
    query = _narrowed(query, view, user).where(Deal.status == OPEN)
    return query.where(is_forgotten(dates.today())) if view.forgotten else query


def stage_totals(view: View, user: User, stages: Collection[Stage]) -> dict[int, Totals]:
    """Totals of each stage: open deals, and for closed stages the deals closed in this month."""
    standing = Deal.status == OPEN
    if view.forgotten:
        standing = is_forgotten(dates.today())
    month = dates.period("month", dates.today())
    query = sa.select(Deal.stage_id, Deal.currency, sa.func.count(), sa.func.sum(Deal.amount)).where(
        sa.or_(standing, sa.and_(Deal.status != OPEN, Deal.closed_on.between(month.start, month.end))))
    rows: Sequence[Any] = db.session.execute(
        _narrowed(query.select_from(Deal), view, user).group_by(Deal.stage_id, Deal.currency)).all()
    found = {}
    for stage in stages:
        own = [(row[1], row[2], int(row[3] or 0)) for row in rows if row[0] == stage.id]
        found[stage.id] = Totals(
            sum(count for _currency, count, _minor in own),
            _sum((currency, minor) for currency, _n, minor in own),
            _sum((currency, minor * stage.probability // 100) for currency, _n, minor in own))
    return found


COLUMNS = (
    Deal.id, Deal.stage_id, Deal.version, Deal.title, Deal.amount, Deal.currency, Deal.rank, Deal.stage_since,
    Deal.next_step, Deal.next_step_on, Deal.next_step_time, Company.name.label("company"), Contact.surname,
    Contact.given_name, User.name.label("manager"))


def _rows(query: Query) -> Query:
    return query.outerjoin(Company, Company.id == Deal.company_id).outerjoin(
        Contact, Contact.id == Deal.contact_id).outerjoin(User, User.id == Deal.manager_id)


def _card(row: Any, norms: Mapping[int, int | None], today: dt.date, before: int | None = None,
          after: int | None = None) -> Card:
    days, norm = days_since(row.stage_since), norms.get(row.stage_id)
    age = "" if norm is None or days <= norm else "warn" if days <= 2 * norm else "bad"
    person = " ".join(part for part in (row.surname, row.given_name) if part)
    return Card(
        row.id, row.stage_id, row.version, row.title, row.company or person, row.amount, row.currency,
        row.manager or "", row.next_step, row.next_step_on, row.next_step_time,
        row.next_step_on is not None and row.next_step_on < today, days, age, (row.rank, row.id),
        before, after)


def first_cards(view: View, user: User, stages: Collection[Stage]) -> dict[int, list[Card]]:
    """The first PAGE cards of each stage, in one statement."""
    number = sa.func.row_number().over(partition_by=Deal.stage_id, order_by=(Deal.rank, Deal.id))
    ranked = _open(sa.select(Deal.id.label("id"), number.label("number")), view, user).subquery()
    query = _rows(sa.select(*COLUMNS).join(ranked, ranked.c.id == Deal.id)).where(
        ranked.c.number <= PAGE).order_by(Deal.stage_id, Deal.rank, Deal.id)
    norms, today = {stage.id: stage.norm_days for stage in stages}, dates.today()
    found: dict[int, list[Card]] = {stage.id: [] for stage in stages}
    for row in db.session.execute(query):
        if row.stage_id in found:
            found[row.stage_id].append(_card(row, norms, today))
    return found


def next_cards(view: View, user: User, stage: Stage,
               after: Cursor | None) -> tuple[list[Card], Cursor | None]:
    """The next PAGE cards of a stage below the place `after`, and the place to go on from."""
    ids = _open(sa.select(Deal.id), view, user).where(Deal.stage_id == stage.id)
    if after is not None:
        rank, deal_id = after
        ids = ids.where(sa.or_(Deal.rank > rank, sa.and_(Deal.rank == rank, Deal.id > deal_id)))
    chosen = ids.order_by(Deal.rank, Deal.id).limit(PAGE + 1).subquery()
    query = _rows(sa.select(*COLUMNS).join(chosen, chosen.c.id == Deal.id)).order_by(Deal.rank, Deal.id)
    today = dates.today()
    cards = [_card(row, {stage.id: stage.norm_days}, today) for row in db.session.execute(query)]
    return cards[:PAGE], cards[PAGE - 1].place if len(cards) > PAGE else None


def cards_in_place(view: View, user: User, stages: Collection[Stage],
                   deal_ids: Collection[int]) -> list[Card]:
    """Those of the deals that the view shows, each with its neighbours in its column, in one statement."""
    asked = aliased(Deal)
    theirs = sa.select(asked.stage_id).where(asked.id.in_(deal_ids))
    before, after = (
        neighbour(Deal.id).over(partition_by=Deal.stage_id, order_by=(Deal.rank, Deal.id))
        for neighbour in (sa.func.lead, sa.func.lag))
    neighbours = sa.select(Deal.id.label("id"), before.label("before"), after.label("after"))
    placed = _open(neighbours, view, user).where(
        Deal.stage_id.in_(theirs)).subquery()
    columns = sa.select(*COLUMNS, placed.c.before, placed.c.after)
    query = _rows(columns.join(placed, placed.c.id == Deal.id)).where(Deal.id.in_(deal_ids)).order_by(
        Deal.stage_id, Deal.rank.desc(), Deal.id.desc())
    norms, today = {stage.id: stage.norm_days for stage in stages}, dates.today()
    return [_card(row, norms, today, row.before, row.after) for row in db.session.execute(query)
            if row.stage_id in norms]


def read_cursor(text: str) -> Cursor | None:
    """The place of a card from an address; None when it cannot be read."""
    rank, _line, deal_id = text.rpartition("_")
    try:
        found = float(rank), int(deal_id)
    except ValueError:
        return None
    return found if abs(found[0]) < 1e15 and 0 < found[1] < 2**31 else None
