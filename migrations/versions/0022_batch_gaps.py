"""in which documents of a batch fields are empty

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of batches that are there nothing is known."""
    op.add_column("document_batch", sa.Column("gaps", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    """The documents stay."""
    op.drop_column("document_batch", "gaps")
