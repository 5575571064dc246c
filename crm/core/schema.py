"""The tables are made and changed by migrations only."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import current_app

from crm.core import postgres
from crm.core.db import db

LONGEST = 24 * 3600.0  # seconds that one statement of a migration may take
FOLDER = Path(__file__).resolve().parents[2] / "migrations"
_guards: list[Callable[[], AbstractContextManager[None]]] = []


class NewerDatabaseError(RuntimeError):
    """The database was changed by a newer version of the program."""


def refusal(error: Exception) -> str:
    """What a database that cannot be used is called at the console: one line, without the statement and the driver's advice."""
    return f"The database cannot be used: {' '.join(str(getattr(error, 'orig', error)).split())}"


def _config() -> Any:
    from alembic.config import Config  # slow: a start on a migrated database needs nothing of Alembic

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    return config


@cache
def head() -> str:
    """The revision that this program needs: the number before the name of the newest migration."""
    return max((path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")), default="")


def compared(_item: Any, name: str | None, _kind: str, reflected: bool, twin: Any) -> bool:
    """Whether models and tables are compared here: the search index (`core/finding`) is the migrations' alone."""
    return not (reflected and twin is None and (name or "").startswith(("search_", "ix_search_")))


def current(engine: sa.Engine | None = None) -> str | None:
    """The revision that the database (or another one) is at; None for an empty one."""
    with (engine or db.engine).connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.scalar(sa.text("SELECT version_num FROM alembic_version"))


def knows(revision: str | None) -> bool:
    """Whether this program can start from `revision`: its own past and present, or nothing at all."""
    if revision is None or revision == head():
        return True
    from alembic.script import ScriptDirectory  # slow, and seldom needed

    return revision in {one.revision for one in ScriptDirectory.from_config(_config()).walk_revisions()}


def guard_upgrades(guard: Callable[[], AbstractContextManager[None]]) -> None:
    """Enter `guard()` around every change of the tables of a database that was used before; what it raises stops it."""
    _guards[:] = [guard]


def upgrade(engine: sa.Engine | None = None) -> None:
    """Bring the database (or another one, unguarded) to `head`; nothing happens when it is there.

    NewerDatabaseError for a downgrade.
    """
    here = current(engine)
    if here == head():
        return
    if not knows(here):
        raise NewerDatabaseError(
            f"it is at revision {here}, which this version does not know. Start the newer version of Voronka.")
    from alembic import command  # slow, and seldom needed

    with ExitStack() as around:
        if here is not None and engine is None:
            around.enter_context(_alone())
            if current() == head():  # whoever was first has done it
                return
            for guard in _guards:
                around.enter_context(guard())
        config = _config()
        with changing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _alone() -> Iterator[None]:
    """Two starts at once on one data folder: the second waits here, so that only one backup is made before the change."""
    with (Path(current_app.config["DATA_DIR"]) / "upgrade.lock").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # ends with the file, and with the process
        yield


@contextmanager
def changing(engine: sa.Engine | None = None) -> Iterator[sa.Connection]:
    """One transaction in which tables may be changed, whole or not at all; two processes never change them at once.

    On SQLite a changed table is often made anew and the old one dropped, which would take along the rows that point to it: keys
    are not followed meanwhile, and all of them are checked before the end.
    """
    with (engine or db.engine).connect() as connection, postgres.at_most(LONGEST):
        raw, sqlite = connection.connection.driver_connection, connection.dialect.name == "sqlite"
        if sqlite and raw is not None:
            raw.execute("PRAGMA foreign_keys=OFF")  # heard outside of a transaction only
        try:
            with connection.begin():
                if not sqlite:
                    _end_with_the_program(connection)
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(704213)"))
                yield connection
                if sqlite and (astray := connection.exec_driver_sql("PRAGMA foreign_key_check").first()):
                    raise RuntimeError(f"the change would leave keys that lead nowhere: {tuple(astray)}")
        finally:
            if sqlite and raw is not None:
                raw.execute("PRAGMA foreign_keys=ON")


def _end_with_the_program(connection: sa.Connection) -> None:
    """Let the server look whether the program still lives while a long statement runs: what a killed start has begun would hold
    the tables, and every later start, for hours.
    """
    if (connection.dialect.server_version_info or (0,)) >= (14,):
        connection.execute(sa.text("SET LOCAL client_connection_check_interval = '2s'"))


def write_revision(message: str) -> str:
    """A new migration file that leads from this database's tables to the models; its path."""
    from alembic import command  # slow, and seldom needed

    config = _config()
    with db.engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        script = command.revision(config, message, autogenerate=True)
    return str(getattr(script, "path", ""))
