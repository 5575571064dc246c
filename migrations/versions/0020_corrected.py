"""which document a document was made instead of

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """No document that is there corrects another."""
    op.add_column("document", sa.Column("instead_of_id", sa.Integer(), nullable=True))
    op.create_index("ix_document_instead_of_id", "document", ["instead_of_id"])


def downgrade() -> None:
    """The documents stay; what they were made instead of stays cancelled and is no longer known."""
    op.drop_index("ix_document_instead_of_id", "document")
    op.drop_column("document", "instead_of_id")
