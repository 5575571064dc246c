"""the client's acceptance; for which deals a template is offered; numbers by the owner's pattern; cancelled documents; stages into which deals come by themselves

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Numbers that were given stay as they were written: 17/2026."""
    op.add_column("document", sa.Column("numbered", sa.String(60), nullable=False, server_default=""))
    for column in ("accepted_at", "cancelled_at"):
        op.add_column("document", sa.Column(column, sa.DateTime(), nullable=True))
    op.add_column("document", sa.Column("accepted_by", sa.String(200), nullable=False, server_default=""))
    op.add_column("template", sa.Column("terms", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("organization", sa.Column("pictures", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("stage", sa.Column("arrives_on", sa.String(40), nullable=False, server_default=""))
    op.create_table(
        "document_batch",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("locale", sa.String(5), nullable=False),
        sa.Column("template_key", sa.String(40), nullable=False),
        sa.Column("dated", sa.Date(), nullable=False),
        sa.Column("deal_ids", sa.JSON(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(10), nullable=False),
        sa.Column("created_by_id", sa.Integer(), sa.ForeignKey("user.id", ondelete="SET NULL"), nullable=True, index=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True))
    op.add_column("document", sa.Column("batch_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_document_batch_id"), "document", ["batch_id"])
    op.create_table(
        "number_rule",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("pattern", sa.String(40), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False))
    document = sa.table("document", *(sa.column(name, kind) for name, kind in (
        ("numbered", sa.String), ("number", sa.Integer), ("year", sa.Integer))))
    written = sa.cast(document.c.number, sa.String) + "/" + sa.cast(document.c.year, sa.String)
    op.execute(sa.update(document).values(numbered=written))


def downgrade() -> None:
    """Patterns, acceptances and cancellations are gone for good."""
    op.drop_table("number_rule")
    op.drop_index(op.f("ix_document_batch_id"), "document")
    op.drop_column("document", "batch_id")
    op.drop_table("document_batch")
    op.drop_column("stage", "arrives_on")
    op.drop_column("organization", "pictures")
    op.drop_column("template", "terms")
    for column in ("accepted_by", "cancelled_at", "accepted_at", "numbered"):
        op.drop_column("document", column)
