"""Writes about our company and its people."""

import datetime as dt
import hashlib
import ipaddress
import secrets
from typing import Any

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _

from crm.accounts import events, leading, passwords, queries, rights, sessions
from crm.accounts.models import Organization, PasswordReset, Setup, SignInCount, Team, User
from crm.accounts.sessions import token_hash
from crm.core.db import CLOCKS_DIFFER, db, own_transaction, upsert, utcnow
from crm.core.errors import DomainError, NotAllowed, Stale
from crm.core.events import changes, record

ACCOUNT_TRIES = 60
ASKED_OF_ACCOUNT, ASKED_FROM_ADDRESS = 5, 20  # links for a new password
INVITE_DAYS = 7
TRIES, WINDOW = 12, dt.timedelta(minutes=15)
ADDRESS_TRIES = 60


class AccountError(DomainError):
    """An account cannot be made or changed like that."""


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
    if changed := changes(before, fields):
        record(events.SETTINGS_CHANGED, actor_id=actor.id, changed=changed)


def create_user(*, name: str, email: str | None, role: str, actor: User | None = None,
                password_hash: str | None = None, **fields: Any) -> User:
    """A person of ours. Without `password_hash` they cannot sign in until invited."""
    _may_give(role, actor)
    _may_join(role, fields.get("team_id"), actor, field="team_id")
    email = email.strip().lower() if email else None
    if email and queries.user_by_email(email):
        raise AccountError(_("The address %(email)s is already in use.", email=email), field="email")
    user = User(name=name.strip(), email=email, role=role, password_hash=password_hash, **fields)
    db.session.add(user)
    db.session.flush()
    record(events.USER_CREATED, user, actor_id=actor.id if actor else None, name=user.name, role=role)
    return user


def update_user(user: User, *, actor: User, **fields: Any) -> None:
    """Change a person; the last owner stays an owner who can sign in. Nobody changes those who may do more."""
    may_manage(user, actor)
    _may_move(user, fields.get("role", user.role), fields.get("team_id", user.team_id), actor)
    if fields.get("email"):
        fields["email"] = fields["email"].strip().lower()
        if fields["email"] != user.email:  # a link for a new password would go to the new address
            may_open(user, actor, field="email")
        twin = queries.user_by_email(fields["email"])
        if twin is not None and twin.id != user.id:
            raise AccountError(_("The address %(email)s is already in use.", email=fields["email"]), field="email")
    loses = fields.get("role", "owner") != "owner" or not fields.get("active", True) or not fields.get("email", user.email)
    if user.role == "owner" and loses and not _another_owner(user):
        raise AccountError(_("The company needs an owner who can sign in. Name another owner first."),
                           field="role" if fields.get("email", user.email) else "email")
    before = {name: getattr(user, name) for name in fields}
    for name, value in fields.items():
        setattr(user, name, value)
    if not user.active:  # every session and every open link end
        _close(user)
    elif before.get("email", user.email) != user.email:  # links that went to the old mailbox open nothing any more
        _end_links(user)
    if changed := changes(before, fields):
        record(events.USER_CHANGED, user, actor_id=actor.id, name=user.name, changed=changed)


def _may_give(role: str, actor: User | None) -> None:
    """Nobody gives a role that opens more than their own; None is a command or the first start."""
    powers = queries.powers_of(role)
    if powers is None:
        raise AccountError(_("There is no role %(role)s.", role=role), field="role")
    if actor is not None and actor.role != "owner" and (role == "owner" or not rights.within(powers, actor.powers)):
        raise NotAllowed(_("This role may do more than yours. Ask the owner to give it."), field="role")


def _may_move(user: User, role: str, team_id: int | None, actor: User) -> None:
    """Another role or team opens nothing that is closed to the actor: neither to the person, nor to the actor themselves."""
    for field, moved in (("role", role != user.role), ("team_id", team_id != user.team_id)):
        if moved and user.id == actor.id and not rights.unlimited(actor.powers):
            raise NotAllowed(_("Nobody changes their own role or team: that would open what is closed to you. Ask the owner."), field=field)
    if role != user.role:
        _may_give(role, actor)
        _may_join(role, team_id, actor, field="role")
    if team_id != user.team_id:
        _may_join(role, team_id, actor, field="team_id")
        if team_id is not None and team_id == actor.team_id and rights.of_team(actor.powers):
            raise NotAllowed(_("In your team you would see this person's records. Ask the owner to move them."), field="team_id")


def _may_join(role: str, team_id: int | None, actor: User | None, *, field: str) -> None:
    """Nobody lets others see a team that they do not see themselves."""
    if actor is None or actor.role == "owner" or team_id is None or team_id == actor.team_id:
        return
    powers = queries.powers_of(role)
    if powers is not None and any(actor.level(right) != "all" for right in rights.of_team(powers)):
        raise NotAllowed(_("This role sees records of its team, and that team's are closed to you. Ask the owner."), field=field)


def may_manage(user: User, actor: User) -> None:
    """Refuse when this person may do more than the actor: who manages people leaves those alone."""
    if actor.role != "owner" and (user.role == "owner" or not rights.within(user.powers, actor.powers)):
        raise NotAllowed(_("This person may do more than you. Ask the owner to change their account."))


def may_open(user: User, actor: User, *, field: str = "") -> None:
    """Refuse what would let the actor sign in as somebody whose records are closed to them: a link, another e-mail."""
    may_manage(user, actor)
    if actor.role == "owner" or user.id == actor.id or (user.password_hash is None and not leading.leads_anything(user)):
        return
    team = "team" if user.team_id is not None and user.team_id == actor.team_id else "all"
    if any(level in ("own", "team") and actor.level(right) not in ("all", team) for right, level in user.powers.levels.items()):
        raise NotAllowed(_("With this you could sign in as this person and see what is closed to you. Ask the owner to do it."),
                         field=field)


def opens(user: User, actor: User) -> bool:
    """Whether `may_open` lets the actor."""
    try:
        may_open(user, actor)
    except NotAllowed:
        return False
    return True


def _another_owner(user: User) -> bool:
    query = sa.select(User.id).where(User.role == "owner", User.active, User.id != user.id,
                                     User.password_hash.is_not(None), User.email.is_not(None))
    return db.session.scalar(query.limit(1)) is not None


def invite(user: User, *, actor: User) -> str:
    """A token that lets the person choose a password within a week; a former one ends."""
    may_open(user, actor)
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
    """A new password ends every session, the invitation and open links for a new password."""
    user.password_hash = password_hash
    _close(user)


def _close(user: User) -> None:
    sessions.end_all(user)
    _end_links(user)


def _end_links(user: User) -> None:
    db.session.execute(sa.delete(PasswordReset).where(PasswordReset.user_id == user.id))
    user.invite_hash = user.invite_until = None


def make_password_hash(password: str, email: str | None = None) -> str:
    """Slow: call it outside the write lock. AccountError for a password too short or too common, or the e-mail itself."""
    if len(password) < passwords.MIN_LENGTH:
        raise AccountError(_("A password has at least %(n)d characters.", n=passwords.MIN_LENGTH))
    if passwords.is_common(password, email):
        raise AccountError(_("This password is among the first that strangers try. Choose another one."))
    return passwords.make_hash(password)


def create_team(*, name: str, actor: User | None = None) -> Team:
    """A team of managers."""
    name = name.strip()
    if db.session.scalar(sa.select(Team.id).where(Team.name == name)):
        raise AccountError(_("A team called %(name)s already exists. Type another name.", name=name), field="name")
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    record(events.SETTINGS_CHANGED, actor_id=actor.id if actor else None, team=name)
    return team


def take_try(email: str, address: str, device: str = "") -> bool:
    """Count a try before the slow check, so that parallel guesses cannot slip past; False when there are none left.

    In 15 minutes: 12 tries of one account from one address, 60 of one account from everywhere, 60 from one address. A browser
    that the person has used before (`device`, its number) has 12 tries of its own and asks nobody else's: so a stranger who spends
    the account's tries, from however many addresses, does not lock the person out there. A transaction of its own: no roll-back
    forgets it.
    """
    with own_transaction() as connection:
        if device:
            return _counted(connection, _key(email, f"device {device}")) <= TRIES
        return (_counted(connection, _key(email, address)) <= TRIES  # a refused pair costs its office nothing more
                and _counted(connection, _key(email, "")) <= ACCOUNT_TRIES
                and _counted(connection, _key("", address)) <= ADDRESS_TRIES)


def take_ask(email: str, address: str) -> bool:
    """Count that somebody asks for a link for a new password; False when enough of them are on their way. Own transaction."""
    with own_transaction() as connection:
        return (_counted(connection, _key("reset", address)) <= ASKED_FROM_ADDRESS
                and _counted(connection, _key(email, "reset")) <= ASKED_OF_ACCOUNT)


def take_challenge(mark: str, address: str) -> bool:
    """Use up a challenge of a passkey, which serves once, and count a try of its address; False when either is over. The mark goes
    with the counts of its window, which is longer than a challenge lives. Own transaction.
    """
    with own_transaction() as connection:
        return _counted(connection, _key("", address)) <= ADDRESS_TRIES and _counted(connection, _key("challenge", mark)) == 1


def forget_challenge_try(address: str) -> None:
    """A right passkey gives its try back to the address; the challenge stays used."""
    db.session.execute(_one_less(_key("", address)))


def _counted(connection: sa.Connection, key: str) -> int:
    now = utcnow()
    insert = upsert(connection, SignInCount).values(key=key, count=1, since=now)
    fresh = SignInCount.since.between(now - WINDOW, now + CLOCKS_DIFFER)
    return connection.execute(insert.on_conflict_do_update(index_elements=["key"], set_={
        "count": sa.case((fresh, SignInCount.count + 1), else_=1),
        "since": sa.case((fresh, SignInCount.since), else_=now)}).returning(SignInCount.count)).scalar_one()


def give_back_try(email: str, address: str, device: str = "") -> None:
    """A try that was not checked does not count."""
    with own_transaction() as connection:
        for key in _keys(email, address, device):
            connection.execute(_one_less(key))


def forget_misses(email: str, address: str, device: str = "") -> None:
    """A right password clears the pair or the device, and gives its own try back to the account and the address."""
    first, *others = _keys(email, address, device)
    db.session.execute(sa.delete(SignInCount).where(SignInCount.key == first))
    for key in others:
        db.session.execute(_one_less(key))


def _keys(email: str, address: str, device: str) -> list[str]:
    """What a try counts against, always in one order: two of them must not wait for each other."""
    if device:
        return [_key(email, f"device {device}")]
    return [_key(email, address), _key(email, ""), _key("", address)]


def _one_less(key: str) -> sa.Update:
    return sa.update(SignInCount).where(SignInCount.key == key, SignInCount.count > 0).values(
        count=SignInCount.count - 1).execution_options(synchronize_session=False)


def _key(email: str, address: str) -> str:
    return hashlib.sha256(f"{email.strip().lower()}|{_network(address)}".encode()).hexdigest()


def _network(address: str) -> str:
    """An IPv6 home owns a whole /64, so its addresses count as one."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    return str(known.ipv4_mapped or ipaddress.ip_network((int(known), 64), strict=False))


def remove_over() -> None:
    """Links whose time is over and counts whose window is over go."""
    now = utcnow()
    db.session.execute(sa.delete(PasswordReset).where(PasswordReset.until <= now))
    db.session.execute(sa.delete(SignInCount).where(SignInCount.since <= now - WINDOW))
