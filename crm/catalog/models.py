"""Products and services, their groups, what sets are made of, and price lists."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm.core import money
from crm.core.db import Base, Moment, Scaled, utcnow

CLIENT_KINDS = ("company", "entrepreneur", "person")


class ProductGroup(Base):
    """A group of products: a tree of two levels."""

    __tablename__ = "product_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("product_group.id", ondelete="CASCADE"), index=True)
    parent: Mapped["ProductGroup | None"] = relationship(remote_side=[id])

    @property
    def title(self) -> str:
        """With the group that it stands in."""
        return f"{self.parent.name} / {self.name}" if self.parent is not None else self.name


class Product(Base):
    """What we sell. `price` and `cost` in minor units of `currency`; `vat_rate` in percent, None without VAT.

    `cost` is what one unit costs us without VAT, None when nobody said; of a set it is the sum of its parts, kept by operations.
    """

    __tablename__ = "product"
    card: ClassVar[str] = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    sku: Mapped[str] = mapped_column(sa.String(60), default="")
    group_id: Mapped[int | None] = mapped_column(index=True)  # of ProductGroup; no key, for which SQLite would make the table anew
    unit: Mapped[str] = mapped_column(sa.String(20), default="")
    price: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    cost: Mapped[int | None] = mapped_column(sa.BigInteger)
    currency: Mapped[str] = mapped_column(sa.String(3), default="RUB")
    vat_rate: Mapped[Decimal | None] = mapped_column(Scaled(2))
    active: Mapped[bool] = mapped_column(default=True)
    search_text: Mapped[str] = mapped_column(sa.Text, default="")
    sort_key: Mapped[str] = mapped_column(sa.String(120), default="", index=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    group: Mapped[ProductGroup | None] = relationship(primaryjoin="foreign(Product.group_id) == ProductGroup.id", viewonly=True)
    parts: Mapped[list["ProductPart"]] = relationship(
        back_populates="whole", cascade="all, delete-orphan", order_by="ProductPart.position", foreign_keys="ProductPart.set_id")
    __mapper_args__ = {"version_id_col": version}

    @property
    def apart(self) -> int:
        """What the parts of a set come to when they are sold one by one."""
        return sum(money.line_sum(row.part.price, row.quantity, Decimal(0), None).total for row in self.parts)


class ProductPart(Base):
    """What one unit of a set holds of another product."""

    __tablename__ = "product_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    set_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id", ondelete="CASCADE"), index=True)
    part_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[Decimal] = mapped_column(Scaled(3), default=Decimal(1))
    position: Mapped[int] = mapped_column(default=0)
    whole: Mapped[Product] = relationship(back_populates="parts", foreign_keys=[set_id])
    part: Mapped[Product] = relationship(foreign_keys=[part_id])


class PriceList(Base):
    """Prices for some clients. `kinds` are those of CLIENT_KINDS who get it by themselves.

    `chosen_by` says who may choose it in a deal: "setters", who change prices, or "all", who edit the deal.
    """

    __tablename__ = "price_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kinds: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    chosen_by: Mapped[str] = mapped_column(sa.String(10), default="setters")
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}


class ListPrice(Base):
    """A price of a list from a quantity on, from a day on; in minor units of the product's currency, None: no longer in the list."""

    __tablename__ = "list_price"
    __table_args__ = (sa.UniqueConstraint("price_list_id", "product_id", "from_quantity", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    price_list_id: Mapped[int] = mapped_column(sa.ForeignKey("price_list.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id", ondelete="CASCADE"), index=True)
    from_quantity: Mapped[Decimal] = mapped_column(Scaled(3), default=Decimal(1))
    since: Mapped[dt.date]
    price: Mapped[int | None] = mapped_column(sa.BigInteger)
