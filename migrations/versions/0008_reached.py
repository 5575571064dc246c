"""the furthest stage of a deal stands on the deal, and an index from which the funnel is read

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COLUMNS = ["engaged_on", "pipeline_id", "deleted_at", "status", "stage_id", "reached_id", "manager_id"]


def upgrade() -> None:
    op.add_column("deal", sa.Column("reached_id", sa.Integer(), nullable=True))
    deal = sa.table("deal", sa.column("id"), sa.column("reached_id"))
    stage = sa.table("stage", sa.column("id"), sa.column("kind"), sa.column("position"))
    visit = sa.table("stage_visit", sa.column("deal_id"), sa.column("stage_id"))
    furthest = (sa.select(stage.c.id).select_from(visit.join(stage, stage.c.id == visit.c.stage_id))
                .where(visit.c.deal_id == deal.c.id, stage.c.kind == "open")
                .order_by(stage.c.position.desc()).limit(1).correlate(deal).scalar_subquery())
    op.execute(sa.update(deal).values(reached_id=furthest))
    op.create_index("ix_deal_begun", "deal", COLUMNS)
    op.drop_index("ix_deal_engaged_on", "deal")


def downgrade() -> None:
    op.create_index("ix_deal_engaged_on", "deal", ["engaged_on"])
    op.drop_index("ix_deal_begun", "deal")
    op.drop_column("deal", "reached_id")
