"""the figures of the board and of the leaderboard are read from one index

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = ["status", "closed_on", "deleted_at", "pipeline_id", "stage_id", "manager_id", "currency", "amount", "engaged_on"]


def upgrade() -> None:
    op.create_index("ix_deal_figures", "deal", COLUMNS)
    op.drop_index("ix_deal_status_closed", "deal")


def downgrade() -> None:
    op.create_index("ix_deal_status_closed", "deal", ["status", "closed_on"])
    op.drop_index("ix_deal_figures", "deal")
