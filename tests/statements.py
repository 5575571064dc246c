"""How many statements a page asks the database."""

import sqlalchemy as sa
from flask.testing import FlaskClient

from crm.core.db import db


def statements(client: FlaskClient, address: str) -> int:
    """How many statements a page needs."""
    counted: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        counted.append(statement)

    with client.application.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", count)
    try:
        client.get(address)
    finally:
        sa.event.remove(engine, "before_cursor_execute", count)
    return len(counted)
