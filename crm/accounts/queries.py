"""Reads of our company and its people."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import joinedload

from crm.accounts import events, rights
from crm.accounts.models import Organization, Role, Team, User, UserSession
from crm.core.db import db, utcnow
from crm.core.journal import ACTS, Entry

IDLE, LONGEST = dt.timedelta(days=30), dt.timedelta(days=365)  # a session lasts while it is used, a year at most

OURS = sa.select(Organization).order_by(Organization.id).limit(1)  # made once: each request asks


def organization() -> Organization | None:
    """Our company; read once per request. None before the first start."""
    if "organization" not in g:
        g.organization = db.session.scalar(OURS)
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
    query = sa.select(User).options(joinedload(User.team), joinedload(User.role_row)).order_by(User.name)
    return db.session.scalars(query.where(User.active) if active else query).all()


def language_of(user: User) -> str:
    """The language in which to write to the person: their own, else the company's."""
    company = organization()
    return user.locale or (company.locale if company else "ru")


class Seller(NamedTuple):
    """Somebody to choose from a list: a whole person costs more to read than its line on the page."""

    id: int
    name: str
    team_id: int | None


def sellers() -> Sequence[Seller]:
    """People at work who can lead deals, by name."""
    return [Seller._make(row) for row in db.session.execute(SELLERS)]


def sells() -> sa.ColumnElement[bool]:
    """The person's role leads deals: a built-in one that does, or an own one for which the owner said so."""
    usual = [code for code, role in rights.BUILT_IN.items() if role.sells]
    return sa.or_(User.role.in_(usual), User.role.in_(sa.select(Role.code).where(Role.sells)))


SELLERS = sa.select(User.id, User.name, User.team_id).where(User.active, sells()).order_by(User.name)


def own_roles() -> Sequence[Role]:
    """The company's own roles by name, and what was changed in built-in ones."""
    return db.session.scalars(sa.select(Role).order_by(Role.name, Role.code)).all()


def role_names() -> dict[str, str]:
    """Every role that a person may have: code and name, built-in ones first."""
    own = {row.code: row.name for row in own_roles() if row.code not in rights.ROLES}
    return {**{code: str(label) for code, label in rights.ROLES.items()}, **own}


def people_by_role() -> dict[str, int]:
    """How many people at work each role has."""
    rows = db.session.execute(sa.select(User.role, sa.func.count()).where(User.active).group_by(User.role))
    return {row[0]: row[1] for row in rows}


def holders(code: str) -> Sequence[User]:
    """People of a role, those who left too, by name."""
    return db.session.scalars(sa.select(User).where(User.role == code).order_by(User.name)).all()


def powers_of(code: str) -> rights.Powers | None:
    """What people of a role may do; None when there is no such role."""
    row = db.session.get(Role, code) if code != "owner" else None
    if row is not None:
        return row.powers
    return rights.built_in(code) if code in rights.BUILT_IN else None


def like(base: str) -> sa.ColumnElement[bool]:
    """The person's role is this built-in one or was made from it."""
    return sa.or_(User.role == base, User.role.in_(sa.select(Role.code).where(Role.base == base)))


def teams() -> Sequence[Team]:
    """Teams by name."""
    return db.session.scalars(sa.select(Team).order_by(Team.name)).all()


def team_mates(user: User) -> frozenset[int]:
    """Ids of the person and of all of the same team."""
    if user.team_id is None:
        return frozenset({user.id})
    found = db.session.scalars(sa.select(User.id).where(User.team_id == user.team_id)).all()
    return frozenset({user.id, *found})


def lasting() -> sa.ColumnElement[bool]:
    """The session is not over by itself."""
    now = utcnow()
    return sa.and_(UserSession.last_seen_at > now - IDLE, UserSession.created_at > now - LONGEST)


def sessions_of(user: User) -> Sequence[UserSession]:
    """Where the person is signed in, the latest first."""
    return db.session.scalars(sa.select(UserSession).where(UserSession.user_id == user.id, lasting()).order_by(
        UserSession.last_seen_at.desc(), UserSession.id.desc()).limit(100)).all()


@dataclass(frozen=True)
class Way:
    """One entry of the log about a person's coming and going; `how` such as "by password"."""

    at: dt.datetime
    what: str
    how: str
    browser: str
    address: str
    new: bool


def ways_of(user: User, most: int = 10) -> list[Way]:
    """The last ways in and misses of the person, the latest first."""
    codes = [act.code for act in events.OF_WAYS]
    rows = db.session.scalars(sa.select(Entry).where(Entry.actor_id == user.id, Entry.kind.in_(codes)).order_by(
        Entry.at.desc(), Entry.id.desc()).limit(most)).all()
    return [Way(row.at, str(ACTS[row.kind].label), str(events.WAYS.get(row.data.get("by", ""), "")), row.data.get("browser", ""),
                row.address, bool(row.data.get("new"))) for row in rows if not row.data.get("of")]  # what was done for others is not theirs
