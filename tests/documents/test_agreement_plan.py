"""The list of what waits for the lawyer is read from an index of those few, not by a walk through all documents."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.documents import agreeing
from tests.cast import Cast
from tests.statements import asked


def test_documents_with_the_lawyer_are_found_by_their_index(app: Flask, context: Session, cast: Cast) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by its statistics")
    owner = db.session.get_one(User, cast.owner)
    with asked(app) as seen:
        agreeing.waiting(owner)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {seen[-1]}", (None,) * seen[-1].count("?"))
    steps = [row[3] for row in plan]
    assert any("ix_document_with_lawyer" in step for step in steps), steps
