"""The two databases behind one interface: take a snapshot, prove one, count what is in it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crm.backup.databases import postgres, sqlite
from crm.backup.databases.content import Content
from crm.core.db import db


@dataclass(frozen=True)
class Kind:
    """One sort of database; `dump` gives the revision with the content, `prove` says whether it could load it all."""

    name: str
    file: str
    dump: Callable[[Path], Content]
    prove: Callable[[Path], Content | None]
    options: dict[str, Any] = field(default_factory=dict)


KINDS = {
    "sqlite": Kind("sqlite", "database.sqlite3", sqlite.dump, sqlite.prove),
    "postgresql": Kind("postgresql", "database.dump", postgres.dump, postgres.prove),
}


def present() -> Kind:
    """The kind that the settings name."""
    return KINDS[db.engine.dialect.name]
