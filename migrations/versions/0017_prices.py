"""groups of products, sets, price lists, how the price of a line came about, discounts that wait for approval, limits by role

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

WAITING = sa.text("asked_percent IS NOT NULL")


def upgrade() -> None:
    """No role has a limit until the owner sets one; lines keep the prices that they have."""
    op.create_table(
        "product_group",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("product_group.id", ondelete="CASCADE"), nullable=True, index=True))
    op.create_table(
        "product_part",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("set_id", sa.Integer(), sa.ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("part_id", sa.Integer(), sa.ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False))
    op.create_table(
        "price_list",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("chosen_by", sa.String(10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False))
    op.create_table(
        "list_price",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("price_list_id", sa.Integer(), sa.ForeignKey("price_list.id", ondelete="CASCADE"), nullable=False),
        sa.Column("product_id", sa.Integer(), sa.ForeignKey("product.id", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("price", sa.BigInteger(), nullable=True),
        sa.UniqueConstraint("price_list_id", "product_id", "from_quantity", "since"))
    op.create_table(
        "client_price_list",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("company_id", sa.Integer(), sa.ForeignKey("company.id", ondelete="CASCADE"), nullable=True, unique=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("contact.id", ondelete="CASCADE"), nullable=True, unique=True),
        sa.Column("price_list_id", sa.Integer(), sa.ForeignKey("price_list.id", ondelete="CASCADE"), nullable=False))
    op.add_column("product", sa.Column("group_id", sa.Integer(), nullable=True))
    op.create_index(op.f("ix_product_group_id"), "product", ["group_id"])
    op.add_column("deal", sa.Column("price_list_id", sa.Integer(), nullable=True))
    for column, kind in (("formed", sa.JSON()), ("parts", sa.JSON()), ("asked", sa.JSON()), ("asked_percent", sa.BigInteger())):
        op.add_column("deal_line", sa.Column(column, kind, nullable=True))
    op.create_index("ix_deal_line_asked", "deal_line", ["asked_percent"], sqlite_where=WAITING, postgresql_where=WAITING)
    op.add_column("role", sa.Column("discount", sa.Integer(), nullable=True))
    op.add_column("import", sa.Column("undo", sa.JSON(), nullable=True))


def downgrade() -> None:
    """Lines keep their prices; lists, groups, sets and what waits for approval are gone for good."""
    op.drop_column("import", "undo")
    op.drop_column("role", "discount")
    op.drop_index("ix_deal_line_asked", "deal_line")
    for column in ("asked_percent", "asked", "parts", "formed"):
        op.drop_column("deal_line", column)
    op.drop_column("deal", "price_list_id")
    op.drop_index(op.f("ix_product_group_id"), "product")
    op.drop_column("product", "group_id")
    for table in ("client_price_list", "list_price", "price_list", "product_part", "product_group"):
        op.drop_table(table)
