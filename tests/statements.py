"""What is asked of the database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.core.db import db


@contextmanager
def asked(app: Flask) -> Iterator[list[str]]:
    """The statements that run within the block, in their order."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


def statements(client: FlaskClient, address: str) -> int:
    """How many statements a page needs."""
    with asked(client.application) as seen:
        client.get(address)
    return len(seen)
