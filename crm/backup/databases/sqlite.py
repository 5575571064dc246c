"""Snapshots of SQLite by its online backup: writers go on, nothing is held in memory."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask_babel import gettext as _

from crm.backup.databases.content import Content, read_content
from crm.backup.problems import BackupProblem, Damaged
from crm.core.db import db

PAGES = 2000  # a step of the copying; between steps other threads get their turn


def database_path() -> Path:
    """The file of the database in the settings."""
    return Path(db.engine.url.database or "").absolute()


def dump(target: Path) -> Content:
    """Copy the database as it is at this moment into a new file."""
    source = sqlite3.connect(f"file:{database_path()}?mode=ro", uri=True, isolation_level=None)
    copy = sqlite3.connect(target, isolation_level=None)
    try:
        copy.execute("PRAGMA synchronous=OFF")  # a working file; the archive made of it is synced
        source.execute("PRAGMA busy_timeout=5000")
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # holds the moment: later writes do not restart the copy
        source.backup(copy, pages=PAGES, sleep=0)
    except sqlite3.OperationalError as error:
        raise BackupProblem(_("The copy of the database cannot be written: %(reason)s. Free some room in the data folder "
                              "and try again.", reason=str(error))) from error
    except sqlite3.DatabaseError as error:
        raise Damaged(_("The database itself is damaged: %(reason)s. Restore the last good backup.", reason=str(error))) from error
    finally:
        copy.close()
        source.close()
    return content(target)


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, isolation_level=None)
    try:
        yield connection
    except sqlite3.DatabaseError as error:
        raise Damaged(_("The database in the backup is damaged: %(reason)s. Take another backup.", reason=str(error))) from error
    finally:
        connection.close()


def content(path: Path) -> Content:
    """What stands in a file that nobody writes to."""
    with _reading(path) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name")]
        tables = []
        for name in names:
            columns = {row[1]: row[2].upper() for row in connection.execute(f'PRAGMA table_info("{name}")')}
            tables.append((name, columns.get("id", "") in ("INTEGER", "BIGINT")))
        return read_content(tables, lambda statement: connection.execute(statement).fetchone()[0])


def prove(path: Path) -> Content:
    """The content of a restored file whose every page, index and reference is whole; Damaged names the fault."""
    with _reading(path) as connection:
        faults = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if faults != ["ok"]:
            raise Damaged(_("The database in the backup is damaged: %(reason)s. Take another backup.", reason=faults[0]))
        loose = connection.execute("PRAGMA foreign_key_check").fetchone()
        if loose:
            raise Damaged(_("The database in the backup is damaged: %(reason)s. Take another backup.",
                            reason=f"{loose[0]} -> {loose[2]}"))
    return content(path)
