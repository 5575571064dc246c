"""lists of people and companies are read in their order from one index each

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("contact", "company")


LIVE, BINNED = sa.text("deleted_at IS NULL"), sa.text("deleted_at IS NOT NULL")
INDEXES = (("by_name", ["sort_key", "id"], LIVE), ("by_age", ["created_at", "id"], LIVE), ("binned", ["deleted_at"], BINNED))


def upgrade() -> None:
    for table in TABLES:
        for name, columns, where in INDEXES:
            op.create_index(f"ix_{table}_{name}", table, columns, sqlite_where=where, postgresql_where=where)
        op.drop_index(f"ix_{table}_deleted_at", table)
        op.drop_index(f"ix_{table}_sort_key", table)


def downgrade() -> None:
    for table in TABLES:
        op.create_index(f"ix_{table}_deleted_at", table, ["deleted_at"])
        op.create_index(f"ix_{table}_sort_key", table, ["sort_key"])
        for name, _columns, _where in INDEXES:
            op.drop_index(f"ix_{table}_{name}", table)
