"""PostgreSQL finds a deal's people, the board's first cards and deals by words through indexes, however many rows there are."""

import os
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.queries import board, deals
from crm.deals.queries.wording import worded
from tests.cast import Cast

pytestmark = pytest.mark.skipif(os.environ.get("TEST_DB") != "postgres", reason="of PostgreSQL's planner")


@pytest.fixture
def unwilling(context: Session) -> None:
    """A small table is read whole, or whole along its key, rather than by what is sought: here only where nothing else is possible."""
    for way in ("seqscan", "indexscan", "indexonlyscan"):
        context.execute(sa.text(f"SET LOCAL enable_{way} = off"))


def plan(query: Any, **values: Any) -> str:
    compiled = query.compile(db.engine)
    return "\n".join(row[0] for row in db.session.connection().exec_driver_sql(f"EXPLAIN {compiled}", {**compiled.params, **values}))


def test_the_people_of_a_deal(app: Flask, unwilling: None) -> None:
    assert "Seq Scan on contact" not in plan(deals.PEOPLE, contact_id=1, deal_id=1)


def test_the_first_cards_of_a_board(app: Flask, unwilling: None) -> None:
    told = plan(board.FIRST_OF_ALL["postgresql"], pipeline_id=1)
    assert "Seq Scan on deal" not in told
    assert "Seq Scan on contact" not in told
    assert "SubPlan" not in told  # no place is found first to compare all deals with


def test_deals_by_a_word_of_their_client(app: Flask, cast: Cast, unwilling: None) -> None:
    reader = db.session.get_one(User, cast.owner)
    told = plan(sa.select(Deal.id).outerjoin(Deal.company).outerjoin(Deal.contact).where(*worded("соколов", reader)))
    assert [name for name in ("ix_search_deal", "ix_search_company", "ix_search_contact") if name not in told] == [], told
