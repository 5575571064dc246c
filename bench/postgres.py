"""A real PostgreSQL server for the bench: it syncs, as a user's does. BENCH_DATABASE_URL, else the system's programs."""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bench import fill
from bench.server import family

OPTIONS = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=60 -h ''"


@contextmanager
def running(cache: Path) -> Iterator[str]:
    """The address of the server's main database; its cluster is kept in the cache."""
    if os.environ.get("BENCH_DATABASE_URL"):
        yield os.environ["BENCH_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    programs = found[-1] if found else Path(shutil.which("initdb") or "").parent
    if not (programs / "initdb").exists():
        raise SystemExit("No PostgreSQL here: install the package postgresql, set BENCH_DATABASE_URL, or take DB=sqlite")
    cluster = cache / "postgres"
    user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        user = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    if not (cluster / "PG_VERSION").exists():
        cluster.mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(cluster, "postgres")
        run(f"{programs}/initdb", "-D", str(cluster), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    with tempfile.TemporaryDirectory(prefix="pg") as sockets:  # short: a socket's path has 107 bytes at most
        Path(sockets).chmod(0o777)
        run(f"{programs}/pg_ctl", "-D", str(cluster), "-w", "-l", str(cluster / "log"), "-o", f"-k {sockets} {OPTIONS}", "start")
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={sockets}"
        finally:
            run(f"{programs}/pg_ctl", "-D", str(cluster), "-m", "fast", "stop")


def plain(url: str) -> str:
    """The address as the program takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def _admin(url: str) -> sa.Engine:
    return sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)


def named(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return sa.make_url(url).set(database=database).render_as_string(hide_password=False)


def kept(url: str, size: str, folder: Path) -> str:
    """The name of the filled database of this size, copied now from the SQLite one in `folder` if need be."""
    name, mark = f"voronka_bench_{size}", folder / "postgres"
    known = f"{fill.fingerprint()} {url if os.environ.get('BENCH_DATABASE_URL') else ''}"
    with _admin(url).connect() as connection:
        exists = connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
        if exists and mark.exists() and mark.read_text() == known:
            return name
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
    app = fill.make_app(folder, plain(named(url, name)))
    from crm.core import schema
    from crm.core.db import Base, db

    with app.app_context():
        schema.upgrade()
        db.engine.dispose()
    _copy(folder / fill.FILE, named(url, name), [table.name for table in Base.metadata.sorted_tables])
    mark.write_text(known)
    return name


def _copy(source: Path, url: str, tables: list[str]) -> None:
    """Every row, then the indexes, the sequences and the statistics that a day of autovacuum would have brought."""
    import psycopg

    lite = sqlite3.connect(source)
    with psycopg.connect(plain(url), autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        indexes = connection.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint)").fetchall()
        for name, _sql in indexes:
            connection.execute(f'DROP INDEX "{name}"')
        for table in tables:
            rows = lite.execute(f'SELECT * FROM "{table}"')
            names = ", ".join(f'"{column[0]}"' for column in rows.description)
            with connection.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        for _name, sql in indexes:
            connection.execute(sql)
        for table, column in connection.execute(
                "SELECT table_name, column_name FROM information_schema.columns "
                "WHERE table_schema = 'public' AND column_default LIKE 'nextval%'").fetchall():
            connection.execute(
                f"""SELECT setval(pg_get_serial_sequence('"{table}"', '{column}'), coalesce(max("{column}"), 1)) FROM "{table}" """)
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


@contextmanager
def copy_of(url: str, name: str) -> Iterator[str]:
    """A database to work on, made from the filled one and dropped afterwards."""
    work = f"{name}_run"
    with _admin(url).connect() as connection:
        connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{work}" WITH (FORCE)'))
        connection.execute(sa.text(f'CREATE DATABASE "{work}" TEMPLATE "{name}" STRATEGY file_copy'))
        connection.execute(sa.text("CHECKPOINT"))
    try:
        yield named(url, work)
    finally:
        with _admin(url).connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{work}" WITH (FORCE)'))


def backends(cache: Path) -> list[int]:
    """The processes of our server that answer the program; empty when the server is somebody else's."""
    mark = cache / "postgres" / "postmaster.pid"
    if os.environ.get("BENCH_DATABASE_URL") or not mark.exists():
        return []
    children = family(int(mark.read_text().split()[0]))
    return [pid for pid in children if b"_run [local]" in Path(f"/proc/{pid}/cmdline").read_bytes()]
