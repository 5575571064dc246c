"""Reads of imports."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.core.db import db
from crm.imports.models import Import


def imports(reader: User) -> sa.Select[*tuple[Any, ...]]:
    """The imports that the reader may see, newest first: their own, and everybody's for those from whom nothing in a file is kept back.

    A file holds clients and deals of many people, with their numbers, as it was sent: there is no seeing a part of it.
    """
    query = sa.select(Import).options(joinedload(Import.created_by)).order_by(Import.id.desc())
    open_to_all = not reader.powers.hidden and reader.level("clients.see") == reader.level("deals.see") == "all"
    return query if open_to_all else query.where(Import.created_by_id == reader.id)


def find(import_id: int, reader: User) -> Import | None:
    """One of these imports."""
    found: Import | None = db.session.scalar(imports(reader).where(Import.id == import_id))
    return found
