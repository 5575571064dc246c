"""What stands in a database, in figures: enough to tell whether a restored one is the same."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Content:
    """Rows by table, the highest id by table, and the revision of the tables."""

    counts: dict[str, int]
    newest: dict[str, int]
    revision: str

    def difference(self, other: "Content") -> list[str]:
        """Names of tables in which the other one differs."""
        names = {*self.counts, *other.counts}
        return sorted(name for name in names if self.counts.get(name) != other.counts.get(name)
                      or self.newest.get(name) != other.newest.get(name))


def read_content(tables: Iterable[tuple[str, bool]], ask: Callable[[str], Any]) -> Content:
    """Count by `ask(statement) -> first value`; `tables` tells whether each has a numeric `id`."""
    counts, newest, revision = {}, {}, ""
    for table, has_id in tables:
        if table == "alembic_version":
            revision = ask("SELECT version_num FROM alembic_version") or ""  # what the dump itself says
            continue
        counts[table] = int(ask(f'SELECT count(*) FROM "{table}"'))  # noqa: S608 - names come from the database itself
        if has_id:
            newest[table] = int(ask(f'SELECT coalesce(max(id), 0) FROM "{table}"'))  # noqa: S608
    return Content(counts, newest, revision)
