"""Snapshots of PostgreSQL by its own programs, pg_dump and pg_restore."""

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.backup.databases.content import Content, read_content
from crm.backup.problems import BackupProblem, Damaged
from crm.core.db import db

DEBIAN = Path("/usr/lib/postgresql")
URL_WORDS = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "host": "PGHOST", "port": "PGPORT"}


def _version(program: str) -> int:
    try:
        answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=False, timeout=20).stdout
    except OSError:
        return 0
    found = re.search(r"\) (\d+)", answer)
    return int(found[1]) if found else 0


def _programs() -> dict[str, int]:
    """Folders in which pg_dump lies -> its version."""
    on_path = shutil.which("pg_dump")
    found = [Path(on_path)] if on_path else []
    found += sorted(DEBIAN.glob("*/bin/pg_dump"))
    return {str(path.parent): _version(str(path)) for path in found}


def server_version() -> int:
    """The major version of the server."""
    with db.engine.connect() as connection:
        return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10000


def program(name: str) -> str:
    """pg_dump or pg_restore that knows this server; BackupProblem says what to install."""
    wanted, found = server_version(), _programs()
    best = max(found, key=lambda folder: found[folder], default="")
    if not best or found[best] < wanted:
        raise BackupProblem(_("A backup of this PostgreSQL needs its program pg_dump, version %(version)d or newer: install "
                              "postgresql-client-%(version)d on this machine.", version=wanted))
    return str(Path(best) / name)


def environment(database: str | None = None) -> dict[str, str]:
    """How the programs reach the server; the password never stands on a command line."""
    url = db.engine.url
    values = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
              "PGDATABASE": database or url.database}
    values.update({URL_WORDS[key]: str(value) for key, value in url.query.items() if key in URL_WORDS})
    return {**os.environ, **{key: str(value) for key, value in values.items() if value}}


def run(*command: str, database: str | None = None) -> str:
    """Run one of the programs; BackupProblem with its last words when it fails."""
    done = subprocess.run(command, env=environment(database), capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip().splitlines() or [str(done.returncode)])[0]
        name = Path(command[0]).name
        raise BackupProblem(_("%(program)s failed: %(reason)s. Mend this and try again.", program=name, reason=words[:300]))
    return done.stdout


def dump(target: Path) -> Content:
    """Write a dump; the figures are of the same moment, which both read."""
    tool = program("pg_dump")
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")  # pg_dump may take hours
        moment = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        run(tool, "-Fc", "-Z0", "--no-owner", "--no-privileges", f"--snapshot={moment}", f"--file={target}")
        return _content(connection)


def _content(connection: sa.Connection) -> Content:
    rows = connection.exec_driver_sql(
        "SELECT t.tablename, c.data_type IN ('integer', 'bigint') FROM pg_tables t LEFT JOIN information_schema.columns c "
        "ON c.table_schema = t.schemaname AND c.table_name = t.tablename AND c.column_name = 'id' "
        "WHERE t.schemaname = current_schema() ORDER BY 1").all()
    return read_content([(name, bool(has_id)) for name, has_id in rows],
                        lambda statement: connection.exec_driver_sql(statement).scalar())


def content(database: str) -> Content:
    """What stands in another database of the same server."""
    engine = engine_for(database)
    try:
        with engine.connect() as connection:
            return _content(connection)
    finally:
        engine.dispose()


def engine_for(database: str, **options: str) -> sa.Engine:
    """A way into another database of the same server, without a pool."""
    return sa.create_engine(db.engine.url.set(database=database), poolclass=sa.NullPool, **options)


def own_name() -> str:
    """The name of our database."""
    return str(db.engine.url.database)


@contextmanager
def admin() -> Iterator[sa.Connection]:
    """A connection beside our database, for creating and renaming others. BackupProblem with what the server said when it refuses."""
    for name in ("postgres", "template1"):
        engine = engine_for(name, isolation_level="AUTOCOMMIT")
        try:
            connection = engine.connect()
        except sa.exc.OperationalError:
            continue
        with connection:
            try:
                yield connection
            except sa.exc.DBAPIError as error:
                reason = (str(error.orig).strip().splitlines() or [""])[0]
                raise BackupProblem(_("%(program)s failed: %(reason)s. Mend this and try again.", program="PostgreSQL",
                                      reason=reason[:300])) from error
        return
    raise BackupProblem(_("The account may not open the database postgres, which is needed to bring a backup back. "
                          "Let it connect there, or restore with pg_restore by hand."))


def may_create() -> bool:
    """Whether our account may make databases."""
    with db.engine.connect() as connection:
        return bool(connection.exec_driver_sql(
            "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user").scalar())


def create(prefix: str) -> str:
    """A new empty database; its name."""
    name = f"{own_name()[:30]}_{prefix}_{secrets.token_hex(4)}"
    with admin() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING \'UTF8\'')
    return name


def drop(name: str) -> None:
    """Remove a database that we made."""
    with admin() as connection:
        connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def drop_leftovers() -> None:
    """Remove databases of tests that were broken off; called when no other backup of ours runs."""
    pattern = re.compile(re.escape(own_name()[:30]) + r"_check_[0-9a-f]{8}")
    with admin() as connection:
        names = connection.exec_driver_sql("SELECT datname FROM pg_database").scalars().all()
    for name in names:
        if pattern.fullmatch(name):
            drop(name)


def load(dump_file: Path, database: str) -> Content:
    """Bring a dump into an empty database; its content."""
    run(program("pg_restore"), "--no-owner", "--no-privileges", "--exit-on-error", f"--dbname={database}", str(dump_file))
    return content(database)


def prove(path: Path) -> Content | None:
    """The content after bringing the dump into a database of its own; None when the account may make none, and the dump
    could only be listed.
    """
    if not may_create():
        try:
            run(program("pg_restore"), "--list", str(path))
        except BackupProblem as problem:
            raise Damaged(problem.message) from problem
        return None
    drop_leftovers()
    name = create("check")
    try:
        return load(path, name)
    finally:
        drop(name)
