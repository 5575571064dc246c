"""Whose records a right covers: own, the team's or all. Every query of client data is narrowed here."""

from typing import Any, Protocol, TypeVar

import sqlalchemy as sa
from flask import g
from flask_login import current_user

from crm.accounts import queries
from crm.accounts.models import User

Query = TypeVar("Query", bound=sa.Select[*tuple[Any, ...]])
NOBODY: frozenset[int] = frozenset()


class Led(Protocol):
    """A record that somebody leads."""

    @property
    def manager_id(self) -> int | None:
        """Who leads it."""


def visible_owners(user: User, right: str) -> frozenset[int] | None:
    """Ids of managers whose records the right covers for this person; None means everything, even nobody's."""
    level = user.level(right)
    if level == "all":
        return None
    if level == "team":
        return _team(user)
    return frozenset({user.id}) if level == "own" else NOBODY


def _team(user: User) -> frozenset[int]:
    """The person's team, read once per request."""
    key = f"team-{user.id}"
    if key not in g:
        setattr(g, key, queries.team_mates(user))
    found: frozenset[int] = getattr(g, key)
    return found


def narrow(query: Query, owner_column: Any, user: User, right: str) -> Query:
    """Keep the rows that the right covers for this person."""
    owners = visible_owners(user, right)
    return query if owners is None else query.where(owner_column.in_(sorted(owners)))


def sees(user: User, owner_id: int | None, right: str) -> bool:
    """Whether the right covers a record led by `owner_id` (None: nobody leads it)."""
    owners = visible_owners(user, right)
    return owners is None or owner_id in owners


def may(right: str, record: Led | None) -> bool:
    """Whether the person of this request has the right over this record: for templates and `access` modules."""
    person = current_user._get_current_object()  # the proxy is resolved once: a list asks for each row
    return bool(record is not None and person.is_authenticated and sees(person, record.manager_id, right))


def covers(right: str) -> frozenset[int] | None:
    """`visible_owners` of the person of this request, for lists that ask for each row; a stranger's is empty."""
    person = current_user._get_current_object()
    return visible_owners(person, right) if person.is_authenticated else NOBODY
