"""The place of a deal within its stage: a fractional rank, small first, ties by id."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from crm.core.db import db
from crm.deals.models import Deal, deal_table
from crm.deals.operations.deals import top_rank

STEP = 1.0
NARROWEST = 1e-9  # below this gap the stage is numbered anew


@dataclass(frozen=True)
class Place:
    """Where in a stage: before a deal, after a deal, last; with nothing named, first."""

    before_id: int | None = None
    after_id: int | None = None
    last: bool = False


def is_there(deal: Deal, place: Place) -> bool:
    """Whether the deal already stands at the place of its own stage."""
    if deal.id in (place.before_id, place.after_id):
        return True
    here: tuple[float, int] = (deal.rank, deal.id)
    if place.before_id is not None and _key(deal.stage_id, place.before_id):
        return _neighbour(deal, here, down=True) == place.before_id
    if place.after_id is not None and _key(deal.stage_id, place.after_id):
        return _neighbour(deal, here, down=False) == place.after_id
    return _neighbour(deal, here, down=place.last) is None


def rank_for(deal: Deal, stage_id: int, place: Place) -> float:
    """The rank that puts the deal at the place of the stage; a named deal that has left it counts as none.

    When two neighbours stand too close, the whole stage is numbered anew in one statement.
    """
    low, high = _edges(deal, stage_id, place)
    if low is not None and high is not None and high - low < NARROWEST:
        _number_anew(stage_id)
        low, high = _edges(deal, stage_id, place)
    if low is None:
        return top_rank(stage_id) if high is None else high - STEP
    return low + STEP if high is None else (low + high) / 2


def _edges(deal: Deal, stage_id: int, place: Place) -> tuple[float | None, float | None]:
    """Ranks above and below the place, the deal itself left out; (None, None) is the top."""
    for named, down in ((place.before_id, False), (place.after_id, True)):
        key = _key(stage_id, named) if named is not None and named != deal.id else None
        if key is None:
            continue
        other = _neighbour(deal, key, down=down, stage_id=stage_id)
        beyond = _key(stage_id, other) if other is not None else None
        edge = beyond[0] if beyond else None
        return (key[0], edge) if down else (edge, key[0])
    if place.last:
        return db.session.scalar(sa.select(sa.func.max(Deal.rank)).where(
            *_others(deal, stage_id))), None
    return None, None


def _key(stage_id: int, deal_id: int) -> tuple[float, int] | None:
    """Rank and id of a deal that stands in the stage."""
    row = db.session.execute(sa.select(Deal.rank, Deal.id).where(
        Deal.id == deal_id, Deal.stage_id == stage_id, Deal.deleted_at.is_(None))).first()
    return (row.rank, row.id) if row else None


def _neighbour(deal: Deal, key: tuple[float, int], *, down: bool, stage_id: int | None = None) -> int | None:
    """The id of the next deal below or above `key`, the moved one left out."""
    rank, deal_id = key
    beyond = sa.or_(Deal.rank > rank, sa.and_(Deal.rank == rank, Deal.id > deal_id)) if down else sa.or_(
        Deal.rank < rank, sa.and_(Deal.rank == rank, Deal.id < deal_id))
    order = (Deal.rank, Deal.id) if down else (Deal.rank.desc(), Deal.id.desc())
    return db.session.scalar(sa.select(Deal.id).where(
        *_others(deal, stage_id or deal.stage_id), beyond).order_by(*order).limit(1))


def _others(deal: Deal, stage_id: int) -> tuple[Any, ...]:
    return Deal.stage_id == stage_id, Deal.deleted_at.is_(None), Deal.id != deal.id


def _number_anew(stage_id: int) -> None:
    """Ranks 1, 2, 3 ... in the present order. Versions stay: nobody's card has moved."""
    number = sa.func.row_number().over(order_by=(Deal.rank, Deal.id))
    places = sa.select(Deal.id, number.label("place")).where(
        Deal.stage_id == stage_id, Deal.deleted_at.is_(None)).subquery()
    place = sa.select(places.c.place * STEP).where(places.c.id == deal_table.c.id).scalar_subquery()
    db.session.execute(
        sa.update(deal_table).where(deal_table.c.id.in_(sa.select(places.c.id)))
        .values(rank=place, updated_at=deal_table.c.updated_at))
    for loaded in db.session.identity_map.values():
        if isinstance(loaded, Deal) and loaded.stage_id == stage_id:
            db.session.expire(loaded, ["rank"])
