"""Whose records a person sees: own, the team's or all. Every query of client data is narrowed here."""

from typing import Any, TypeVar

import sqlalchemy as sa
from flask import g

from crm.accounts import queries
from crm.accounts.models import User

Query = TypeVar("Query", bound=sa.Select[*tuple[Any, ...]])


def visible_owners(user: User) -> frozenset[int] | None:
    """Ids of managers whose records the person sees; None means everything."""
    if user.role != "manager":
        return None
    key = f"scope-{user.id}"
    if key not in g:
        sees = queries.the_organization().manager_sees
        if sees == "all":
            owners = None
        elif sees == "team":
            owners = queries.team_mates(user)
        else:
            owners = frozenset({user.id})
        setattr(g, key, owners)
    found: frozenset[int] | None = getattr(g, key)
    return found


def narrow(query: Query, owner_column: Any, user: User) -> Query:
    """Keep the rows that the person may see."""
    owners = visible_owners(user)
    return query if owners is None else query.where(owner_column.in_(sorted(owners)))


def sees(user: User, owner_id: int | None) -> bool:
    """Whether the person may see a record led by `owner_id` (None: nobody leads it)."""
    owners = visible_owners(user)
    return owners is None or owner_id in owners
