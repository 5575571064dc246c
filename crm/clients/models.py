"""Clients: people and companies, and the ways to reach them."""

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from crm.accounts import leading
from crm.accounts.models import User
from crm.clients import channels, names
from crm.core.company_columns import Signatory
from crm.core.db import Base, Moment, utcnow


def list_indexes(table: str) -> tuple[sa.Index, ...]:
    """The two orders of a list and the bin, each from an index that holds just its rows: so both databases read them in
    order, whatever they know of their tables. (An index that begins with `deleted_at` is in no order for PostgreSQL.)
    """
    live, binned = sa.text("deleted_at IS NULL"), sa.text("deleted_at IS NOT NULL")
    return tuple(sa.Index(f"ix_{table}_{name}", *columns, sqlite_where=where, postgresql_where=where) for name, columns, where in (
        ("by_name", ("sort_key", "id"), live), ("by_age", ("created_at", "id"), live), ("binned", ("deleted_at",), binned)))


class ClientMixin:
    """What people and companies share: who leads them, how they are found, versions and the bin."""

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(sa.String(100), default="")
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    sort_key: Mapped[str] = mapped_column(sa.String(120), default="")
    external_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)  # key in the imported file
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    updated_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, onupdate=utcnow)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(Moment)  # in the bin for 30 days
    manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)

    @declared_attr
    @classmethod
    def manager(cls) -> Mapped[User | None]:
        """Who is responsible."""
        return relationship(User)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        """A stale write is refused."""
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]


class Company(Signatory, ClientMixin, Base):
    """A company or an entrepreneur we sell to."""

    __tablename__ = "company"
    __table_args__ = list_indexes("company")
    card: ClassVar[str] = "company"

    name: Mapped[str] = mapped_column(sa.String(300))
    legal_name: Mapped[str] = mapped_column(sa.String(400), default="")
    kind: Mapped[str] = mapped_column(sa.String(20), default="company")  # company | entrepreneur
    industry: Mapped[str] = mapped_column(sa.String(120), default="")
    city: Mapped[str] = mapped_column(sa.String(120), default="")
    website: Mapped[str] = mapped_column(sa.String(200), default="")
    inn: Mapped[str] = mapped_column(sa.String(20), default="", index=True)
    kpp: Mapped[str] = mapped_column(sa.String(9), default="")
    ogrn: Mapped[str] = mapped_column(sa.String(15), default="")
    vat_id: Mapped[str] = mapped_column(sa.String(20), default="")
    legal_address: Mapped[str] = mapped_column(sa.String(400), default="")
    postal_address: Mapped[str] = mapped_column(sa.String(400), default="")

    channels: Mapped[list["Channel"]] = relationship(
        back_populates="company", cascade="all, delete-orphan", order_by="Channel.position")
    accounts: Mapped[list["BankAccount"]] = relationship(
        back_populates="company", cascade="all, delete-orphan", order_by="BankAccount.id")
    people: Mapped[list["Contact"]] = relationship(back_populates="company")

    @property
    def title(self) -> str:
        """The name on cards and lists."""
        return self.name

    @property
    def website_href(self) -> str | None:
        """The address of the website, https unless typed otherwise; None for what is no address."""
        return channels.web_address(self.website)


class Contact(ClientMixin, Base):
    """A person."""

    __tablename__ = "contact"
    __table_args__ = list_indexes("contact")
    card: ClassVar[str] = "contact"

    surname: Mapped[str] = mapped_column(sa.String(120), default="")
    given_name: Mapped[str] = mapped_column(sa.String(120), default="")
    patronymic: Mapped[str] = mapped_column(sa.String(120), default="")
    job: Mapped[str] = mapped_column(sa.String(200), default="")
    birthday: Mapped[dt.date | None]
    needs: Mapped[str] = mapped_column(sa.Text, default="")  # the client's pain and wishes
    address: Mapped[str] = mapped_column(sa.String(400), default="", server_default="")  # these three for a contract with the person
    passport: Mapped[str] = mapped_column(sa.String(300), default="", server_default="")  # or another identity document, as it is written
    inn: Mapped[str] = mapped_column(sa.String(20), default="", server_default="")
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id", ondelete="SET NULL"), index=True)

    company: Mapped[Company | None] = relationship(back_populates="people")
    channels: Mapped[list["Channel"]] = relationship(
        back_populates="contact", cascade="all, delete-orphan", order_by="Channel.position")

    @property
    def title(self) -> str:
        """The name as it is read in its language, as far as it is known: 'Ёлкин Борис', 'John Smith'."""
        return names.in_order(self.surname, self.given_name, self.patronymic)


class Channel(Base):
    """A phone, an e-mail or a messenger of a person or a company."""

    __tablename__ = "channel"

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="CASCADE"), index=True)
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))  # phone | email | telegram | whatsapp | vk | other
    typed: Mapped[str] = mapped_column(sa.String(200))  # as the person wrote it
    value: Mapped[str] = mapped_column(sa.String(200), index=True)  # E.164, small-letter e-mail, account name
    position: Mapped[int] = mapped_column(default=0)
    contact: Mapped[Contact | None] = relationship(back_populates="channels")
    company: Mapped[Company | None] = relationship(back_populates="channels")

    @property
    def href(self) -> str | None:
        """The address that calls or writes, None when nothing can be opened."""
        return channels.href(self.kind, self.value, self.typed)

    @property
    def shown(self) -> str:
        """The number in groups, or what was typed."""
        return channels.shown(self.kind, self.value, self.typed)

    @property
    def icon(self) -> str:
        """The drawing that stands for its kind."""
        return channels.ICONS.get(self.kind, "link")

    @property
    def label(self) -> str:
        """Its kind in the reader's language."""
        return str(channels.KINDS.get(self.kind, self.kind))


class BankAccount(Base):
    """A bank account of a client."""

    __tablename__ = "bank_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(sa.ForeignKey("company.id", ondelete="CASCADE"), index=True)
    bank: Mapped[str] = mapped_column(sa.String(200), default="")
    bic: Mapped[str] = mapped_column(sa.String(11), default="")
    account: Mapped[str] = mapped_column(sa.String(34), default="")
    corr_account: Mapped[str] = mapped_column(sa.String(20), default="")
    company: Mapped[Company] = relationship(back_populates="accounts")


leading.declare(Contact.manager_id, Company.manager_id)
