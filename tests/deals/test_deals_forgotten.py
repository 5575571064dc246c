"""Forgotten deals: each reason by itself, calendar days in the company's zone, the same on both databases."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.queries.forgotten import count_forgotten, forgotten_deals, is_forgotten, reason_of
from tests.cast import Cast
from tests.factories import make_deal, make_pipeline

TODAY = dt.date(2026, 11, 20)
NOON = dt.datetime(2026, 11, 20, 9, 0, tzinfo=dt.UTC)  # noon in Moscow


@pytest.fixture(autouse=True)
def moscow(context: Session) -> None:
    """The zone that a request takes from the company's settings."""
    g.timezone = "Europe/Moscow"


def ago(**time: float) -> dt.datetime:
    return NOON - dt.timedelta(**time)


def fresh(**fields: object) -> Deal:
    """A deal that nobody has forgotten, but for `fields`. Its stage has a norm of 2 days."""
    return make_deal(make_pipeline(), **{"next_step_on": TODAY, "stage_since": NOON, "touched_at": NOON, **fields})


def reason(deal: Deal) -> str | None:
    found: str | None = db.session.scalar(sa.select(reason_of(TODAY)).where(Deal.id == deal.id))
    kept = db.session.scalar(sa.select(Deal.id).where(is_forgotten(TODAY), Deal.id == deal.id)) is not None
    assert kept == (found is not None and deal.status == "open" and deal.deleted_at is None)
    return found


@pytest.mark.parametrize(("fields", "code"), [
    ({}, None),
    ({"next_step_on": TODAY - dt.timedelta(days=1)}, "overdue"),
    ({"next_step_on": None}, "no_step"),
    ({"stage_since": dt.datetime(2026, 11, 17, 21, 0, tzinfo=dt.UTC)}, None),       # 18 Nov 00:00 in Moscow
    ({"stage_since": dt.datetime(2026, 11, 17, 20, 59, tzinfo=dt.UTC)}, "stuck"),   # 17 Nov 23:59
    ({"touched_at": ago(days=14)}, None),
    ({"touched_at": ago(days=15)}, "silent"),
    ({"next_step_on": None, "touched_at": ago(days=15)}, "no_step"),
])
def test_a_deal_is_forgotten_for_the_first_reason_that_holds(
        cast: Cast, fields: dict[str, object], code: str | None) -> None:
    assert reason(fresh(**fields)) == code


def test_a_stage_without_a_norm_holds_nobody_up(cast: Cast) -> None:
    pipeline = make_pipeline()
    deal = make_deal(pipeline, 2, next_step_on=TODAY, stage_since=ago(days=300), touched_at=NOON)
    assert reason(deal) is None


def test_closed_and_binned_deals_are_not_forgotten(cast: Cast) -> None:
    pipeline = make_pipeline()
    won = make_deal(pipeline, 3)
    binned = make_deal(pipeline, deleted_at=NOON)
    found = set(db.session.scalars(sa.select(Deal.id).where(is_forgotten(TODAY))))
    assert found & {won.id, binned.id} == set()


def test_each_manager_is_reminded_of_their_own_the_dearest_first(cast: Cast) -> None:
    pipeline = make_pipeline()
    small = make_deal(pipeline, manager_id=cast.boris, amount=1)
    big = make_deal(pipeline, manager_id=cast.boris, amount=9)
    other = make_deal(pipeline, manager_id=cast.gleb, amount=5)
    boris, head = db.session.get_one(User, cast.boris), db.session.get_one(User, cast.head)
    assert forgotten_deals(boris) == [(big, "no_step"), (small, "no_step")]
    assert forgotten_deals(head, manager_id=cast.gleb) == [(other, "no_step")]
    assert (count_forgotten(boris), count_forgotten(head)) == (2, 3)
