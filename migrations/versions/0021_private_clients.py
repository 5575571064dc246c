"""what a contract with a private person says: address, identity document, tax number

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

COLUMNS = (("address", 400), ("passport", 300), ("inn", 20))


def upgrade() -> None:
    """Nothing of it is known of the people who are there."""
    for name, size in COLUMNS:
        op.add_column("contact", sa.Column(name, sa.String(size), nullable=False, server_default=""))


def downgrade() -> None:
    """The details are gone."""
    for name, _size in reversed(COLUMNS):
        op.drop_column("contact", name)
