"""Reads of letters."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.mail.models import WAITING, Letter


def letters(user: User) -> sa.Select[*tuple[Any, ...]]:
    """Letters newest first: one's own; owner and head see all, links that sign in are the owner's alone."""
    query = sa.select(Letter).options(joinedload(Letter.created_by)).order_by(Letter.id.desc())
    if user.role not in ("owner", "head"):
        query = query.where(Letter.created_by_id == user.id)
    return query if user.role == "owner" else query.where(~Letter.secret)


def waiting_ids() -> sa.Select[*tuple[Any, ...]]:
    """Ids of letters that nobody has sent yet."""
    return sa.select(Letter.id).where(Letter.status == WAITING).order_by(Letter.id)
