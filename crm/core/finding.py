"""Search in folded texts. LIKE decides what is found; an index says where to look, so that a rare word reads few rows.

The index is the migrations' (0011). SQLite: a table `search_<table>` of the three-letter pieces of `search_text`, kept by
triggers in the writer's own transaction. PostgreSQL: pg_trgm's, which LIKE uses by itself, but not beside a list's own order.
Without one, with words of one or two letters and with words that stand in very many rows, all rows are read in their order, as
they are without an index.
"""

import sqlite3
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from flask import current_app, g

from crm.core.db import db
from crm.core.text import asked_words, words_filter

INDEXED = ("contact", "company", "deal", "document")
FEW = 8000  # rows that are sooner picked and sorted than met in a list's own order,
SHARE = 20  # as are those of a large table up to the twentieth part of it: all of one name may stand far down in the order
PLAIN = str.maketrans({sign: "\\" + sign for sign in "\\%_"})  # letters that LIKE would take for signs
MOST_PIECES = 30  # of one word: enough to be as good as alone


def matching(column: Any, query: str) -> list[sa.ColumnElement[bool]]:
    """Every word of the query occurs in the folded column, see `core/text.words_filter`."""
    found = words_filter(column, query)
    if db.engine.dialect.name == "postgresql":
        return [*found, *_picked_by_trigrams(column, query)]
    pieces = " AND ".join(filter(None, (_pieces(choices) for choices in asked_words(query))))
    table = _indexed(column)
    if table is not None and pieces and _few(table.name, pieces):
        found.append(table.c.id.in_(_rows(table.name, pieces)))
    return found


def _picked_by_trigrams(column: Any, query: str) -> list[sa.ColumnElement[bool]]:
    """PostgreSQL takes rows of one word to be spread evenly over the list's order and walks along it, though all of one surname
    stand together, far down. An array holds it back from that: it must be made before the rows are read.
    """
    table, parts = _searched(column), [part for choices in asked_words(query) if _pieces(choices) for part in choices[0]]
    if table is None or not parts or not _few(table.name, max(parts, key=len)):
        return []
    row = _beside(table)
    return [table.c.id == sa.any_(sa.func.array(sa.select(row.c.id).where(*words_filter(row.c.search_text, query)).scalar_subquery()))]


def near_around(column: Any, around: Mapping[str, Any], query: str) -> list[sa.ColumnElement[bool]]:
    """Where rows may be whose own text or that of what they lead to holds the words; a condition to add to the true one.

    `around`: the text at the other end of each foreign key of the column's table.
    """
    if db.engine.dialect.name == "postgresql":
        return _near_by_trigrams(column, around, query)
    table, others = _indexed(column), {key: _indexed(text) for key, text in around.items()}
    if table is None or None in others.values():
        return []
    for pieces in filter(None, (_pieces(choices) for choices in asked_words(query))):
        names = {key: other.name for key, other in others.items() if other is not None}
        if all(_few(name, pieces) for name in (table.name, *names.values())):
            row = _beside(table)
            return [table.c.id.in_(sa.union_all(_rows(table.name, pieces), *(
                sa.select(row.c.id).where(row.c[key].in_(_rows(name, pieces))) for key, name in names.items())))]
    return []


def _near_by_trigrams(column: Any, around: Mapping[str, Any], query: str) -> list[sa.ColumnElement[bool]]:
    """PostgreSQL has an index for each of the texts, and none for "one of them": each is asked by itself."""
    table, others = _searched(column), {key: _searched(text) for key, text in around.items()}
    place = next((at for at, choices in enumerate(asked_words(query)) if _pieces(choices)), None)
    if table is None or None in others.values() or place is None:
        return []
    row = _beside(table)
    ways = [sa.select(row.c.id).where(words_filter(row.c.search_text, query)[place])]
    for key, other in others.items():
        near = _beside(other)
        ways.append(sa.select(row.c.id).join(near, near.c.id == row.c[key]).where(words_filter(near.c.search_text, query)[place]))
    return [table.c.id.in_(sa.union_all(*ways))]


def unequal() -> list[str]:
    """Tables whose index is not equal to them, for the books; asked within `db.reading`, for SQLite wants its write lock."""
    if not _there():
        return []
    return [name for name in INDEXED if not _equal(name)]


def _equal(name: str) -> bool:
    raw = db.engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("BEGIN IMMEDIATE")  # at once: the index reads before it would ask for the lock, and is refused then
        try:
            cursor.execute(f"INSERT INTO search_{name} (search_{name}, rank) VALUES ('integrity-check', 1)")  # noqa: S608 - our own names
        except sqlite3.OperationalError as error:
            if "full" not in str(error):  # a full disk has no room to ask in; it is asked again when there is
                raise
        except sqlite3.DatabaseError as error:
            if "malformed" not in str(error):
                raise
            return False
        finally:
            cursor.execute("ROLLBACK")
    finally:
        raw.close()
    return True


def _there() -> bool:
    """Whether this SQLite has the index; asked once."""
    known: dict[str, bool] = current_app.extensions.setdefault("finding", {})
    if "there" not in known:
        known["there"] = db.engine.dialect.name == "sqlite" and db.session.scalar(
            sa.text("SELECT count(*) FROM sqlite_master WHERE name = 'search_contact'")) == 1
    return known["there"]


def _indexed(column: Any) -> sa.Table | None:
    """The table of a column that has an index of ours; None for what is put together of several."""
    table = _searched(column)
    return table if table is not None and _there() else None


def _searched(column: Any) -> sa.Table | None:
    """The table whose `search_text` this is."""
    plain = column.expression
    table = plain.table if isinstance(plain, sa.Column) else None
    return table if isinstance(table, sa.Table) and table.name in INDEXED and plain.name == "search_text" else None


def _pieces(choices: list[list[str]]) -> str:
    """What one word asks of the index; '' when it may stand where the index does not know of it."""
    ways = []
    for parts in choices:
        pieces = [part[at:at + 3] for part in parts for at in range(min(len(part) - 2, MOST_PIECES)) if "\0" not in part]
        if not pieces:
            return ""
        ways.append(" AND ".join('"' + piece.replace('"', '""') + '"' for piece in dict.fromkeys(pieces)))
    return f"(({') OR ('.join(ways)}))"


@lru_cache
def _index(name: str) -> tuple[Any, Any, Any]:
    """The index of a table, its rowid and what MATCH is asked of; made once, as making costs more than asking."""
    return (sa.table(f"search_{name}"), sa.literal_column("rowid", sa.Integer), sa.literal_column(f"search_{name}", sa.String))


@lru_cache
def _beside(table: sa.Table) -> Any:
    """The table a second time in one statement."""
    return table.alias()


def _rows(name: str, pieces: Any) -> sa.Select[Any]:
    index, rowid, match = _index(name)
    return sa.select(rowid).select_from(index).where(match.op("MATCH")(pieces))


@lru_cache
def _counted(name: str) -> Any:
    """How many rows hold `pieces`, as far as `most`."""
    found = _rows(name, sa.bindparam("pieces", type_=sa.String)).limit(sa.bindparam("most", type_=sa.Integer))
    return sa.select(sa.func.count()).select_from(found.subquery())


def _few(name: str, pieces: str) -> bool:
    """Asked once a request: the search over everything looks into some tables twice."""
    known: dict[tuple[str, str], bool] = g.setdefault("found_few", {})
    if (name, pieces) not in known:
        known[name, pieces] = _count_few(name, pieces)
    return known[name, pieces]


def _count_few(name: str, pieces: str) -> bool:
    at_most = _at_most_estimated(name, pieces) if db.engine.dialect.name == "postgresql" else _at_most_counted(name, pieces)
    if at_most(FEW):
        return True
    many = (db.session.scalar(sa.select(sa.func.max(sa.column("id"))).select_from(sa.table(name))) or 0) // SHARE
    return many > FEW and at_most(many)


def _at_most_counted(name: str, pieces: str) -> Callable[[int], bool]:
    """Whether so many rows hold the pieces, or fewer: counted in SQLite's index, as far as asked."""
    return lambda most: (db.session.scalar(_counted(name), {"pieces": pieces, "most": most + 1}) or 0) <= most


def _at_most_estimated(name: str, part: str) -> Callable[[int], bool]:
    """Whether PostgreSQL thinks that so many rows hold these letters, or fewer: by its statistics, no row is read."""
    explained = sa.text(f"EXPLAIN (FORMAT JSON) SELECT FROM {name} WHERE search_text LIKE :part")
    told = db.session.scalar(explained, {"part": f"%{part.translate(PLAIN)}%"})
    return lambda most: bool(told[0]["Plan"]["Plan Rows"] <= most)
