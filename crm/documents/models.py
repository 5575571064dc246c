"""Word templates in versions, documents made from them, their numbers, their public links, how far their agreement is."""

import datetime as dt
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts.models import User
from crm.core.db import Base, Moment, utcnow
from crm.deals.models import Deal

KINDS = ("quote", "contract", "specification", "invoice", "act", "transfer", "attorney", "letter")
REMIND_DAYS = 7  # before a day that a contract sets, when nobody says otherwise
WITH_LAWYER = sa.text("state = 'lawyer'")  # of `states`; the list of the desk asks in these words, or the index is not seen
BATCH_RUNNING, BATCH_DONE, BATCH_STOPPED = "running", "done", "stopped"


class Template(Base):
    """A kind of document in one language; the newest accepted version is used. `terms`: for which deals it is offered, see `offering`."""

    __tablename__ = "template"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20), index=True)
    locale: Mapped[str] = mapped_column(sa.String(5))
    name: Mapped[str] = mapped_column(sa.String(200))
    archived: Mapped[bool] = mapped_column(default=False)
    terms: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict, server_default="{}")
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    versions: Mapped[list["TemplateVersion"]] = relationship(
        back_populates="template", cascade="all, delete-orphan", order_by="TemplateVersion.number")

    @property
    def current(self) -> "TemplateVersion | None":
        """The newest version without faults: the one documents are made from."""
        return next((version for version in reversed(self.versions) if version.accepted), None)


class TemplateVersion(Base):
    """One uploaded file, kept by its content; `report` is what the check said."""

    __tablename__ = "template_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(sa.ForeignKey("template.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(200))
    accepted: Mapped[bool] = mapped_column(default=False)  # the check found no fault
    report: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    uploaded_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    template: Mapped[Template] = relationship(back_populates="versions")
    uploaded_by: Mapped[User | None] = relationship()


class NumberRule(Base):
    """How the owner wants the numbers of a kind written; kinds without a row follow the usual pattern, see `numbering`."""

    __tablename__ = "number_rule"

    firm: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=0, server_default="0")  # of crm/firms; 0: the first
    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    pattern: Mapped[str] = mapped_column(sa.String(40))
    yearly: Mapped[bool] = mapped_column(default=True)  # begins with 1 each year


class NumberSeries(Base):
    """The last number given in a kind and series (see `numbering.series`). The row is locked while a number is taken: no gaps, no twins."""

    __tablename__ = "number_series"

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    series: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(default=0)


class Document(Base):
    """A made document: its number, the template version, the data it was made from, its bytes by content.

    `numbered` is the number as it stands on the paper; a cancelled document keeps it for good. `series` is of its company and year.
    """

    __tablename__ = "document"
    __table_args__ = (sa.UniqueConstraint("kind", "series", "number", name="uq_document_kind_year_number"),
                      sa.Index("ix_document_with_lawyer", "id", sqlite_where=WITH_LAWYER, postgresql_where=WITH_LAWYER))
    card: ClassVar[str] = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    locale: Mapped[str] = mapped_column(sa.String(5))
    firm_id: Mapped[int | None]  # the company of ours that it is of, of crm/firms; None: the first
    series: Mapped[int]
    number: Mapped[int]
    numbered: Mapped[str] = mapped_column(sa.String(60), default="", server_default="")
    dated: Mapped[dt.date]
    valid_until: Mapped[dt.date | None]
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(sa.String(3))
    version_id: Mapped[int | None] = mapped_column(sa.ForeignKey("template_version.id", ondelete="SET NULL"))
    context: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    digest: Mapped[str] = mapped_column(sa.String(64))
    pdf_digest: Mapped[str | None] = mapped_column(sa.String(64))
    file_name: Mapped[str] = mapped_column(sa.String(250))
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    accepted_at: Mapped[dt.datetime | None] = mapped_column(Moment)  # by the client, on the page of a link
    accepted_by: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")
    choice: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))  # what the client has chosen, see documents/choices
    cancelled_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    paid: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")  # of an invoice, kept by `billing`
    part: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON)  # what of the deal an invoice is for, see `parts`; None: the whole
    batch_id: Mapped[int | None] = mapped_column(index=True)  # of DocumentBatch; no key, for which SQLite would make the table anew
    instead_of_id: Mapped[int | None] = mapped_column(index=True)  # the one that it corrects; no key, as above
    state: Mapped[str] = mapped_column(sa.String(10), default="draft", server_default="draft")  # of `states`, for kinds that go that way
    revision: Mapped[int] = mapped_column(default=1, server_default="1")  # the version that `digest` is
    by_hand: Mapped[bool] = mapped_column(default=False, server_default=sa.false())  # its words are no longer the template's
    deal: Mapped[Deal] = relationship()
    version: Mapped[TemplateVersion | None] = relationship()
    created_by: Mapped[User | None] = relationship()
    links: Mapped[list["DocumentLink"]] = relationship(back_populates="document", cascade="all, delete-orphan")


class DocumentBatch(Base):
    """Documents of one kind for many deals. `done` of `deal_ids` were looked at; `skipped` says (deal's id, why) of those without one,
    `gaps` (document's id, how many) of those in which fields are empty.
    """

    __tablename__ = "document_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    locale: Mapped[str] = mapped_column(sa.String(5))
    template_key: Mapped[str] = mapped_column(sa.String(40), default="")
    dated: Mapped[dt.date]
    deal_ids: Mapped[list[int]] = mapped_column(sa.JSON)
    done: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[list[Any]] = mapped_column(sa.JSON, default=list)
    gaps: Mapped[list[Any]] = mapped_column(sa.JSON, default=list, server_default="[]")
    status: Mapped[str] = mapped_column(sa.String(10), default=BATCH_RUNNING)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    ended_at: Mapped[dt.datetime | None] = mapped_column(Moment)


class DocumentLink(Base):
    """A secret address for the client; only the hash of its token is kept, so a leaked base opens nothing."""

    __tablename__ = "document_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    ends_at: Mapped[dt.datetime] = mapped_column(Moment)
    recalled_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    opened_at: Mapped[dt.datetime | None] = mapped_column(Moment)  # first time, by a person
    opened: Mapped[int] = mapped_column(default=0)
    document: Mapped[Document] = relationship(back_populates="links")


class AgreementRule(Base):
    """Whether the lawyer agrees documents of a kind before they are sent; kinds without a row follow the usual, see `agreeing`."""

    __tablename__ = "agreement_rule"

    kind: Mapped[str] = mapped_column(sa.String(20), primary_key=True)
    asked: Mapped[bool]


class Agreement(Base):
    """How far a contract is, who did what and when, where its signed paper lies, and the days that it sets."""

    __tablename__ = "agreement"

    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), primary_key=True, autoincrement=False)
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    asked_at: Mapped[dt.datetime | None] = mapped_column(Moment, index=True)
    asked_text: Mapped[str] = mapped_column(sa.Text, default="")
    lawyer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    due_on: Mapped[dt.date | None]
    agreed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    agreed_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    agreed_revision: Mapped[int | None]
    sent_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    sent_revision: Mapped[int | None]  # what the client has; newer versions are not shown to them before they are sent
    signed_on: Mapped[dt.date | None]
    signed_by: Mapped[str] = mapped_column(sa.String(200), default="")
    scan_digest: Mapped[str | None] = mapped_column(sa.String(64))
    scan_name: Mapped[str] = mapped_column(sa.String(250), default="")
    scan_kind: Mapped[str] = mapped_column(sa.String(20), default="")
    kept_where: Mapped[str] = mapped_column(sa.String(300), default="")
    kept_on: Mapped[dt.date | None]
    ends_on: Mapped[dt.date | None]
    deliver_on: Mapped[dt.date | None]
    pay_on: Mapped[dt.date | None]
    remind_days: Mapped[int] = mapped_column(default=REMIND_DAYS)
    document: Mapped[Document] = relationship()
    asked_by: Mapped[User | None] = relationship(foreign_keys=[asked_by_id])
    lawyer: Mapped[User | None] = relationship(foreign_keys=[lawyer_id])
    agreed_by: Mapped[User | None] = relationship(foreign_keys=[agreed_by_id])


class DocumentVersion(Base):
    """One text of a document under its one number. A document whose text never changed has no rows: its only version is itself."""

    __tablename__ = "document_version"
    __table_args__ = (sa.UniqueConstraint("document_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    source_digest: Mapped[str | None] = mapped_column(sa.String(64))  # the file as it came, with remarks of colleagues inside
    pdf_digest: Mapped[str | None] = mapped_column(sa.String(64))
    by_hand: Mapped[bool] = mapped_column(default=False)
    made_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    made_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    made_by: Mapped[User | None] = relationship()


class Remark(Base):
    """What somebody said of a version of a document, for good; an answer has a `parent_id`. `author` is a name out of a Word file."""

    __tablename__ = "remark"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("document.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("remark.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int]
    kind: Mapped[str] = mapped_column(sa.String(10), default="said")  # said, comment, inserted, deleted
    text: Mapped[str] = mapped_column(sa.Text)
    quote: Mapped[str] = mapped_column(sa.Text, default="")
    author: Mapped[str] = mapped_column(sa.String(120), default="")
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    settled_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    settled_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    by: Mapped[User | None] = relationship(foreign_keys=[by_id])
    settled_by: Mapped[User | None] = relationship(foreign_keys=[settled_by_id])

    @property
    def who(self) -> str:
        """The name of who said it."""
        return self.author or (self.by.name if self.by else "")
