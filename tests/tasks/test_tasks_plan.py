"""Tasks of deals in the bin are left out without a walk through all deals."""

import datetime as dt

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db, utcnow
from crm.tasks import lines, operations, queries
from crm.tasks.models import Task
from tests.cast import Cast
from tests.factories import make_deal, make_pipeline


def test_a_task_waits_in_the_bin_with_its_deal(context: Session, cast: Cast) -> None:
    boris, today = db.session.get_one(User, cast.boris), dates.today()
    deal = make_deal(make_pipeline(), manager_id=boris.id)
    of_deal = operations.create_task(text="Of a deal", due_on=today, actor=boris, deal=deal)
    alone = operations.create_task(text="Of no deal", due_on=today, actor=boris)
    done = operations.create_task(text="Done", due_on=today, actor=boris, deal=deal)
    operations.complete_task(done, actor=boris, result="")

    def shown() -> list[list[int]]:
        return [[task.id for task in group.tasks] for group in lines.by_urgency(boris)]

    assert shown() == [[of_deal.id, alone.id], [done.id]]
    deal.deleted_at = utcnow()
    db.session.flush()
    assert shown() == [[alone.id]]
    deal.deleted_at = None
    db.session.flush()
    assert shown() == [[of_deal.id, alone.id], [done.id]]


def test_the_bin_is_asked_deal_by_deal(context: Session, cast: Cast) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics")
    asked = sa.select(Task.id).where(Task.done_at >= dt.datetime.now(dt.UTC), queries.alive())
    statement = asked.compile(db.engine, compile_kwargs={"literal_binds": True})
    plan = [row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}"))]
    assert any("deal USING INTEGER PRIMARY KEY" in step for step in plan)
    assert not any(step.startswith("SCAN deal") for step in plan)
