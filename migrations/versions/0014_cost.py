"""what products cost us; cost, margin and messengers may be hidden from a role

Revision ID: 0014
Revises: 0013
"""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = ("product", "deal_line")
COST, REACH, MESSENGER = ["product.cost", "deal.margin"], {"client.phone", "client.email"}, "client.messenger"
SEES_COST = ("owner", "head", "accountant")  # and roles that were made of these


def upgrade() -> None:
    """Roles that were changed or added keep what they hide; new fields are hidden as in the built-in role they come from."""
    for table in TABLES:
        op.add_column(table, sa.Column("cost", sa.BigInteger(), nullable=True))
    _rewrite(lambda base, hidden: list(dict.fromkeys(
        [*hidden, *([MESSENGER] if set(hidden) >= REACH else []), *([] if base in SEES_COST else COST)])))


def downgrade() -> None:
    """Costs are gone for good."""
    _rewrite(lambda _base, hidden: [field for field in hidden if field not in (*COST, MESSENGER)])
    for table in TABLES:
        op.drop_column(table, "cost")


def _rewrite(change: Callable[[str, list[str]], list[str]]) -> None:
    role = sa.table("role", sa.column("code", sa.String), sa.column("base", sa.String), sa.column("hidden", sa.JSON))
    bind = op.get_bind()
    for code, base, hidden in bind.execute(sa.select(role.c.code, role.c.base, role.c.hidden)).all():
        bind.execute(sa.update(role).where(role.c.code == code).values(hidden=change(base, list(hidden))))
