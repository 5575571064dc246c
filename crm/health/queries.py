"""Probes of the parts that belong to no single feature: database, jobs, disk, address; and the versions."""

import platform
import shutil
import sqlite3
import time
import tomllib
from pathlib import Path

import sqlalchemy as sa
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.core import jobs, schema
from crm.core.db import db, utcnow
from crm.core.health import BAD, GOOD, WARN, State

ROOT = Path(__file__).resolve().parents[2]
SLOW_MS = 250
LOW_SPACE, NO_SPACE = 2 * 1024**3, 300 * 1024**2
LATE_MINUTES = 15
MEGABYTE = 1024**2


def database() -> State:
    """Whether it answers quickly, what it is and how large it has grown."""
    started = time.perf_counter()
    db.session.execute(sa.text("SELECT 1"))
    took = (time.perf_counter() - started) * 1000
    if schema.current() != schema.head():
        return State(BAD, _("The tables belong to another version of the program."),
                     _("Stop the program and start it again: it brings the tables up to date."))
    what = _("%(name)s answers in %(ms)d ms; the base takes %(mb)d MB.", name=database_name(), ms=round(took),
             mb=_database_bytes() // MEGABYTE)
    if took > SLOW_MS:
        return State(WARN, what, _("That is slow. Look at what else this server is doing."))
    return State(GOOD, what)


def database_name() -> str:
    """SQLite or PostgreSQL with its version."""
    if db.engine.dialect.name == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    return f"PostgreSQL {db.session.scalar(sa.text('SHOW server_version'))}".split(" (")[0]


def _database_bytes() -> int:
    if db.engine.dialect.name == "sqlite":
        file = db.engine.url.database or ""
        return sum(path.stat().st_size for path in (Path(file), Path(f"{file}-wal")) if path.exists())
    return int(db.session.scalar(sa.text("SELECT pg_database_size(current_database())")) or 0)


def job_queue() -> State:
    """Whether work after the requests gets done."""
    late = utcnow() - jobs.dt.timedelta(minutes=LATE_MINUTES)
    waits = jobs.Job.attempts < jobs.MAX_ATTEMPTS
    overdue = db.session.scalar(sa.select(sa.func.count()).select_from(jobs.Job).where(jobs.Job.run_at < late, waits)) or 0
    failed = len(given_up())
    if not current_app.testing and not jobs.alive(current_app):
        return State(BAD, _("Work in the background has stopped: letters, PDF files and backups wait."),
                     _("Restart the program. If it stops again, send the log to whoever looks after the server."))
    if failed:
        return State(BAD, ngettext("%(num)d job failed again and again.", "%(num)d jobs failed again and again.", failed),
                     _("Read the reason below, mend it and press “Try again”."))
    if overdue:
        return State(WARN, ngettext("%(num)d job is late.", "%(num)d jobs are late.", overdue),
                     _("The server is busy. If this stays for an hour, restart the program."))
    return State(GOOD, _("Work in the background is done on time."))


def given_up() -> list[jobs.Job]:
    """Jobs that failed as often as a job may, oldest first."""
    tried = sa.select(jobs.Job).where(jobs.Job.attempts >= jobs.MAX_ATTEMPTS).order_by(jobs.Job.id).limit(50)
    return list(db.session.scalars(tried))


def disk() -> State:
    """Room where the data lie."""
    space = shutil.disk_usage(current_app.config["DATA_DIR"])
    sentence = _("%(free)s GB of %(all)s GB are free.", free=space.free // 1024**3, all=space.total // 1024**3)
    if space.free < NO_SPACE:
        return State(BAD, sentence, _("Free some room now: without it nothing can be saved."))
    if space.free < LOW_SPACE:
        return State(WARN, sentence, _("Free some room soon, or move old backups elsewhere."))
    return State(GOOD, sentence)


def address() -> State:
    """Whether people come in over an encrypted line under a set name."""
    base = current_app.config["BASE_URL"]
    if base.startswith("https://"):
        return State(GOOD, _("People come in by %(address)s, encrypted.", address=base))
    if base:
        return State(WARN, _("People come in by %(address)s, not encrypted.", address=base),
                     _("On the internet put the program behind https: README shows how."))
    if current_app.config["HOST"] in ("127.0.0.1", "::1", "localhost"):
        return State(GOOD, _("The program answers on this computer only."))
    return State(WARN, _("The address for links in letters is not set."),
                 _("Set BASE_URL to the address that people type."))


def versions() -> list[tuple[str, str]]:
    """What is running, for a message to whoever looks after the server."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return [("Voronka", version), (_("Tables"), str(schema.current())), (_("Database"), database_name()),
            ("Python", platform.python_version())]
