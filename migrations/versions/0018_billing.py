"""payments and their parts, payment terms and plans, reminders of overdue invoices; what an invoice is for and what of it is paid

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Invoices of before are unpaid until a payment is recorded: nobody has told the program of one. Nor is anybody reminded of them."""
    op.add_column("document", sa.Column("paid", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("document", sa.Column("part", sa.JSON(), nullable=True))
    op.add_column("organization", sa.Column("billing", sa.JSON(), nullable=False, server_default="{}"))
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("deal_id", sa.Integer(), sa.ForeignKey("deal.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("rest", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("number", sa.String(60), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("search_text", sa.Text(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), sa.ForeignKey("user.id", ondelete="SET NULL"), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False))
    op.create_index("ix_payment_paid_on", "payment", ["paid_on", "id"])
    op.create_table(
        "payment_part",
        sa.Column("payment_id", sa.Integer(), sa.ForeignKey("payment.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, index=True),
        sa.Column("amount", sa.BigInteger(), nullable=False))
    op.create_table(
        "deal_terms",
        sa.Column("deal_id", sa.Integer(), sa.ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("shipped_on", sa.Date(), nullable=True),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False))
    op.create_table(
        "planned_payment",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("deal_id", sa.Integer(), sa.ForeignKey("deal_terms.deal_id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("remainder", sa.Boolean(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("invoiced", sa.BigInteger(), nullable=False),
        sa.Column("paid", sa.BigInteger(), nullable=False))
    op.create_index("ix_planned_payment_due", "planned_payment", ["due_on", "deal_id"])
    op.create_table(
        "invoice_reminder",
        sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("rule", sa.String(20), primary_key=True),
        sa.Column("at", sa.DateTime(), nullable=False))
    op.execute(sa.text("INSERT INTO invoice_reminder (document_id, rule, at) SELECT document.id, rules.rule, document.created_at FROM document, "
                       "(SELECT 'task' AS rule UNION SELECT 'letter') AS rules WHERE document.kind = 'invoice'"))


def downgrade() -> None:
    """Payments and terms are gone for good."""
    for table in ("invoice_reminder", "planned_payment", "deal_terms", "payment_part", "payment"):
        op.drop_table(table)
    op.drop_column("organization", "billing")
    op.drop_column("document", "part")
    op.drop_column("document", "paid")
