"""search finds a rare word without reading every row

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("contact", "company", "deal", "document")
DROP = "INSERT INTO search_{0} (search_{0}, rowid, search_text) VALUES ('delete', old.id, old.search_text);"
ADD = "INSERT INTO search_{0} (rowid, search_text) VALUES (new.id, new.search_text);"
TRIGGERS = {
    "added": f"AFTER INSERT ON {{0}} BEGIN {ADD} END",
    "removed": f"AFTER DELETE ON {{0}} BEGIN {DROP} END",
    "changed": f"AFTER UPDATE OF id, search_text ON {{0}} WHEN old.search_text IS NOT new.search_text OR old.id <> new.id "
               f"BEGIN {DROP} {ADD} END",
}


def upgrade() -> None:
    """An index is a help, not a need: where the database has no such kind of index, search reads all rows as before."""
    try:
        with op.get_bind().begin_nested():
            _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgres()
    except sa.exc.DBAPIError as error:
        if not any(word in str(error.orig) for word in ("pg_trgm", "fts5", "tokenizer", "gin_trgm_ops")):
            raise


def _sqlite() -> None:
    for name in TABLES:
        op.execute(f"CREATE VIRTUAL TABLE search_{name} USING fts5"
                   f"(search_text, content='{name}', content_rowid='id', tokenize='trigram', detail=none)")
        op.execute(f"INSERT INTO search_{name} (search_{name}) VALUES ('rebuild')")
        for deed, body in TRIGGERS.items():
            op.execute(f"CREATE TRIGGER search_{name}_{deed} {body.format(name)}")


def _postgres() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name in TABLES:
        op.execute(f"CREATE INDEX ix_search_{name} ON {name} USING gin (search_text gin_trgm_ops)")


def downgrade() -> None:
    for name in TABLES:
        if op.get_bind().dialect.name == "sqlite":
            for deed in TRIGGERS:
                op.execute(f"DROP TRIGGER IF EXISTS search_{name}_{deed}")
            op.execute(f"DROP TABLE IF EXISTS search_{name}")
        else:
            op.execute(f"DROP INDEX IF EXISTS ix_search_{name}")
