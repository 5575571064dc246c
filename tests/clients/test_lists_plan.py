"""The first page of clients comes from an index in its order, whatever the database knows or does not know of its tables."""

import os
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import current_app
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.clients import queries
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.listing import Wish
from tests.cast import Cast

SQLITE = os.environ.get("TEST_DB") != "postgres"


def explained(query: sa.Select[Any]) -> list[str]:
    """The lines of the plan."""
    statement = query.compile(db.session.get_bind(), compile_kwargs={"literal_binds": True})
    explain, step = ("EXPLAIN QUERY PLAN", 3) if SQLITE else ("EXPLAIN", 0)
    return [row[step] for row in db.session.connection().exec_driver_sql(f"{explain} {statement}")]


@pytest.mark.parametrize("statistics", ["none", "sampled"] if SQLITE else ["sampled"])  # PostgreSQL counts soon by itself
@pytest.mark.parametrize("sort", ["name", "-name", "added", "-added"])
@pytest.mark.parametrize("ordered", [queries.ordered_people, queries.ordered_companies])
def test_a_list_of_clients_is_read_in_its_order(
        context: Session, cast: Cast, ordered: Callable[..., sa.Select[Any]], sort: str, statistics: str) -> None:
    for model, name in ((Contact, "surname"), (Company, "name")):
        db.session.execute(sa.insert(model), [{name: f"Client {one}", "sort_key": f"client {one:04}"} for one in range(3000)])
    if statistics == "sampled":
        if SQLITE:
            db.session.execute(sa.text("PRAGMA analysis_limit = 100"))
        db.session.execute(sa.text("ANALYZE"))
    query = ordered(Wish(sort=sort), db.session.get_one(User, cast.owner)).limit(51)
    plan = explained(query)
    assert not any("ORDER BY" in line or "Sort" in line for line in plan), plan


@pytest.mark.parametrize("ordered", [queries.ordered_people, queries.ordered_companies])
def test_a_name_that_many_have_is_picked_rather_than_met(context: Session, cast: Cast, ordered: Callable[..., sa.Select[Any]]) -> None:
    """All of one name stand together, far down in the order: no reader waits until they are met."""
    for model, name in ((Contact, "surname"), (Company, "name")):
        db.session.execute(sa.insert(model), [
            {name: "Client", "sort_key": f"client {one:05}", "search_text": "соколов" if 18000 < one < 18400 else f"ель {one}"}
            for one in range(20000)])
    db.session.execute(sa.text("ANALYZE"))
    with current_app.test_request_context():
        query = ordered(Wish(q="соколов"), db.session.get_one(User, cast.owner)).limit(51)
        plan = explained(query)
    assert not any("_by_name" in line for line in plan), plan
