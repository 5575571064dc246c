"""Alembic: the connection is handed in by crm.core.schema."""

import sqlalchemy as sa
from alembic import context

from crm.core.db import Base, Moment, Scaled
from crm.core.schema import compared


def plain_types(kind, item, _autogen):
    """Write the stored type: a migration must not change when the program's own types do."""
    if kind == "type" and isinstance(item, Moment):
        return "sa.DateTime()"
    if kind == "type" and isinstance(item, Scaled):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, sa.BigInteger) and item._variant_mapping:
        return 'sa.BigInteger().with_variant(sa.Integer, "sqlite")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    render_item=plain_types,
    include_object=compared,
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
