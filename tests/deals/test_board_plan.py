"""The heads of the board do not walk through years of closed deals."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.core.db import db
from crm.deals.queries.board import ALL_TOTALS


def test_the_totals_are_read_from_the_index_of_figures(real_app: Flask) -> None:
    wanted = {"pipeline_id": 1, "first": dt.date(2026, 11, 1), "last": dt.date(2026, 11, 30)}
    with real_app.app_context():
        if db.engine.dialect.name != "sqlite":
            pytest.skip("PostgreSQL chooses by its statistics")
        statement = ALL_TOTALS.params(wanted).compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in db.session.execute(sa.text(f"EXPLAIN QUERY PLAN {statement}"))]
    assert not any(step.startswith("SCAN deal") for step in plan)
    assert sum("ix_deal_figures" in step for step in plan) == 2
