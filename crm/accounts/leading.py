"""Whether somebody leads anything yet. Features that keep records which people lead name the column."""

from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.core.db import db

_COLUMNS: list[Any] = []


def declare(*columns: Any) -> None:
    """Columns that say who leads a record."""
    _COLUMNS.extend(columns)


def leads_anything(user: User) -> bool:
    """Whether any record is this person's: of somebody who has never signed in, such as a manager named in an imported file."""
    asked = [sa.select(sa.literal(1)).where(column == user.id).exists() for column in _COLUMNS]
    return bool(asked) and bool(db.session.scalar(sa.select(sa.or_(*asked))))
