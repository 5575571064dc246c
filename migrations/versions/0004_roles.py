"""roles as data; what a manager sees becomes the levels of the manager's role

Revision ID: 0004
Revises: 0003
"""

import datetime as dt
import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LED = ("clients.see", "clients.edit", "deals.see", "deals.edit", "documents.see", "documents.make", "tasks.see",
       "tasks.edit", "tasks.delete")


def upgrade() -> None:
    role = op.create_table(
        "role",
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("base", sa.String(length=20), nullable=False),
        sa.Column("sells", sa.Boolean(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("hidden", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_role")),
    )
    sees = op.get_bind().scalar(sa.text("SELECT manager_sees FROM organization ORDER BY id LIMIT 1"))
    if sees in ("team", "all"):
        now = dt.datetime.now(dt.UTC).replace(tzinfo=None)
        op.bulk_insert(role, [{"code": "manager", "name": "", "base": "manager", "sells": True, "hidden": [],
                               "rights": dict.fromkeys(LED, sees), "version": 1, "created_at": now}])
    op.drop_column("organization", "manager_sees")


def downgrade() -> None:
    op.add_column("organization", sa.Column("manager_sees", sa.String(length=10), nullable=False, server_default="own"))
    kept = op.get_bind().scalar(sa.text("SELECT rights FROM role WHERE code = 'manager'"))
    levels = json.loads(kept) if isinstance(kept, str) else kept or {}
    sees = levels.get("deals.see", "own")
    if sees in ("team", "all"):
        op.execute(sa.text("UPDATE organization SET manager_sees = :sees").bindparams(sees=sees))
    own = sa.text("UPDATE \"user\" SET role = coalesce((SELECT base FROM role WHERE code = \"user\".role), role)")
    op.execute(own)
    op.execute(sa.text("UPDATE \"user\" SET role = 'viewer' WHERE role IN ('lawyer', 'production', 'marketer')"))
    op.drop_table("role")
