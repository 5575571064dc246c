"""The database knows how its tables have grown."""

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core import jobs, upkeep
from crm.core.db import db

OPEN_TASKS = sa.text("EXPLAIN QUERY PLAN SELECT id FROM task WHERE done_at IS NULL")
FILL = sa.text("""
    INSERT INTO task (kind, text, due_on, done_at, result, assignee_id, version, created_at)
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
    SELECT 'call', 'Call', '2026-11-01', CASE WHEN i % 50 THEN datetime('2026-11-02', '+' || i || ' minutes') END,
           '', NULL, 1, '2026-11-01 10:00:00' FROM n
""")


def test_statistics_are_renewed_every_day(real_app: Flask) -> None:
    assert "base.statistics" in jobs.RECURRING
    with real_app.app_context():
        db.session.execute(sa.delete(jobs.Job))
        jobs.ensure_recurring()
        db.session.execute(sa.delete(jobs.Job).where(jobs.Job.kind != "base.statistics"))
        db.session.commit()
        assert jobs.run_one()
        again = db.session.scalars(sa.select(jobs.Job)).one()
        assert (again.error, again.attempts) == (None, 0)


def test_connections_that_are_open_plan_by_the_new_figures(real_app: Flask) -> None:
    with real_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL counts by itself")
        db.session.execute(FILL)
        db.session.commit()
        assert db.session.execute(OPEN_TASKS).one()[3].startswith("SCAN")
        db.session.rollback()
        upkeep.renew_statistics()
        assert "ix_task_open" in db.session.execute(OPEN_TASKS).one()[3]
