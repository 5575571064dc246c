"""the way of a contract from its draft to the signed paper: states, versions, remarks, days; tasks know what made them

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def _person(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), sa.ForeignKey("user.id", ondelete="SET NULL"), nullable=True)


def _document(**options: object) -> sa.Column[int]:
    return sa.Column("document_id", sa.Integer(), sa.ForeignKey("document.id", ondelete="CASCADE"), nullable=False, **options)


def upgrade() -> None:
    """A contract whose link a client has had was sent; all other documents are drafts."""
    op.add_column("document", sa.Column("state", sa.String(10), nullable=False, server_default="draft"))
    op.add_column("document", sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("document", sa.Column("by_hand", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("task", sa.Column("origin", sa.String(40), nullable=True))
    op.create_index(op.f("ix_task_origin"), "task", ["origin"])
    op.create_table(
        "agreement_rule",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("asked", sa.Boolean(), nullable=False))
    op.create_table(
        "agreement",
        _document(primary_key=True, autoincrement=False),
        _person("asked_by_id"), sa.Column("asked_at", sa.DateTime(), nullable=True, index=True),
        sa.Column("asked_text", sa.Text(), nullable=False),
        _person("lawyer_id"), sa.Column("due_on", sa.Date(), nullable=True),
        _person("agreed_by_id"), sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("agreed_revision", sa.Integer(), nullable=True),
        sa.Column("sent_at", sa.DateTime(), nullable=True), sa.Column("sent_revision", sa.Integer(), nullable=True),
        sa.Column("signed_on", sa.Date(), nullable=True), sa.Column("signed_by", sa.String(200), nullable=False),
        sa.Column("scan_digest", sa.String(64), nullable=True), sa.Column("scan_name", sa.String(250), nullable=False),
        sa.Column("scan_kind", sa.String(20), nullable=False),
        sa.Column("kept_where", sa.String(300), nullable=False), sa.Column("kept_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True), sa.Column("deliver_on", sa.Date(), nullable=True),
        sa.Column("pay_on", sa.Date(), nullable=True), sa.Column("remind_days", sa.Integer(), nullable=False))
    op.create_table(
        "document_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        _document(index=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("source_digest", sa.String(64), nullable=True), sa.Column("pdf_digest", sa.String(64), nullable=True),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        _person("made_by_id"), sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.UniqueConstraint("document_id", "number"))
    op.create_table(
        "remark",
        sa.Column("id", sa.Integer(), primary_key=True),
        _document(index=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("remark.id", ondelete="CASCADE"), nullable=True, index=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("text", sa.Text(), nullable=False), sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("author", sa.String(120), nullable=False),
        _person("by_id"), sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True), _person("settled_by_id"))
    op.execute(sa.text("UPDATE document SET state = 'sent' WHERE kind IN ('contract', 'specification') "
                       "AND id IN (SELECT document_id FROM document_link)"))


def downgrade() -> None:
    """Remarks, versions before the present one and what is known of signed papers are gone for good."""
    for table in ("remark", "document_version", "agreement", "agreement_rule"):
        op.drop_table(table)
    op.drop_index(op.f("ix_task_origin"), "task")
    op.drop_column("task", "origin")
    for column in ("by_hand", "revision", "state"):
        op.drop_column("document", column)
