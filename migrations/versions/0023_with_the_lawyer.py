"""documents that wait for the lawyer are found without a walk through all

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An index of those few alone: it costs other documents nothing."""
    waiting = sa.text("state = 'lawyer'")
    op.create_index("ix_document_with_lawyer", "document", ["id"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    """The list walks through all documents again."""
    op.drop_index("ix_document_with_lawyer", "document")
