"""Reads of imports."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.core.db import db
from crm.imports.models import Import


def imports() -> sa.Select[*tuple[Any, ...]]:
    """All imports, newest first."""
    return sa.select(Import).options(joinedload(Import.created_by)).order_by(Import.id.desc())


def find(import_id: int) -> Import | None:
    """One import."""
    return db.session.get(Import, import_id)
