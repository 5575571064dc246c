"""Pipelines, their stages, and the deals that walk through them."""

import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.accounts import leading
from crm.accounts.models import User
from crm.catalog.models import Product
from crm.clients.models import Company, Contact
from crm.core.db import Base, Moment, Scaled, utcnow

OPEN, WON, LOST = "open", "won", "lost"


class Pipeline(Base):
    """The way of a sale in one line of business."""

    __tablename__ = "pipeline"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(40), default="")  # the ready pipeline it came from
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    firm_id: Mapped[int | None]  # the company of ours that its deals are usually made with, of crm/firms; None: the first
    stages: Mapped[list["Stage"]] = relationship(
        back_populates="pipeline", cascade="all, delete-orphan", order_by="Stage.position")
    reasons: Mapped[list["LossReason"]] = relationship(
        back_populates="pipeline", cascade="all, delete-orphan", order_by="LossReason.position")


class Stage(Base):
    """A step of the way: what to do, what to get, how likely a sale is, how long it may take."""

    __tablename__ = "stage"

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline_id: Mapped[int] = mapped_column(sa.ForeignKey("pipeline.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[str] = mapped_column(sa.String(10), default=OPEN)
    position: Mapped[int] = mapped_column(default=0)
    task: Mapped[str] = mapped_column(sa.Text, default="")
    result: Mapped[str] = mapped_column(sa.Text, default="")
    probability: Mapped[int] = mapped_column(default=0)  # percent
    norm_days: Mapped[int | None]
    requires: Mapped[list[str]] = mapped_column(sa.JSON, default=list)  # codes of requirements.REQUIREMENTS
    arrives_on: Mapped[str] = mapped_column(sa.String(40), default="", server_default="")  # a code of arrivals.ARRIVALS
    pipeline: Mapped[Pipeline] = relationship(back_populates="stages")
    steps: Mapped[list["StageStep"]] = relationship(
        back_populates="stage", cascade="all, delete-orphan", order_by="StageStep.position")


class StageStep(Base):
    """A key step of a role at a stage: one line of the checklist on the deal."""

    __tablename__ = "stage_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(sa.String(60), default="")
    text: Mapped[str] = mapped_column(sa.String(400))
    position: Mapped[int] = mapped_column(default=0)
    stage: Mapped[Stage] = relationship(back_populates="steps")


class LossReason(Base):
    """Why deals are refused: a tree of two levels."""

    __tablename__ = "loss_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline_id: Mapped[int] = mapped_column(sa.ForeignKey("pipeline.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loss_reason.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)
    pipeline: Mapped[Pipeline] = relationship(back_populates="reasons")
    children: Mapped[list["LossReason"]] = relationship(
        back_populates="parent", order_by="LossReason.position")
    parent: Mapped["LossReason | None"] = relationship(back_populates="children", remote_side=[id])


deal_person = sa.Table(
    "deal_person", Base.metadata,
    sa.Column("deal_id", sa.ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("contact_id", sa.ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Deal(Base):
    """A sale. `amount` in minor units of `currency`: the sum of the lines, or typed when there are none."""

    __tablename__ = "deal"
    card: ClassVar[str] = "deal"
    __table_args__ = (
        sa.Index("ix_deal_board", "stage_id", "deleted_at", "rank", "id"),
        sa.Index("ix_deal_manager_status", "manager_id", "status", "closed_on"),
        # the funnel and the count of begun deals are read from this index alone
        sa.Index("ix_deal_begun", "engaged_on", "pipeline_id", "deleted_at", "status", "stage_id", "reached_id", "manager_id"),
        # the figures of the board and of the leaderboard are read from this index alone, whatever was sold before
        sa.Index("ix_deal_figures", "status", "closed_on", "deleted_at", "pipeline_id", "stage_id", "manager_id", "currency",
                 "amount", "engaged_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(sa.String(300))
    pipeline_id: Mapped[int] = mapped_column(sa.ForeignKey("pipeline.id"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id"), index=True)
    status: Mapped[str] = mapped_column(sa.String(10), default=OPEN)  # the stage's kind, kept beside it
    reached_id: Mapped[int | None]  # the furthest open stage it was in before the present one, so that the funnel reads no stays
    rank: Mapped[float] = mapped_column(sa.Double, default=0.0)  # place within the stage, small first
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id", ondelete="SET NULL"), index=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="SET NULL"), index=True)
    manager_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"), index=True)
    firm_id: Mapped[int | None]  # the company of ours it is with; None: the first. No key: SQLite would make the table anew
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    currency: Mapped[str] = mapped_column(sa.String(3), default="RUB")
    source: Mapped[str] = mapped_column(sa.String(100), default="")
    comment: Mapped[str] = mapped_column(sa.Text, default="")
    engaged_on: Mapped[dt.date | None] = mapped_column()  # first contact
    expected_on: Mapped[dt.date | None]  # when the client should decide
    closed_on: Mapped[dt.date | None]
    stage_since: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    touched_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)  # last act of ours with the client
    # the next step lives here, kept by tasks through operations, so that the board asks one table
    next_step: Mapped[str] = mapped_column(sa.String(300), default="")
    next_step_on: Mapped[dt.date | None] = mapped_column(index=True)
    next_step_time: Mapped[dt.time | None]
    loss_reason_id: Mapped[int | None] = mapped_column(sa.ForeignKey("loss_reason.id", ondelete="SET NULL"))
    loss_comment: Mapped[str] = mapped_column(sa.Text, default="")
    competitor: Mapped[str] = mapped_column(sa.String(200), default="")
    competitor_price: Mapped[int | None] = mapped_column(sa.BigInteger)
    external_key: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    price_list_id: Mapped[int | None]  # a list chosen for this deal alone; no key, for which SQLite would make the table anew
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)
    updated_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, onupdate=utcnow)
    deleted_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    __mapper_args__ = {"version_id_col": version}

    pipeline: Mapped[Pipeline] = relationship()
    stage: Mapped[Stage] = relationship()
    company: Mapped[Company | None] = relationship()
    contact: Mapped[Contact | None] = relationship()
    manager: Mapped[User | None] = relationship()
    loss_reason: Mapped[LossReason | None] = relationship()
    people: Mapped[list[Contact]] = relationship(secondary=deal_person)
    lines: Mapped[list["DealLine"]] = relationship(
        back_populates="deal", cascade="all, delete-orphan", order_by="DealLine.position")
    done_steps: Mapped[list["DealStep"]] = relationship(back_populates="deal", cascade="all, delete-orphan")
    history: Mapped[list["StageVisit"]] = relationship(
        back_populates="deal", cascade="all, delete-orphan", order_by="StageVisit.id")

    @property
    def client_title(self) -> str:
        """The company, else the person, as the card shows it."""
        client = self.company or self.contact
        return client.title if client else ""


deal_table = cast(sa.Table, Deal.__table__)  # for changes in bulk that are no work with a deal: versions and moments stay


class ClientPriceList(Base):
    """The price list that a client was given by hand; of the two ids one is set."""

    __tablename__ = "client_price_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int | None] = mapped_column(sa.ForeignKey("company.id", ondelete="CASCADE"), unique=True)
    contact_id: Mapped[int | None] = mapped_column(sa.ForeignKey("contact.id", ondelete="CASCADE"), unique=True)
    price_list_id: Mapped[int] = mapped_column(sa.ForeignKey("price_list.id", ondelete="CASCADE"))


class DealLine(Base):
    """A product in a deal, with the name, price and cost it had then.

    `formed` says how the price came about (catalog/pricing.Formed.kept, and "hand" and "allowed"); None for lines of nobody's list.
    `parts` is what one unit of a set held. `asked` is a discount above the limit of who wants it: it counts for nothing until
    somebody allows it; `asked_percent` is set as long as it waits.
    """

    __tablename__ = "deal_line"
    __table_args__ = (sa.Index("ix_deal_line_asked", "asked_percent", sqlite_where=sa.text("asked_percent IS NOT NULL"),
                               postgresql_where=sa.text("asked_percent IS NOT NULL")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product.id", ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(sa.String(300))
    unit: Mapped[str] = mapped_column(sa.String(20), default="")
    quantity: Mapped[Decimal] = mapped_column(Scaled(3), default=Decimal(1))
    price: Mapped[int] = mapped_column(sa.BigInteger, default=0)  # minor units of the deal's currency
    cost: Mapped[int | None] = mapped_column(sa.BigInteger)  # of one unit, without VAT, in the same; None when nobody said
    discount: Mapped[Decimal] = mapped_column(Scaled(2), default=Decimal(0))  # percent
    vat_rate: Mapped[Decimal | None] = mapped_column(Scaled(2))  # percent inside the price; None without VAT
    formed: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    parts: Mapped[list[dict[str, Any]] | None] = mapped_column(sa.JSON(none_as_null=True))
    asked: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    asked_percent: Mapped[Decimal | None] = mapped_column(Scaled(2))
    choice: Mapped[str | None] = mapped_column(sa.String(60))  # None: in the sum; "": may be added; else a group of alternatives
    chosen: Mapped[bool] = mapped_column(default=True, server_default=sa.true())  # whether a line with a choice is in the sum
    deal: Mapped[Deal] = relationship(back_populates="lines")
    product: Mapped[Product | None] = relationship()


class DealStep(Base):
    """A key step of a stage that was done on a deal."""

    __tablename__ = "deal_step"

    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), primary_key=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_step.id", ondelete="CASCADE"), primary_key=True)
    done_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    done_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id", ondelete="SET NULL"))
    deal: Mapped[Deal] = relationship(back_populates="done_steps")


class StageVisit(Base):
    """A stay of a deal in a stage."""

    __tablename__ = "stage_visit"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(sa.ForeignKey("deal.id", ondelete="CASCADE"), index=True)
    stage_id: Mapped[int] = mapped_column(sa.ForeignKey("stage.id", ondelete="CASCADE"), index=True)
    entered_at: Mapped[dt.datetime] = mapped_column(Moment)
    left_at: Mapped[dt.datetime | None] = mapped_column(Moment)
    deal: Mapped[Deal] = relationship(back_populates="history")
    stage: Mapped[Stage] = relationship()


leading.declare(Deal.manager_id)
