"""The board: counts and sums of all stages in one statement, the first cards of all in another."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.accounts import scope
from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core import dates
from crm.core.db import db
from crm.core.text import words_filter
from crm.deals import reach
from crm.deals.models import LOST, OPEN, WON, Deal, Pipeline, Stage
from crm.deals.queries.forgotten import is_forgotten

FIRST, PAGE = 10, 30  # cards of a column: as many as a laptop shows come at once, then more at each end that is seen

Cursor = tuple[float, int]  # rank and id of a card
Query = sa.Select[*tuple[Any, ...]]
Narrow = Callable[[Query, Any], Query]
ENDLESS = 1e300  # a rank below which every card stands
_above, _near = aliased(Deal), aliased(Deal)


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


class Card(NamedTuple):  # a board makes hundreds: a tuple is made three times faster than a frozen dataclass
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
    next_time: str  # the hour as people read it, '' for the whole day
    late: bool
    days: int
    age: str
    place: Cursor
    manager_id: int | None
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
    """Where the board opens by itself: the pipeline with most of their own open deals, else the first one with any that they see."""
    if len(pipelines) == 1:
        return pipelines[0].id
    own = dict(db.session.execute(sa.select(Deal.pipeline_id, sa.func.count()).where(
        Deal.manager_id == user.id, Deal.status == OPEN, Deal.deleted_at.is_(None)).group_by(Deal.pipeline_id)).all())
    if own:
        return max(pipelines, key=lambda one: own.get(one.id, 0)).id
    standing = scope.narrow(sa.select(Deal.id).join(Stage, Stage.id == Deal.stage_id).where(
        Stage.pipeline_id == Pipeline.id, Stage.kind == OPEN, Deal.deleted_at.is_(None)), Deal.manager_id, user, "deals.see")
    used = set(db.session.scalars(sa.select(Pipeline.id).where(standing.correlate(Pipeline).exists())))
    return next((one.id for one in pipelines if one.id in used), pipelines[0].id)


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


def _narrowing(view: View, user: User) -> Narrow:
    """How a query keeps the open deals that the view names and the person may see."""

    def narrow(query: Query, deal: Any) -> Query:
        if view.forgotten:
            query = query.where(is_forgotten(dates.today(), deal=deal))
        return _seen(query, view, user, deal)

    return narrow


def _seen(query: Query, view: View, user: User, deal: Any = Deal) -> Query:
    """The deals of any status that the view names and the person may see."""
    if view.manager:
        query = query.where(_led(view.manager, user, deal))
    if view.q:
        query = query.where(*_words(view.q, user, deal))
    return scope.narrow(query, deal.manager_id, user, "deals.see")


def _words(q: str, user: User, deal: Any) -> list[sa.ColumnElement[bool]]:
    """Every word stands in the deal, its company or its person."""
    columns = (
        deal.search_text,
        sa.select(reach.searched(Company, user, deal)).where(Company.id == deal.company_id).correlate(deal).scalar_subquery(),
        sa.select(reach.searched(Contact, user, deal)).where(Contact.id == deal.contact_id).correlate(deal).scalar_subquery())
    places = [words_filter(column, q) for column in columns]
    return [sa.or_(*word) for word in zip(*places, strict=True)]


def _led(manager: str, user: User, deal: Any) -> sa.ColumnElement[bool]:
    leads: Any = deal.manager_id
    kind, _dash, number = manager.partition("-")
    if manager.isdecimal():
        return leads == int(manager)
    if manager == "none":
        return leads.is_(None)
    team_id = int(number) if number.isdecimal() else user.team_id
    if kind == "team" and team_id is not None:
        return leads.in_(sa.select(User.id).where(User.team_id == team_id))
    return leads == user.id


def _totals(standing: sa.ColumnElement[bool], narrow: Narrow) -> Any:
    """Deals of a pipeline by stage and currency: the open ones, and those closed in the days from `first` to `last`.

    Years of closed deals must not be walked through: the sums with 0 keep SQLite from the indexes of the pipeline and the
    stage, so that it takes the one of figures. Each half is asked by itself: no stage has both, and "or" costs a third more.
    """
    nothing: Any = sa.literal_column("0")
    stage = (Deal.stage_id + nothing).label("stage")
    closed = sa.and_(Deal.status.in_((WON, LOST)), Deal.closed_on.between(sa.bindparam("first"), sa.bindparam("last")))
    halves = [narrow(sa.select(stage, Deal.currency, sa.func.count(), sa.func.sum(Deal.amount)).where(
        Deal.pipeline_id + nothing == sa.bindparam("pipeline_id"), Deal.deleted_at.is_(None), half), Deal).group_by(
        "stage", Deal.currency) for half in (standing, closed)]
    return sa.union_all(*halves)


ALL_TOTALS = _totals(Deal.status == OPEN, lambda query, _deal: query)  # made once: making a statement costs more than running it


def stage_totals(view: View, user: User, stages: Collection[Stage]) -> dict[int, Totals]:
    """Totals of each stage: open deals, and for closed stages the deals closed in this month."""
    month = dates.period("month", dates.today())
    standing = is_forgotten(dates.today()) if view.forgotten else Deal.status == OPEN
    query = ALL_TOTALS if _whole(view, user) else _totals(standing, lambda half, deal: _seen(half, view, user, deal))
    rows: Sequence[Any] = db.session.execute(query, {
        "pipeline_id": view.pipeline_id, "first": month.start, "last": month.end}).all()
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
    Contact.given_name, User.name.label("manager"), Deal.manager_id)


def _rows(query: Query) -> Query:
    return query.outerjoin(Company, Company.id == Deal.company_id).outerjoin(
        Contact, Contact.id == Deal.contact_id).outerjoin(User, User.id == Deal.manager_id)


def _made(rows: Iterable[Any], stages: Collection[Stage]) -> Iterator[Card]:
    """Cards of rows of COLUMNS, with the neighbours where the rows tell them; those at other stages are left out."""
    today, zone = dates.today(), dates.zone()
    norms = {stage.id: stage.norm_days for stage in stages}
    for (deal_id, stage_id, version, title, amount, currency, rank, since, step, step_on, step_time, company, surname,
         given_name, manager, manager_id, *neighbours) in rows:
        if stage_id not in norms:
            continue
        norm, days = norms[stage_id], (today - since.astimezone(zone).date()).days
        yield Card(
            deal_id, stage_id, version, title, company or f"{surname or ''} {given_name or ''}".strip(), amount, currency,
            manager or "", step, step_on, f"{step_time:%H:%M}" if step_time else "", step_on is not None and step_on < today, days,
            "" if norm is None or days <= norm else "warn" if days <= 2 * norm else "bad", (rank, deal_id), manager_id,
            *neighbours)


def _first(narrow: Narrow) -> Query:
    """The first cards of each open stage of a pipeline.

    The place of the last of them is found in the index first, so that a stage of thousands costs what one of twenty does.
    """
    last = narrow(sa.select(_above.rank).where(_above.stage_id == Stage.id, _above.deleted_at.is_(None)), _above).order_by(
        _above.rank, _above.id).limit(1).offset(FIRST - 1).correlate(Stage).scalar_subquery()
    edge = sa.select(Stage.id, last.label("rank")).where(
        Stage.pipeline_id == sa.bindparam("pipeline_id"), Stage.kind == OPEN).cte("edge").prefix_with(
        "MATERIALIZED", dialect="postgresql")
    first = sa.select(*COLUMNS).join(edge, edge.c.id == Deal.stage_id).where(
        Deal.deleted_at.is_(None), Deal.rank <= sa.func.coalesce(edge.c.rank, ENDLESS))
    return narrow(_rows(first), Deal).order_by(Deal.stage_id, Deal.rank, Deal.id)


def _whole(view: View, user: User) -> bool:
    """Whether nothing is left out: then the statement is one that was made before."""
    return not (view.manager or view.q or view.forgotten) and scope.visible_owners(user, "deals.see") is None


def _first_postgres(narrow: Narrow) -> Query:
    """The same for PostgreSQL, which would read all deals to find those before a place: it asks each stage for its first ones."""
    top = narrow(sa.select(_above.id).where(_above.stage_id == Stage.id, _above.deleted_at.is_(None)), _above).order_by(
        _above.rank, _above.id).limit(FIRST).correlate(Stage).lateral("top")
    first = sa.select(*COLUMNS).select_from(Stage).join(top, sa.true()).join(Deal, Deal.id == top.c.id).where(
        Stage.pipeline_id == sa.bindparam("pipeline_id"), Stage.kind == OPEN)
    return _rows(first).order_by(Deal.stage_id, Deal.rank, Deal.id)


FIRST_OF_ALL = {"sqlite": _first(lambda query, _deal: query), "postgresql": _first_postgres(lambda query, _deal: query)}


def first_cards(view: View, user: User, stages: Collection[Stage]) -> dict[int, list[Card]]:
    """The first cards of each stage, in one statement."""
    found: dict[int, list[Card]] = {stage.id: [] for stage in stages}
    name = db.engine.dialect.name
    make = _first_postgres if name == "postgresql" else _first
    query = FIRST_OF_ALL[name] if _whole(view, user) else make(_narrowing(view, user))
    for card in _made(db.session.execute(query, {"pipeline_id": view.pipeline_id}), stages):
        found[card.stage_id].append(card)
    return {stage_id: cards[:FIRST] for stage_id, cards in found.items()}  # equal ranks may bring more


def next_cards(view: View, user: User, stage: Stage,
               after: Cursor | None) -> tuple[list[Card], Cursor | None]:
    """The next PAGE cards of a stage below the place `after`, and the place to go on from."""
    ids = _narrowing(view, user)(sa.select(Deal.id).where(Deal.stage_id == stage.id, Deal.deleted_at.is_(None)), Deal)
    if after is not None:
        rank, deal_id = after
        ids = ids.where(sa.or_(Deal.rank > rank, sa.and_(Deal.rank == rank, Deal.id > deal_id)))
    chosen = ids.order_by(Deal.rank, Deal.id).limit(PAGE + 1).subquery()
    query = _rows(sa.select(*COLUMNS).join(chosen, chosen.c.id == Deal.id)).order_by(Deal.rank, Deal.id)
    cards = list(_made(db.session.execute(query), [stage]))
    return cards[:PAGE], cards[PAGE - 1].place if len(cards) > PAGE else None


def cards_in_place(view: View, user: User, stages: Collection[Stage],
                   deal_ids: Collection[int]) -> list[Card]:
    """Those of the deals that the view shows, each with its neighbours in its column, in one statement."""
    query = IN_PLACE_OF_ALL if _whole(view, user) else _in_place(_narrowing(view, user))
    return list(_made(db.session.execute(query, {"deal_ids": list(deal_ids), "pipeline_id": view.pipeline_id}), stages))


def _in_place(narrow: Narrow) -> Query:
    beside = [_beside(narrow, below=below).label(name) for name, below in (("before", True), ("after", False))]
    query = _rows(sa.select(*COLUMNS, *beside)).where(
        Deal.id.in_(sa.bindparam("deal_ids", expanding=True)), Deal.pipeline_id == sa.bindparam("pipeline_id"),
        Deal.status == OPEN, Deal.deleted_at.is_(None))
    return narrow(query, Deal).order_by(Deal.stage_id, Deal.rank.desc(), Deal.id.desc())


def _beside(narrow: Narrow, *, below: bool) -> sa.ScalarSelect[Any]:
    """The id of the card that the view shows right below or above a deal."""
    beyond = sa.and_(_near.rank >= Deal.rank, sa.or_(_near.rank > Deal.rank, _near.id > Deal.id)) if below else sa.and_(
        _near.rank <= Deal.rank, sa.or_(_near.rank < Deal.rank, _near.id < Deal.id))
    order = (_near.rank, _near.id) if below else (_near.rank.desc(), _near.id.desc())
    beside = sa.select(_near.id).where(_near.stage_id == Deal.stage_id, _near.deleted_at.is_(None), beyond)
    return narrow(beside, _near).order_by(*order).limit(1).correlate(Deal).scalar_subquery()


IN_PLACE_OF_ALL = _in_place(lambda query, _deal: query)


def read_cursor(text: str) -> Cursor | None:
    """The place of a card from an address; None when it cannot be read."""
    rank, _line, deal_id = text.rpartition("_")
    try:
        found = float(rank), int(deal_id)
    except ValueError:
        return None
    return found if abs(found[0]) < 1e15 and 0 < found[1] < 2**31 else None
