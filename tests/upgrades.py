"""Steps of the tables, there and back on a filled database."""

import sqlalchemy as sa
from alembic import command

from crm.core import schema
from crm.core.db import db


def move(revision: str) -> None:
    """To an older or the newest state of the tables."""
    db.session.remove()
    config = schema._config()
    with schema.changing() as connection:
        config.attributes["connection"] = connection
        (command.upgrade if revision == "head" else command.downgrade)(config, revision)


def columns(table: str) -> set[str]:
    """The names of its columns."""
    return {column["name"] for column in sa.inspect(db.engine).get_columns(table)}
