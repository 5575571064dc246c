"""Bring a kept backup back: proven and migrated aside first, then put in place in one step; what was there is kept.

Whenever it is broken off, the database is the whole old one or the whole new one. Files are only added, since their names
are their content.
"""

import contextlib
import itertools
import os
import secrets
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _

from crm.backup import archive, checking, finding, places, sealing
from crm.backup.archive import Manifest
from crm.backup.databases import postgres, present, sqlite
from crm.backup.events import RESTORED
from crm.backup.places import Place
from crm.backup.places.folder import copy_whole, fsync_folder
from crm.backup.problems import BackupProblem, Damaged, from_os
from crm.backup.workroom import data_folder, workroom
from crm.core import files, journal, lock, schema
from crm.core.db import db, prepare_sqlite, utcnow

LET_GO = 3.0  # seconds in which a server notices that a connection is gone
Say = Callable[[str], None]
UNFINISHED = ("DELETE FROM job WHERE kind = 'backup.make'",
              "DELETE FROM backup WHERE status IN ('waiting', 'running')",  # the backup itself was on its way when it was made
              "DELETE FROM user_session", "DELETE FROM password_reset",  # whom one has shut out since would be in again
              'UPDATE "user" SET invite_hash = NULL, invite_until = NULL')


@dataclass(frozen=True)
class Restored:
    """What came back, from when, and where the former database was put ("" when there was none). `missing`: digests of files that are
    nowhere any more.

    `place`, `size` in bytes and `why` are of the backup; a continuous copy has none.
    """

    name: str
    made_at: str
    counts: dict[str, int]
    files: int
    aside: str
    place: str = ""
    size: int = 0
    why: str = ""
    missing: tuple[str, ...] = ()


@contextmanager
def alone() -> Iterator[None]:
    """Nobody serves these data while the block runs; BackupProblem when somebody does."""
    held = lock.hold(data_folder())
    if held is None:
        raise BackupProblem(_("Voronka is running on these data. Stop it first, then restore."))
    with held:
        yield


def restore(choice: str, say: Say) -> Restored:
    """Bring back the backup named by `choice` (see finding.find)."""
    try:
        with alone(), workroom() as work:
            found, manifest, dump = _read(finding.find(choice, work, say), work, say)
            say(_("Proving the database ..."))
            put, missing = _put_postgres if present().name == "postgresql" else _put_sqlite, list[str]()
            aside = put(manifest, dump, lambda: missing.extend(bring_files(found.place, manifest, work, say)))
    except OSError as error:
        raise from_os(error, str(error.filename or data_folder())) from error
    journal.note(RESTORED, actor_id=None, backup=found.name)
    return Restored(found.name, manifest.made_at, manifest.content.counts, len(manifest.files), aside, found.place.label, found.size,
                    manifest.why, tuple(missing))


def _read(kept: list[finding.Found], work: Path, say: Say) -> tuple[finding.Found, Manifest, Path]:
    """The first of these that is whole, with its manifest and database; what is damaged is said."""
    for place, found in enumerate(kept, 1):
        say(_("Reading %(name)s from %(where)s ...", name=found.name, where=found.place.label))
        try:
            manifest, dump = archive.read(checking.borrow(found.place, found.name, work), work, current_app.config["BACKUP_KEY"])
            refuse_newer(manifest.content.revision)
        except Damaged as problem:
            if place == len(kept):
                raise
            say(problem.message)
        else:
            return found, manifest, dump
    raise AssertionError


def refuse_newer(revision: str) -> None:
    """BackupProblem when this program does not know these tables."""
    if not revision:
        raise Damaged(_("This backup holds an empty database. Take another backup."))
    if not schema.knows(revision):
        raise BackupProblem(_("This backup was made by a newer version of Voronka (tables %(revision)s). Install that version "
                              "first.", revision=revision))


def bring_files(place: Place, manifest: Manifest, work: Path, say: Say) -> list[str]:
    """Every file of the backup that is missing or damaged here, from this place or any other that has it; the digests of those that
    none has: one lost file must not keep all the rest away.
    """
    missing = [(digest, name) for digest, _size, name in manifest.files if not _is_here(digest)]
    if missing:
        say(_("Bringing files: %(count)d ...", count=len(missing)))
    others = [other for other in places.all_places() if other.label != place.label]
    return [digest for digest, name in missing if not any(_brought(one, digest, name, work) for one in (place, *others))]


def _brought(place: Place, digest: str, name: str, work: Path) -> bool:
    """Whether this place had the file whole."""
    plain = work / "plain"
    try:
        with checking.borrow(place, archive.stored_path(name), work).open("rb") as file, plain.open("wb") as out:
            reader, _key = sealing.unsealed(file, current_app.config["BACKUP_KEY"])
            shutil.copyfileobj(reader, out, sealing.CHUNK)
    except BackupProblem:  # not there, cut off, sealed by another key, or the place is away
        return False
    if archive.digest_of(plain) != digest:
        return False
    copy_whole(plain, files.folder() / digest[:2] / digest)
    return True


def _is_here(digest: str) -> bool:
    path = files.folder() / digest[:2] / digest
    return path.exists() and archive.digest_of(path) == digest


def migrate(engine: sa.Engine) -> None:
    """Bring a restored database to the present tables."""
    schema.upgrade(engine)
    with engine.begin() as connection:
        for statement in UNFINISHED:
            connection.exec_driver_sql(statement)
    engine.dispose()


def _put_sqlite(manifest: Manifest, dump: Path, bring: Callable[[], None]) -> str:
    checking.prove(manifest, dump)
    bring()
    return put_sqlite_file(dump)


def put_sqlite_file(whole: Path) -> str:
    """Put a proven SQLite file in place of the database; where the former one is kept."""
    target = sqlite.database_path()
    target.parent.mkdir(parents=True, exist_ok=True)
    candidate = target.with_name(f"{target.name}.restored")
    for leftover in (candidate, *_beside(candidate)):
        leftover.unlink(missing_ok=True)
    copy_whole(whole, candidate)
    engine = sa.create_engine(f"sqlite:///{candidate}", poolclass=sa.NullPool)
    prepare_sqlite(engine)
    migrate(engine)
    sqlite.prove(candidate)
    with candidate.open("rb") as file:
        os.fsync(file.fileno())
    db.session.remove()
    db.engine.dispose()
    aside = _keep_aside(target)
    candidate.replace(target)
    fsync_folder(target.parent)
    return aside


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + ending) for ending in ("-wal", "-shm")]


def _keep_aside(target: Path) -> str:
    """A second name for the former database in a folder of its own, its log written back first; that folder."""
    if not target.exists() or not _write_back(target):
        return ""
    folder = _new_folder(f"before-restore-{utcnow():%Y%m%dT%H%M%SZ}")
    for path in (target, *_beside(target)):
        if path.exists():
            try:
                os.link(path, folder / path.name)
            except OSError:  # another disk, or one without links
                copy_whole(path, folder / path.name)
            (folder / path.name).chmod(0o600)  # whatever the program's account was set to when it was made
    fsync_folder(folder)
    for path in _beside(target):  # only of a database that could not be opened: the log must not meet the new file
        path.unlink(missing_ok=True)
    return str(folder)


def _new_folder(name: str) -> Path:
    """A folder of this name in the data folder, numbered when there is one: clocks are set back, and two restores fit into a second."""
    for number in itertools.count(1):
        folder = data_folder() / (name if number == 1 else f"{name}-{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            return folder
    raise AssertionError


def _write_back(target: Path) -> bool:
    """Whether there is anything to keep. Afterwards the file holds everything and nobody has it open; one that cannot be read
    stays as it is.
    """
    connection = sqlite3.connect(target, timeout=3, isolation_level=None)
    try:
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute("BEGIN EXCLUSIVE")
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    except sqlite3.OperationalError as error:
        raise BackupProblem(_("Another program has the database open. Stop it first, then restore.")) from error
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.close()


def _put_postgres(manifest: Manifest, dump: Path, bring: Callable[[], None]) -> str:
    if manifest.database != present().name:
        checking.prove(manifest, dump)  # says which setting is wrong
    if not postgres.may_create():
        raise BackupProblem(_("The database account may not create databases. Let it (ALTER ROLE … CREATEDB), then restore again."))
    made = postgres.create("restored")
    try:
        if others := manifest.content.difference(postgres.load(dump, made)):
            raise Damaged(_("The restored database differs from the original in: %(tables)s. Make another backup.",
                            tables=", ".join(others[:5])))
        bring()
        migrate(postgres.engine_for(made))
        return _swap(made)
    except BaseException:
        postgres.drop(made)
        raise


def _others(connection: sa.Connection, own: str) -> bool:
    """Whether another program has the database open. Our own connections have just been let go: the server may take a moment
    to see it. What tidies up there for the server itself (autovacuum) gives way.
    """
    deadline = time.monotonic() + LET_GO
    while True:
        others = connection.exec_driver_sql(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %(own)s AND backend_type = 'client backend'", {"own": own}).scalar()
        if not others or time.monotonic() > deadline:
            return bool(others)
        time.sleep(0.1)


def _swap(made: str) -> str:
    """Both names change in one transaction; the name of the former database."""
    own = postgres.own_name()
    aside = f"{own[:30]}_before_{utcnow():%Y%m%dt%H%M%Sz}_{secrets.token_hex(2)}".lower()  # two restores fit into a second
    db.session.remove()
    db.engine.dispose()
    with postgres.admin() as connection:
        if _others(connection, own):
            raise BackupProblem(_("Another program has the database open. Stop it first, then restore."))
        connection.exec_driver_sql(
            f'BEGIN; ALTER DATABASE "{own}" RENAME TO "{aside}"; ALTER DATABASE "{made}" RENAME TO "{own}"; COMMIT')
    return aside
