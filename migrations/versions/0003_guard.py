"""the guard: rows taken and read, alarms, mass acts, the seals of the log

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def _user(name: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    table, column = name.split(".")
    return sa.ForeignKeyConstraint([column], ["user.id"], name=op.f(f"fk_{table}_{column}_user"), ondelete=ondelete)


def upgrade() -> None:
    op.add_column("organization", sa.Column("guard", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("organization", sa.Column("alarms", sa.Integer(), nullable=False, server_default="0"))
    _counts()
    _mass_acts()
    _seals()
    for table in ("event", "journal"):  # the log is read by person and by kind in order of time
        op.create_index(op.f(f"ix_{table}_kind_at"), table, ["kind", "at"])
        op.create_index(op.f(f"ix_{table}_actor_at"), table, ["actor_id", "at"])
        op.drop_index(op.f(f"ix_{table}_kind"), table_name=table)
        op.drop_index(op.f(f"ix_{table}_actor_id"), table_name=table)


def _counts() -> None:
    op.create_table(
        "guard_taken",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        _user("guard_taken.user_id"),
        sa.PrimaryKeyConstraint("user_id", "day", name=op.f("pk_guard_taken")),
    )
    op.create_table(
        "guard_reading",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("hour", sa.DateTime(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("asked", sa.String(length=300), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        _user("guard_reading.user_id"),
        sa.PrimaryKeyConstraint("user_id", "hour", "what", name=op.f("pk_guard_reading")),
    )
    op.create_index(op.f("ix_guard_reading_hour"), "guard_reading", ["hour"])
    op.create_table(
        "guard_alarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("usual", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        _user("guard_alarm.user_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guard_alarm")),
        sa.UniqueConstraint("rule", "user_id", "day", name=op.f("uq_guard_alarm_rule_user_id_day")),
    )
    op.create_index(op.f("ix_guard_alarm_user_id"), "guard_alarm", ["user_id"])


def _mass_acts() -> None:
    op.create_table(
        "mass_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("ids", sa.JSON(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _user("mass_request.asked_by_id"),
        _user("mass_request.decided_by_id", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mass_request")),
    )
    for column in ("asked_by_id", "status"):
        op.create_index(op.f(f"ix_mass_request_{column}"), "mass_request", [column])


def _seals() -> None:
    op.create_table(
        "log_seal",
        sa.Column("number", BIG, autoincrement=False, nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("last_id", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_log_seal")),
    )
    op.create_table(
        "log_sealed",
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("mark_id", sa.BigInteger(), nullable=True),
        sa.Column("mark_xid", sa.BigInteger(), nullable=True),
        sa.Column("cut_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_log_sealed")),
    )
    op.create_table(
        "log_chain",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cut_number", sa.BigInteger(), nullable=False),
        sa.Column("cut_digest", sa.String(length=64), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_chain")),
    )


def downgrade() -> None:
    for table in ("event", "journal"):
        op.create_index(op.f(f"ix_{table}_kind"), table, ["kind"])
        op.create_index(op.f(f"ix_{table}_actor_id"), table, ["actor_id"])
        op.drop_index(op.f(f"ix_{table}_kind_at"), table_name=table)
        op.drop_index(op.f(f"ix_{table}_actor_at"), table_name=table)
    for table in ("log_chain", "log_sealed", "log_seal", "mass_request", "guard_alarm", "guard_reading", "guard_taken"):
        op.drop_table(table)
    op.drop_column("organization", "alarms")
    op.drop_column("organization", "guard")
