"""A real PostgreSQL that syncs every commit to the disk, on a port of its own, to be restarted and killed."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from faults.program import free_port
from tests.postgres import system_programs

OPTIONS = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on -c max_connections=100 -c wal_level=minimal -c max_wal_senders=0"


@dataclass
class Cluster:
    """One server; its data lie in `root`/data."""

    root: Path
    port: int
    programs: str
    borrowed: bool = False

    @classmethod
    def start(cls, root: Path | None = None) -> "Cluster":
        """A fresh one; in `root` when it is given (a small disk). LookupError where PostgreSQL is not installed."""
        made = cls(root or Path(tempfile.mkdtemp(prefix="pgf")), free_port(), system_programs(), root is not None)
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(made.root, "postgres", "postgres")
        made.run("initdb", "-D", f"{made.root}/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        made.up()
        return made

    def run(self, program: str, *words: str) -> None:
        """One of PostgreSQL's own programs, as its own user."""
        user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run([*user, f"{self.programs}/{program}", *words], check=True, cwd=self.root, timeout=120,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def up(self) -> None:
        """Start it and wait until it takes connections. After a kill it may find its own memory in use for a moment; and one that
        seemed dead may only have been busy with coming back by itself.
        """
        for tries in range(20, -1, -1):
            try:
                self.run("pg_ctl", "-D", f"{self.root}/data", "-w", "-t", "90", "-l", f"{self.root}/log",
                         "-o", f"-k {self.root} -h 127.0.0.1 -p {self.port} {OPTIONS}", "start")
            except subprocess.CalledProcessError:
                if self.lives():
                    return
                if not tries:
                    raise
                time.sleep(0.5)
            else:
                return

    def lives(self) -> bool:
        """Whether it takes connections."""
        try:
            self.run("pg_isready", "-h", "127.0.0.1", "-p", str(self.port))
        except subprocess.CalledProcessError:
            return False
        return True

    def down(self, mode: str = "fast") -> None:
        """End it: smart, fast, or immediate like a power cut."""
        self.run("pg_ctl", "-D", f"{self.root}/data", "-m", mode, "-w", "stop")

    def kill(self) -> None:
        """kill -9 of the postmaster and all of its processes."""
        main = int((self.root / "data" / "postmaster.pid").read_text().split()[0])
        children = [int(word) for path in Path(f"/proc/{main}/task").glob("*/children") for word in path.read_text().split()]
        for pid in (main, *children):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        while Path(f"/proc/{main}").exists() and "Z" not in Path(f"/proc/{main}/stat").read_text().split()[2]:
            time.sleep(0.02)

    def url(self, name: str = "postgres", port: int = 0) -> str:
        """The address of a database; `port` leads through a proxy."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{port or self.port}/{name}"

    def create(self, name: str) -> str:
        """A new, empty database."""
        self.sql(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def sql(self, text: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """One statement outside of a transaction."""
        engine = sa.create_engine(self.url(name), isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            result = connection.execute(sa.text(text))
            return [tuple(row) for row in result] if result.returns_rows else []

    def stop(self) -> None:
        """End it and remove what it kept."""
        try:
            self.down("immediate")
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            pass
        if not self.borrowed:
            shutil.rmtree(self.root, ignore_errors=True)
