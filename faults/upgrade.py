"""An upgrade that breaks off in the middle, two starts at once, and a second server on the same data."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import sqlalchemy as sa

from faults import books, unit
from faults.company import EMAILS, Company, company
from faults.people import Crowd
from faults.program import Program, command, free_port, until
from faults.row import Row

LATER = '''"""a version of tomorrow: a new table, every person in it, and a column on the table of people

Revision ID: 9999
Revises: {head}
"""

import os
import time

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.create_table("tomorrow", sa.Column("id", sa.Integer, primary_key=True), sa.Column("name", sa.String(200)))
    op.execute("INSERT INTO tomorrow (id, name) SELECT id, surname FROM contact")
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("tomorrow", sa.Integer, server_default="1", nullable=False))
        table.alter_column("source", existing_type=sa.String(100), type_=sa.String(150))
    if os.environ.get("BREAK_OFF"):
        open(os.environ["BREAK_OFF"], "w").close()
        time.sleep(600)
    op.create_index("ix_tomorrow_name", "tomorrow", ["name"])
'''


def tomorrow(place: Path, head: str) -> Path:
    """The program of tomorrow: today's with one more migration."""
    for name in ("crm", "migrations", "templates", "static", "translations", "doc_templates"):
        shutil.copytree(unit.ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("app.py", "pyproject.toml"):
        shutil.copy(unit.ROOT / name, place / name)
    (place / "migrations" / "versions" / "9999_tomorrow.py").write_text(LATER.format(head=head))
    return place


def state(made: Company) -> tuple[str, bool, int]:
    """The revision, whether the new table is there, and how many people there are."""
    engine = sa.create_engine(made.app.config["DATABASE_URL"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        people = connection.scalar(sa.text("SELECT count(*) FROM contact"))
        return str(revision), sa.inspect(engine).has_table("tomorrow"), int(people or 0)


def broken_off(kind: str, folder: Path, rounds: int) -> Row:
    """kill -9 in the middle of a migration: nothing has happened; today's program runs, and tomorrow's upgrade succeeds."""
    row = Row("upgrade broken off", kind)
    with tempfile.TemporaryDirectory() as copies, company(kind, folder) as made:
        with Program(made.folder, made.url) as program, Crowd(program.port, EMAILS[:2], made.stages) as crowd:
            until(lambda: len(crowd.ledger.entries) > 40, "some work")
        before, ledger = state(made), crowd.ledger
        place = tomorrow(Path(copies) / "app", before[0])
        for _ in range(rounds):
            mark = place / "in-the-middle"
            mark.unlink(missing_ok=True)
            process = subprocess.Popen([sys.executable, "app.py"], cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                       env={**program.env, "BREAK_OFF": str(mark)})
            until(mark.exists, "the middle of the migration")
            process.kill()
            process.wait()
            row.times += 1
            until(lambda: state(made) == before, "a database as it was before", 20)
            with Program(made.folder, made.url) as again:
                row.back.append(again.wait())
            row.add(books.check(made.app, ledger, quiet=True), "with today's program: ")
        two = [subprocess.Popen([sys.executable, "-m", "flask", "--app", "app", "db", "upgrade"], cwd=place, env=program.env,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
        said = [process.communicate(timeout=120)[0] for process in two]
        if [process.returncode for process in two] != [0, 0]:
            row.problems.append(f"two upgrades at once: {said}")
        after = state(made)
        if after != ("9999", True, before[2]):
            row.problems.append(f"after the upgrade: {after}, before: {before}")
        row.add(books.check(made.app, ledger, quiet=True), "after the upgrade: ")
        row.acknowledged = len(ledger.entries)
    return row


def second_server(folder: Path) -> Row:
    """A second server on one SQLite file is refused with a sentence; commands go on working beside the first, under load."""
    row = Row("second server on the same data", "sqlite")
    with company("sqlite", folder) as made:
        with Program(made.folder) as program, Crowd(program.port, EMAILS[:3], made.stages) as crowd:
            until(lambda: len(crowd.ledger.entries) > 10, "acknowledged writes before")
            second = subprocess.run([sys.executable, "app.py"], cwd=unit.ROOT, env={**program.env, "PORT": str(free_port())},
                                    capture_output=True, text=True, timeout=120, check=False)
            if second.returncode != 1 or "already running" not in second.stdout or "Traceback" in second.stderr:
                row.problems.append(f"the second server: {second.returncode} {second.stdout} {second.stderr[-300:]}")
            row.times = 1
            table = folder.parent / "people.csv"
            table.write_text("full name;phone\n" + "\n".join(f"Extra Person{number};+7902{number:07}" for number in range(300)))
            words = (("user", "create", "--email", "extra@example.com", "--name", "Extra", "--role", "manager", "--password",
                      "long enough for all"), ("user", "password", "--email", "extra@example.com", "--password", "another long one"),
                     ("import", "contacts", str(table)), ("db", "upgrade"))
            for one in words:
                done = command(made.folder, "", *one)
                if done.returncode:
                    row.problems.append(f"flask {' '.join(one[:2])}: {done.stdout[-200:]} {done.stderr[-300:]}")
            before = len(crowd.ledger.entries)
            until(lambda: len(crowd.ledger.entries) > before + 5, "work afterwards")
        row.acknowledged = len(crowd.ledger.entries)
        row.add(books.check(made.app, crowd.ledger, quiet=True))
        row.problems += crowd.ledger.refused
    return row


