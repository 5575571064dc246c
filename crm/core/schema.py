"""The tables are made and changed by migrations only."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from crm.core.db import db

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


class NewerDatabaseError(RuntimeError):
    """The database was changed by a newer version of the program."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


def head() -> str:
    """The revision that this program needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def current() -> str | None:
    """The revision that the database is at; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade() -> None:
    """Bring the database to `head`; nothing happens when it is there. NewerDatabaseError for a downgrade."""
    here, known = current(), ScriptDirectory.from_config(_config())
    if here == known.get_current_head():
        return
    if here is not None and here not in {revision.revision for revision in known.walk_revisions()}:
        raise NewerDatabaseError(
            f"it is at revision {here}, which this version does not know. Start the newer version of Voronka.")
    config = _config()
    with db.engine.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(704213)"))  # two processes start at once
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def write_revision(message: str) -> str:
    """A new migration file that leads from this database's tables to the models; its path."""
    config = _config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        script = command.revision(config, message, autogenerate=True)
    return str(getattr(script, "path", ""))
