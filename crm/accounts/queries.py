"""Reads of our company and its people."""

from collections.abc import Sequence

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import joinedload

from crm.accounts.models import Organization, Team, User
from crm.core.db import db


def organization() -> Organization | None:
    """Our company; read once per request. None before the first start."""
    if "organization" not in g:
        g.organization = db.session.scalar(sa.select(Organization).order_by(Organization.id).limit(1))
    found: Organization | None = g.organization
    return found


def the_organization() -> Organization:
    """Our company, when there must be one."""
    found = organization()
    if found is None:
        raise LookupError("the company has not been set up")
    return found


def anybody_can_sign_in() -> bool:
    """Whether the first start is over."""
    query = sa.select(User.id).where(User.active, User.password_hash.is_not(None)).limit(1)
    return db.session.scalar(query) is not None


def user_by_email(email: str) -> User | None:
    """The person with this address, in any case of letters."""
    return db.session.scalar(sa.select(User).where(User.email == email.strip().lower()))


def users(*, active: bool = True) -> Sequence[User]:
    """Our people by name."""
    query = sa.select(User).options(joinedload(User.team)).order_by(User.name)
    return db.session.scalars(query.where(User.active) if active else query).all()


def sellers() -> Sequence[User]:
    """People who can lead deals: managers, heads and owners at work."""
    query = sa.select(User).where(User.active, User.role.in_(("manager", "head", "owner"))).order_by(User.name)
    return db.session.scalars(query).all()


def teams() -> Sequence[Team]:
    """Teams by name."""
    return db.session.scalars(sa.select(Team).order_by(Team.name)).all()


def team_mates(user: User) -> frozenset[int]:
    """Ids of the person and of all of the same team."""
    if user.team_id is None:
        return frozenset({user.id})
    found = db.session.scalars(sa.select(User.id).where(User.team_id == user.team_id)).all()
    return frozenset({user.id, *found})
