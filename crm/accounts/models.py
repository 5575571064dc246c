"""Our own company, its teams and its people."""

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.rights import ROLES, Powers, built_in, reckon
from crm.core.company_columns import OwnDetails
from crm.core.db import Base, Moment, utcnow


class Organization(OwnDetails, Base):
    """Our own company: one row. Its requisites stand in every document that is not made in the name of another one, see crm/firms."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(sa.String(3), default="RUB")
    locale: Mapped[str] = mapped_column(sa.String(5), default="ru")
    timezone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Moscow")
    business: Mapped[str] = mapped_column(sa.String(40), default="")
    forgotten_days: Mapped[int] = mapped_column(default=14)
    modules_off: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    firms: Mapped[int] = mapped_column(default=0, server_default="0")  # how many companies of ours stand beside this one, see crm/firms
    demo: Mapped[bool] = mapped_column(default=False)
    second_for: Mapped[str] = mapped_column(sa.String(10), default="nobody", server_default="nobody")  # see second.NEEDED_BY
    guard: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")  # see crm/guard/rules.py
    billing: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")  # see crm/billing/rules.py
    alarms: Mapped[int] = mapped_column(default=0, server_default="0")  # how many the owner has not seen
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}


class Team(Base):
    """Managers who work and compete together."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    members: Mapped[list["User"]] = relationship(back_populates="team")


class Role(Base):
    """An own role of the company, or what the owner changed in a built-in one; unchanged built-in roles have no row.

    `rights` holds levels by right; what it does not name is as in the built-in role `base`.
    """

    __tablename__ = "role"

    code: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), default="")  # empty for built-in roles
    base: Mapped[str] = mapped_column(sa.String(20))
    sells: Mapped[bool] = mapped_column(default=False)
    rights: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    hidden: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    discount: Mapped[int | None]  # the greatest discount that its people give by themselves, in percent; None: no limit
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}

    @property
    def powers(self) -> Powers:
        """What the role comes to."""
        return reckon(self.base, self.rights, self.hidden, self.sells, self.discount)


class User(UserMixin, Base):
    """A person of our company. Without a password nobody signs in as them (imported managers, the invited)."""

    __tablename__ = "user"
    card: ClassVar[str] = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    email: Mapped[str | None] = mapped_column(sa.String(200), unique=True)  # folded to small letters
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    job: Mapped[str] = mapped_column(sa.String(200), default="")
    role: Mapped[str] = mapped_column(sa.String(20), default="manager")
    team_id: Mapped[int | None] = mapped_column(sa.ForeignKey("team.id", ondelete="SET NULL"), index=True)
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(sa.String(5), default="")
    theme: Mapped[str] = mapped_column(sa.String(5), default="auto")
    invite_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    invite_until: Mapped[dt.datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    team: Mapped[Team | None] = relationship(back_populates="members")
    role_row: Mapped[Role | None] = relationship(
        primaryjoin="foreign(User.role) == Role.code", viewonly=True)  # joined by the loader of the session

    @property
    def is_active(self) -> bool:
        """Flask-Login asks: people who left do not come in."""
        return self.active

    @property
    def powers(self) -> Powers:
        """What the role lets this person do, and what it hides. A role that is gone opens nothing."""
        row = None if self.role == "owner" else self.role_row
        return row.powers if row is not None else built_in(self.role)

    @property
    def rights(self) -> frozenset[str]:
        """What the role opens, at any level."""
        return self.powers.rights

    def level(self, right: str) -> str:
        """Whose records the right covers: none, own, team or all."""
        return self.powers.levels.get(right, "none")

    def hides(self, field: str) -> bool:
        """Whether a field of rights.FIELDS is hidden from this person."""
        return field in self.powers.hidden

    @property
    def sells(self) -> bool:
        """Whether people of this role lead deals."""
        return self.powers.sells

    @property
    def role_label(self) -> str:
        """The role in the reader's language."""
        if self.role in ROLES:
            return str(ROLES[self.role])
        return self.role_row.name if self.role_row else self.role

    @property
    def can_sign_in(self) -> bool:
        """Whether the person has a password and works here."""
        return self.active and self.password_hash is not None


class UserSession(Base):
    """A browser in which somebody is signed in; gone when the session is over. See sessions.py."""

    __tablename__ = "user_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    last_seen_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)
    address: Mapped[str] = mapped_column(sa.String(45), default="")
    browser: Mapped[str] = mapped_column(sa.String(100), default="")
    by: Mapped[str] = mapped_column(sa.String(20), default="")
    new_device: Mapped[bool] = mapped_column(default=False)  # the first way in from that browser, which the person has not confirmed


class SecondStep(Base):
    """A person's codes from a telephone (RFC 6238): waiting for the first right code until `since` is set.

    Who has passkeys has this row too, for the salt and the count of tries; `sealed` may be empty then.
    """

    __tablename__ = "second_step"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    sealed: Mapped[str] = mapped_column(sa.String(300))  # the key, encrypted with a key made from SECRET_KEY
    salt: Mapped[str] = mapped_column(sa.String(32))  # of the recovery codes
    since: Mapped[dt.datetime | None] = mapped_column(Moment)
    last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # a code opens once
    tries: Mapped[int] = mapped_column(default=0)  # of this day, counted before the code is looked at
    tries_since: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)


class RecoveryCode(Base):
    """A way in for a lost telephone: only the hash is kept, and it goes when it is used."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))


class Passkey(Base):
    """A key in somebody's telephone, computer or security key (WebAuthn): what is kept opens nothing, it only recognises."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[str] = mapped_column(sa.String(1400), unique=True)  # base64url, as all bytes here
    public_key: Mapped[str] = mapped_column(sa.Text)
    handle: Mapped[str] = mapped_column(sa.String(90))  # what the device knows the person by: chance, one for all keys of a person
    rp_id: Mapped[str] = mapped_column(sa.String(255))  # the name of the host that it was made for, and works at
    sign_count: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    name: Mapped[str] = mapped_column(sa.String(100))
    transports: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    last_used_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class SignInCount(Base):
    """Failed tries of one account from one address within a window; kept in a transaction of its own."""

    __tablename__ = "sign_in_count"

    key: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.datetime] = mapped_column(Moment)


class PasswordReset(Base):
    """An open link for a new password: only the hash of its token is kept. Several may be open, so that a stranger who asks for
    one cannot end the link that a person is about to use.
    """

    __tablename__ = "password_reset"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    until: Mapped[dt.datetime] = mapped_column(Moment)


class Setup(Base):
    """The one-time link of the first start: only the hash of its token is kept."""

    __tablename__ = "setup"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
