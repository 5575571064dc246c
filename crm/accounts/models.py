"""Our own company, its teams and its people."""

import datetime as dt
from typing import ClassVar

import sqlalchemy as sa
from flask_login import UserMixin
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.rights import RIGHTS, ROLES
from crm.core.db import Base, Moment, utcnow


class Organization(Base):
    """Our own company: one row. Its requisites stand in every document."""

    __tablename__ = "organization"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    legal_name: Mapped[str] = mapped_column(sa.String(300), default="")
    inn: Mapped[str] = mapped_column(sa.String(20), default="")
    kpp: Mapped[str] = mapped_column(sa.String(9), default="")
    ogrn: Mapped[str] = mapped_column(sa.String(15), default="")
    vat_id: Mapped[str] = mapped_column(sa.String(20), default="")
    address: Mapped[str] = mapped_column(sa.String(400), default="")
    phone: Mapped[str] = mapped_column(sa.String(60), default="")
    email: Mapped[str] = mapped_column(sa.String(200), default="")
    bank: Mapped[str] = mapped_column(sa.String(200), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    account: Mapped[str] = mapped_column(sa.String(34), default="")
    corr_account: Mapped[str] = mapped_column(sa.String(20), default="")
    signatory_name: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_job: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_basis: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_name_genitive: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_job_genitive: Mapped[str] = mapped_column(sa.String(200), default="")
    signatory_basis_genitive: Mapped[str] = mapped_column(sa.String(200), default="")
    currency: Mapped[str] = mapped_column(sa.String(3), default="RUB")
    vat_rate: Mapped[int | None] = mapped_column(default=22)  # usual rate in percent; None: without VAT
    locale: Mapped[str] = mapped_column(sa.String(5), default="ru")
    timezone: Mapped[str] = mapped_column(sa.String(60), default="Europe/Moscow")
    business: Mapped[str] = mapped_column(sa.String(40), default="")
    manager_sees: Mapped[str] = mapped_column(sa.String(10), default="own")  # own | team | all
    forgotten_days: Mapped[int] = mapped_column(default=14)
    modules_off: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}


class Team(Base):
    """Managers who work and compete together."""

    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100), unique=True)
    members: Mapped[list["User"]] = relationship(back_populates="team")


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
    session_key: Mapped[str] = mapped_column(sa.String(32), default="")  # changes end every session
    invite_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    invite_until: Mapped[dt.datetime | None] = mapped_column(Moment)
    last_seen_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    team: Mapped[Team | None] = relationship(back_populates="members")

    @property
    def is_active(self) -> bool:
        """Flask-Login asks: people who left do not come in."""
        return self.active

    @property
    def rights(self) -> frozenset[str]:
        """What the role opens."""
        return RIGHTS[self.role]

    @property
    def role_label(self) -> str:
        """The role in the reader's language."""
        return str(ROLES[self.role])

    @property
    def can_sign_in(self) -> bool:
        """Whether the person has a password and works here."""
        return self.active and self.password_hash is not None

    def get_id(self) -> str:
        """The session names the person and the key that ends all sessions when it changes."""
        return f"{self.id}.{self.session_key}"


class SignInCount(Base):
    """Failed tries of one account from one address within a window; kept in a transaction of its own."""

    __tablename__ = "sign_in_count"

    key: Mapped[str] = mapped_column(sa.String(120), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    since: Mapped[dt.datetime] = mapped_column(Moment)


class Setup(Base):
    """The one-time link of the first start: only the hash of its token is kept."""

    __tablename__ = "setup"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
