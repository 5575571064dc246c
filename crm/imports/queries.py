"""Reads of imports."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.catalog import queries as catalog
from crm.catalog.exports import step_title
from crm.core.db import db
from crm.imports.mapping import list_field
from crm.imports.models import Import


def imports(reader: User) -> sa.Select[*tuple[Any, ...]]:
    """The imports that the reader may see, newest first: their own, and everybody's for those from whom nothing in a file is kept back.

    A file holds clients and deals of many people, with their numbers, as it was sent: there is no seeing a part of it.
    """
    query = sa.select(Import).options(joinedload(Import.created_by)).order_by(Import.id.desc())
    open_to_all = not reader.powers.hidden and reader.level("clients.see") == reader.level("deals.see") == "all"
    return query if open_to_all else query.where(Import.created_by_id == reader.id)


def list_fields(made: Import) -> list[tuple[str, str]]:
    """The fields of a file of products that are prices of lists: of each the plain one, the steps it has, and those of the file."""
    if made.what != "products":
        return []
    lists = {one.id: one.name for one in catalog.active_lists()}
    steps = {(one.id, start) for one, start in catalog.list_steps()}
    steps |= {place for field in made.mapping.values() if (place := list_field(field))} | {(list_id, Decimal(1)) for list_id in lists}
    return [(f"list-{list_id}-{start.normalize():f}", step_title(lists[list_id], start)) for list_id, start in sorted(steps)
            if list_id in lists]


def find(import_id: int, reader: User) -> Import | None:
    """One of these imports."""
    found: Import | None = db.session.scalar(imports(reader).where(Import.id == import_id))
    return found
