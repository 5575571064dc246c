"""Writes about our company and its people."""

import datetime as dt
import hashlib
import secrets
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _
from sqlalchemy.dialects import postgresql, sqlite

from crm.accounts import events, passwords, queries
from crm.accounts.models import Organization, Setup, SignInCount, Team, User
from crm.accounts.rights import ROLES
from crm.core.db import db, own_transaction, utcnow
from crm.core.errors import DomainError, Stale
from crm.core.events import changes, record

INVITE_DAYS = 7
TRIES, WINDOW = 12, dt.timedelta(minutes=15)
ADDRESS_TRIES = 60


class AccountError(DomainError):
    """An account cannot be made or changed like that."""


def token_hash(token: str) -> str:
    """Secret links are kept as SHA-256 only."""
    return hashlib.sha256(token.encode()).hexdigest()


def setup_link(base: str) -> str | None:
    """A fresh one-time link of the first start, while nobody can sign in; older links end. Commits."""
    if queries.anybody_can_sign_in():
        db.session.rollback()
        return None
    token = secrets.token_urlsafe(24)
    db.session.execute(sa.delete(Setup))
    db.session.add(Setup(token_hash=token_hash(token)))
    db.session.commit()
    return f"{base}/setup/{token}"


def setup_token_is_right(token: str) -> bool:
    """Whether the link of the first start is the present one and nobody can sign in yet."""
    wanted = db.session.scalar(sa.select(Setup.token_hash).limit(1)) or ""
    return secrets.compare_digest(wanted, token_hash(token)) and not queries.anybody_can_sign_in()


def end_setup() -> None:
    """The link of the first start opens nothing any more."""
    db.session.execute(sa.delete(Setup))


def create_organization(**fields: Any) -> Organization:
    """Our company, once."""
    if queries.organization() is not None:
        raise AccountError(_("The company has been set up already."))
    organization = Organization(**fields)
    db.session.add(organization)
    db.session.flush()
    g.pop("organization", None)
    return organization


def ensure_organization(*, name: str, currency: str = "RUB", **fields: Any) -> Organization:
    """Our company, made with sensible defaults when a command runs before the first start."""
    return queries.organization() or create_organization(name=name, currency=currency, **fields)


def update_organization(organization: Organization, *, actor: User, version: int | None = None,
                        **fields: Any) -> None:
    """Change our company's settings; Stale when somebody saved them since they were shown."""
    if version is not None and version != organization.version:
        raise Stale(_("Somebody changed the settings in the meantime. Reload the page and try again."))
    before = {name: getattr(organization, name) for name in fields}
    for name, value in fields.items():
        setattr(organization, name, value)
    record(events.SETTINGS_CHANGED, actor_id=actor.id, changed=changes(before, fields))


def create_user(*, name: str, email: str | None, role: str, actor: User | None = None,
                password_hash: str | None = None, **fields: Any) -> User:
    """A person of ours. Without `password_hash` they cannot sign in until invited."""
    if role not in ROLES:
        raise AccountError(_("There is no role %(role)s.", role=role))
    email = email.strip().lower() if email else None
    if email and queries.user_by_email(email):
        raise AccountError(_("The address %(email)s is already in use.", email=email))
    user = User(name=name.strip(), email=email, role=role, password_hash=password_hash,
                session_key=secrets.token_hex(8), **fields)
    db.session.add(user)
    db.session.flush()
    record(events.USER_CREATED, user, actor_id=actor.id if actor else None, name=user.name, role=role)
    return user


def update_user(user: User, *, actor: User, **fields: Any) -> None:
    """Change a person; the last owner stays an owner who can sign in."""
    if fields.get("email"):
        fields["email"] = fields["email"].strip().lower()
        twin = queries.user_by_email(fields["email"])
        if twin is not None and twin.id != user.id:
            raise AccountError(_("The address %(email)s is already in use.", email=fields["email"]))
    loses = fields.get("role", "owner") != "owner" or not fields.get("active", True)
    if user.role == "owner" and loses and not _another_owner(user):
        raise AccountError(_("The company needs an owner who can sign in. Name another owner first."))
    before = {name: getattr(user, name) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    if not user.active:  # every session and an open invitation end
        user.session_key = secrets.token_hex(8)
        user.invite_hash = user.invite_until = None
    record(events.USER_CHANGED, user, actor_id=actor.id, name=user.name, changed=changes(before, fields))


def _another_owner(user: User) -> bool:
    query = sa.select(User.id).where(User.role == "owner", User.active, User.id != user.id,
                                     User.password_hash.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def invite(user: User, *, actor: User) -> str:
    """A token that lets the person choose a password within a week; a former one ends."""
    if not user.email:
        raise AccountError(_("Enter the person's e-mail first: they sign in with it."))
    token = secrets.token_urlsafe(24)
    user.invite_hash = token_hash(token)
    user.invite_until = utcnow() + dt.timedelta(days=INVITE_DAYS)
    record(events.USER_CHANGED, user, actor_id=actor.id, name=user.name, invited=True)
    return token


def invited(token: str) -> User | None:
    """Who this invitation is for, while it is open."""
    user = db.session.scalar(sa.select(User).where(User.invite_hash == token_hash(token)))
    open_still = user is not None and user.active and user.invite_until is not None and user.invite_until > utcnow()
    return user if open_still else None


def set_password(user: User, password_hash: str) -> None:
    """A new password ends every session and the invitation."""
    user.password_hash = password_hash
    user.session_key = secrets.token_hex(8)
    user.invite_hash = user.invite_until = None


def make_password_hash(password: str) -> str:
    """Slow: call it outside the write lock. AccountError for a password that is too short."""
    if len(password) < passwords.MIN_LENGTH:
        raise AccountError(_("A password has at least %(n)d characters.", n=passwords.MIN_LENGTH))
    return passwords.make_hash(password)


def create_team(*, name: str, actor: User | None = None) -> Team:
    """A team of managers."""
    name = name.strip()
    if db.session.scalar(sa.select(Team.id).where(Team.name == name)):
        raise AccountError(_("A team called %(name)s already exists.", name=name))
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    record(events.SETTINGS_CHANGED, actor_id=actor.id if actor else None, team=name)
    return team


def may_try(email: str, address: str) -> bool:
    """Whether this account may be tried from this address: 12 misses in 15 minutes, 60 from one address.

    The count belongs to the pair, so a stranger elsewhere cannot lock a person out.
    """
    limits = {_key(email, address): TRIES, _key("", address): ADDRESS_TRIES}
    rows = db.session.execute(sa.select(SignInCount.key, SignInCount.count).where(
        SignInCount.key.in_(limits), SignInCount.since > utcnow() - WINDOW)).all()
    return all(count < limits[key] for key, count in rows)


def count_miss(email: str, address: str) -> None:
    """Remember a failed try, in a transaction of its own, so that no roll-back forgets it."""
    now = utcnow()
    with own_transaction() as connection:
        dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
        for key in (_key(email, address), _key("", address)):
            insert = dialect.insert(SignInCount).values(key=key, count=1, since=now)
            fresh = SignInCount.since > now - WINDOW
            connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_={
                "count": sa.case((fresh, SignInCount.count + 1), else_=1),
                "since": sa.case((fresh, SignInCount.since), else_=now)}))


def forget_misses(email: str, address: str) -> None:
    """A right password clears the pair."""
    db.session.execute(sa.delete(SignInCount).where(SignInCount.key == _key(email, address)))


def _key(email: str, address: str) -> str:
    return hashlib.sha256(f"{email.strip().lower()}|{address}".encode()).hexdigest()
