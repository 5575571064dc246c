"""The list of what waits for the lawyer is read from an index of those few, not by a walk through all documents."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.documents import agreeing
from tests.cast import Cast


def test_documents_with_the_lawyer_are_found_by_their_index(context: Session, cast: Cast) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics")
    asked: list[tuple[str, object]] = []
    note = lambda _one, _cursor, statement, values, *_more: asked.append((statement, values))  # noqa: E731
    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        agreeing.waiting(db.session.get_one(User, cast.owner))
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    statement, values = asked[-1]
    plan = [row[3] for row in db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
    assert any("ix_document_with_lawyer" in step for step in plan), plan
