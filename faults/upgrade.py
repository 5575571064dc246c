"""An upgrade that breaks off in the middle, two starts at once, and a second server on the same data."""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

from faults import books, unit
from faults.company import EMAILS, Company, company
from faults.people import Crowd, Ledger
from faults.postgres import Cluster
from faults.program import Program, command, free_port, health, until
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
    sqlite = op.get_bind().dialect.name == "sqlite"  # which makes the table anew and drops its triggers
    triggers = op.get_bind().execute(sa.text(
        "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'contact'")).scalars().all() if sqlite else []
    with op.batch_alter_table("contact") as table:
        table.add_column(sa.Column("tomorrow", sa.Integer, server_default="1", nullable=False))
        table.alter_column("source", existing_type=sa.String(100), type_=sa.String(150))
    for trigger in triggers:
        op.execute(trigger)
    if os.environ.get("BREAK_OFF"):
        open(os.environ["BREAK_OFF"], "w").close()
        if os.environ.get("BREAK_IN") == "the server":
            op.execute("SELECT pg_sleep(600)")
        while not os.path.exists(os.environ["BREAK_OFF"] + ".go-on"):
            time.sleep(0.05)
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


def _looking(made: Company) -> sa.Engine:
    """A line of one's own that waits for no lock for long."""
    words = {"options": "-c lock_timeout=500"} if made.kind == "postgres" else {}
    return sa.create_engine(made.app.config["DATABASE_URL"], poolclass=sa.NullPool, connect_args=words)


def _locks(made: Company, which: str) -> bool:
    if made.kind != "postgres":
        return False
    with _looking(made).connect() as connection:
        return bool(connection.scalar(sa.text(
            f"SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE d.datname = current_database() AND {which}")))


def held(made: Company) -> bool:
    """Whether somebody holds the lock under which tables are changed."""
    return _locks(made, "locktype = 'advisory' AND objid = 704213")


def waiting(made: Company) -> bool:
    """Whether somebody waits for a lock."""
    return _locks(made, "NOT granted")


def state(made: Company) -> tuple[str, bool, int]:
    """The revision, whether the new table is there, and how many people there are; what is said while the tables are locked."""
    engine = _looking(made)
    try:
        return _state(engine)
    except sa.exc.OperationalError as error:
        return f"locked: {error.orig}", False, 0


def _state(engine: sa.Engine) -> tuple[str, bool, int]:
    with engine.connect() as connection:
        revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        people = connection.scalar(sa.text("SELECT count(*) FROM contact"))
        return str(revision), sa.inspect(engine).has_table("tomorrow"), int(people or 0)


PLACES = {"sqlite": ("the program",), "postgres": ("the program", "the server")}


def broken_off(kind: str, folder: Path, rounds: int, server: Cluster | None = None, *, small: bool = False) -> Row:
    """kill -9 in the middle of a migration: nothing has happened; today's program runs, and tomorrow's comes up. The small form goes
    straight from the worst break to tomorrow's.
    """
    row = Row("upgrade broken off", kind)
    with tempfile.TemporaryDirectory() as copies, company(kind, folder, server) as made:
        with Program(made.folder, made.url) as program, Crowd(program.port, EMAILS[:2], made.stages) as crowd:
            until(lambda: len(crowd.ledger.entries) > 20, "some work")
        before, ledger = state(made), crowd.ledger
        place = tomorrow(Path(copies) / "app", before[0])
        for turn in range(rounds):
            for where in PLACES[kind][-1:] if small else PLACES[kind]:
                _break(made, program, place / f"{turn} in {where}", where, row)
                row.add(books.check(made.app, ledger, quiet=True), f"broken off in {where}: ")
        if not small:
            with Program(made.folder, made.url) as today:
                row.back.append(today.wait())
            row.add(books.check(made.app, ledger, quiet=True), "with today's program: ")
        _two_at_once(made, program, place, row, ledger)
        after = state(made)
        if after[:2] != ("9999", True) or after[2] < before[2]:
            row.problems.append(f"after the upgrade: {after}, before: {before}")
        row.add(books.check(made.app, ledger, quiet=True), "after the upgrade: ")
        row.problems += ledger.refused
        row.acknowledged = len(ledger.entries)
    return row


def _break(made: Company, program: Program, mark: Path, where: str, row: Row) -> None:
    """kill -9 while the program works, or while it waits for a long statement of the server's."""
    before = state(made)
    process = _start(program, mark.parent, BREAK_OFF=str(mark), BREAK_IN=where)
    until(mark.exists, "the middle of the migration")
    time.sleep(0.3)  # the server has the statement by now
    process.kill()
    process.wait()
    row.times += 1
    try:
        row.back.append(until(lambda: state(made) == before and not held(made), f"what was broken off in {where} to be given up", 20))
    except TimeoutError as error:
        row.problems.append(str(error))


def _start(program: Program, place: Path, *words: str, **env: str) -> "subprocess.Popen[str]":
    """Tomorrow's program, or a command of it."""
    return subprocess.Popen([sys.executable, *(words or ("app.py",))], cwd=place, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            text=True, env={**program.env, **env})


def _two_at_once(made: Company, program: Program, place: Path, row: Row, ledger: Ledger) -> None:
    """While one start changes the tables, another one waits (on PostgreSQL that of another machine, with a data folder of its own)
    or is refused with a sentence; the command waits, too. Then people work with tomorrow's program.
    """
    other = made.folder if made.kind == "sqlite" else made.folder.parent / "another-machine"
    if other != made.folder:
        other.mkdir()
        (other / "files").symlink_to(made.folder / "files")  # machines share the folder of files
    mark, ports = place / "slowly", [free_port() for _ in range(2)]
    first = _start(program, place, PORT=str(ports[0]), BREAK_OFF=str(mark))
    until(mark.exists, "the middle of the migration")
    second = _start(program, place, PORT=str(ports[1]), DATA_DIR=str(other))
    beside = _start(program, place, "-m", "flask", "--app", "app", "db", "upgrade")
    try:
        if made.kind == "sqlite":
            told = second.communicate(timeout=60)[0]
            if second.returncode != 1 or "already running" not in told:
                row.problems.append(f"a second start beside an upgrade: {second.returncode} {told[-500:]}")
        else:
            until(lambda: waiting(made) or second.poll() is not None, "a second start that waits for the tables")
        waits = (beside.poll() is None, made.kind == "sqlite" or second.poll() is None)
        Path(f"{mark}.go-on").touch()
        if waits != (True, True) or beside.wait(60):
            row.problems.append(f"beside an upgrade the command and a second start wait: {waits}; {beside.communicate()[0][-500:]}")
        for port in ports[:1 if made.kind == "sqlite" else 2]:
            until(lambda port=port: health(port)[0] == 200, f"an answer of tomorrow's program on port {port}")
            more = len(ledger.entries) + 5
            with Crowd(port, EMAILS[:2], made.stages, ledger):
                until(lambda more=more: len(ledger.entries) > more, "work with tomorrow's program")
    finally:
        for process in (first, second, beside):
            process.terminate()
            process.communicate(timeout=30)
    if held(made):
        row.problems.append("the lock of upgrades is held by nobody's program")


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


