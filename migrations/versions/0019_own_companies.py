"""companies of ours beside the first one: on deals, pipelines and documents, with numbers of their own; several bank accounts; lines that
a client may choose

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

CARRIES = ("deal", "pipeline", "document")
SERIES = ("document", "number_series")


def upgrade() -> None:
    """The first company stays what it was: NULL on deals and documents, and series of its numbers are called by the year, as before.

    The year of a number becomes a series (company x 10000 + year): then the unique key that is there holds for each company, and
    neither the documents nor their index is made anew.
    """
    op.create_table(
        "firm",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.String(size), nullable=False) for name, size in (
            ("name", 200), ("legal_name", 300), ("inn", 20), ("kpp", 9), ("ogrn", 15), ("vat_id", 20), ("address", 400), ("phone", 60),
            ("email", 200), ("bank", 200), ("bic", 11), ("account", 34), ("corr_account", 20), ("signatory_name", 200),
            ("signatory_job", 200), ("signatory_basis", 200), ("signatory_name_genitive", 200), ("signatory_job_genitive", 200),
            ("signatory_basis_genitive", 200))),
        sa.Column("more_accounts", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("vat_rate", sa.Integer(), nullable=True),
        sa.Column("vat_ground", sa.String(200), nullable=False, server_default=""),
        sa.Column("pictures", sa.JSON(), nullable=False, server_default="{}"),
        sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False))
    op.add_column("organization", sa.Column("more_accounts", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("organization", sa.Column("vat_ground", sa.String(200), nullable=False, server_default=""))
    op.add_column("organization", sa.Column("firms", sa.Integer(), nullable=False, server_default="0"))
    for table in CARRIES:
        op.add_column(table, sa.Column("firm_id", sa.Integer(), nullable=True))
    op.add_column("deal_line", sa.Column("choice", sa.String(60), nullable=True))
    op.add_column("deal_line", sa.Column("chosen", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("document", sa.Column("choice", sa.JSON(), nullable=True))
    for table in SERIES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN year TO series")
    _rules(sa.Column("firm", sa.Integer(), primary_key=True, autoincrement=False, server_default="0"))


def downgrade() -> None:
    """The other companies are gone for good, and what was not chosen counts like all lines; their documents stay with the deals, under the numbers that they have."""
    _rules()
    for table in SERIES:
        op.execute(f"ALTER TABLE {table} RENAME COLUMN series TO year")
    op.drop_column("document", "choice")
    for column in ("chosen", "choice"):
        op.drop_column("deal_line", column)
    for table in CARRIES:
        op.drop_column(table, "firm_id")
    for column in ("firms", "vat_ground", "more_accounts"):
        op.drop_column("organization", column)
    op.drop_table("firm")


def _rules(*key: sa.Column[int]) -> None:
    """The table of patterns with another key: a row for each kind at most, so it is made anew."""
    columns = ("kind", "pattern", "yearly")
    old = sa.table("number_rule", *(sa.column(name) for name in (*columns, "firm")))
    kept = sa.select(*(old.c[name] for name in columns))
    rows = op.get_bind().execute(kept if key else kept.where(old.c.firm == 0)).all()
    op.drop_table("number_rule")
    made = op.create_table(
        "number_rule", *key,
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("pattern", sa.String(40), nullable=False),
        sa.Column("yearly", sa.Boolean(), nullable=False))
    if rows:
        op.bulk_insert(made, [{**dict(zip(columns, row, strict=True)), "yearly": bool(row.yearly)} for row in rows])
