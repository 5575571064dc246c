"""The data under measurement: made once for a size, kept, and used again while its fingerprint is the same."""

import datetime as dt
import hashlib
import itertools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from bench import rows

HERE = Path(__file__).resolve().parent
FILE = "voronka.sqlite3"
# in the order of the foreign keys; the columns stand in the generator's docstring
TABLES: tuple[tuple[str, Callable[[rows.World], rows.Rows]], ...] = (
    ("company", rows.companies), ("contact", rows.people), ("channel", rows.channels), ("deal", rows.deals),
    ("stage_visit", rows.visits), ("deal_line", rows.lines), ("deal_person", rows.others), ("deal_step", rows.done_steps),
    ("task", rows.tasks), ("document", rows.papers), ("plan", rows.plans))
BATCH = 5_000


def environment(folder: Path, url: str = "") -> dict[str, str]:
    """The settings of a program that works on `folder`."""
    return {"DATA_DIR": str(folder), "DATABASE_URL": url, "LOG_LEVEL": "WARNING", "SECRET_KEY": "", "BASE_URL": "",
            "SMTP_URL": "", "TRUSTED_PROXIES": "0", "LOCALE": "ru", "TIMEZONE": "Europe/Moscow",
            "PYTHONDONTWRITEBYTECODE": ""}  # users run compiled files


def make_app(folder: Path, url: str = "") -> Flask:
    """The program in this process."""
    os.environ.update(environment(folder, url))
    from crm import create_app

    return create_app()


def fingerprint() -> str:
    """Changes with the tables, with the code of the filling, and every week: the data are told from today."""
    digest = hashlib.sha256()
    for path in [*sorted((HERE.parent / "migrations" / "versions").glob("*.py")),
                 *(HERE / name for name in ("base.py", "fill.py", "rows.py", "words.py"))]:
        digest.update(path.read_bytes())
    digest.update(str(dt.date.today().isocalendar()[:2]).encode())
    return digest.hexdigest()[:16]


def kept(cache: Path, size: str) -> Path:
    """The data folder of a filled SQLite program of this size, filled now if need be."""
    folder, mark = cache / size, cache / size / "fingerprint"
    if mark.exists() and mark.read_text() == fingerprint():
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    fill(folder, rows.SIZES[size])
    mark.write_text(fingerprint())
    return folder


def fill(folder: Path, size: rows.Size) -> None:
    """A new SQLite database in `folder`, migrated and filled."""
    app = make_app(folder)
    from bench import base
    from crm.core import schema
    from crm.core.db import db

    with app.app_context():
        schema.upgrade()
        made = base.found()
        db.session.commit()
        db.engine.dispose()
    today = dt.datetime.now(ZoneInfo("Europe/Moscow")).date()
    world = rows.World(size, made, today)
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    for pragma in ("journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    indexes = _drop_indexes(connection)
    for name, generator in TABLES:
        _pour(connection, name, columns(generator), generator(world))
    _pour_facts(connection, world)
    connection.execute("INSERT OR REPLACE INTO number_series SELECT kind, series, max(number) FROM document GROUP BY 1, 2")
    for statement in indexes:
        connection.execute(statement)
    connection.execute(
        "UPDATE deal SET reached_id = (SELECT stage.id FROM stage_visit JOIN stage ON stage.id = stage_visit.stage_id "
        "WHERE stage_visit.deal_id = deal.id AND stage.kind = 'open' ORDER BY stage.position DESC LIMIT 1)")
    connection.execute("ANALYZE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()


def columns(generator: Callable[..., Any]) -> list[str]:
    """The names of what a generator yields."""
    return (generator.__doc__ or "").replace("\n", " ").replace(",", " ").split()


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Indexes are made after the rows; triggers, which keep them in step one by one, stay."""
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall()
    for name, _sql in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [sql for _name, sql in found]


def constants(table: str, given: Iterable[str]) -> dict[str, object]:
    """What the program itself would put into the other columns of a row."""
    from sqlalchemy.dialects import sqlite

    from crm.core.db import Base, utcnow

    dialect, found = sqlite.dialect(), {}
    for column in Base.metadata.tables[table].columns:
        if column.name in given or column.default is None or column.primary_key:
            continue
        default: Any = column.default
        value = default.arg if default.is_scalar else default.arg(None) if default.is_callable else utcnow()
        bind = column.type.dialect_impl(dialect).bind_processor(dialect)
        found[column.name] = bind(value) if bind else value
    return found


def _pour(connection: sqlite3.Connection, table: str, names: list[str], values: Iterable[tuple[object, ...]]) -> None:
    usual = constants(table, names)
    every = [*names, *usual]
    marks = ["?"] * len(names) + ["'" + str(value).replace("'", "''") + "'" if isinstance(value, str) else str(
        int(value) if isinstance(value, bool) else value) for value in usual.values()]
    sql = f'INSERT INTO "{table}" ({", ".join(f"{name!r}" for name in every)}) VALUES ({", ".join(marks)})'
    connection.execute("BEGIN")
    connection.executemany(sql, values)
    connection.execute("COMMIT")


def _pour_facts(connection: sqlite3.Connection, world: rows.World) -> None:
    connection.execute("BEGIN")
    for batch in _batches(rows.facts(world)):
        connection.executemany("INSERT INTO event (id, kind, at, actor_id, data) VALUES (?, ?, ?, ?, ?)",
                               (event for event, _links in batch))
        connection.executemany("INSERT INTO event_link (event_id, card, card_id) VALUES (?, ?, ?)",
                               (link for _event, links in batch for link in links))
    connection.execute("COMMIT")


def _batches(facts: Iterator[Any]) -> Iterator[tuple[Any, ...]]:
    while batch := tuple(itertools.islice(facts, BATCH)):
        yield batch


def read_marks(folder: Path) -> dict[str, Any]:
    """Which cards are measured: typical ones, the same in every size."""
    connection = sqlite3.connect(folder / FILE)

    def one(sql: str, *values: object) -> Any:
        return connection.execute(sql, values).fetchone()

    way = one("SELECT id FROM pipeline ORDER BY position, id")[0]
    stages = [row[0] for row in connection.execute(
        "SELECT id FROM stage WHERE pipeline_id = ? AND kind = 'open' ORDER BY position", (way,))]
    free = [row[0] for row in connection.execute(
        "SELECT id FROM stage WHERE pipeline_id = ? AND kind = 'open' AND requires = '[]' ORDER BY position", (way,))][:2]
    open_deals = [row[0] for row in connection.execute(
        "SELECT id FROM deal WHERE stage_id = ? AND status = 'open' ORDER BY rank LIMIT 60", (free[0],))]
    busy = one("SELECT card_id FROM event_link JOIN deal ON deal.id = card_id AND deal.status = 'open' WHERE card = 'deal' "
               "GROUP BY card_id ORDER BY abs(count(*) - 200), card_id")[0]
    company = one("SELECT company_id, min(contact_id), count(*) FROM deal WHERE company_id > 1 GROUP BY 1 "
                  "ORDER BY abs(count(*) - 4), 1")
    connection.close()
    return {"pipeline": way, "stages": stages, "free": free, "deals": open_deals, "busy": busy, "company": company[0],
            "contact": company[1]}
