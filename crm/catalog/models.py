"""Products and services."""

import datetime as dt
from decimal import Decimal
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, Moment, Scaled, utcnow


class Product(Base):
    """What we sell. `price` and `cost` in minor units of `currency`; `vat_rate` in percent, None without VAT.

    `cost` is what one unit costs us without VAT, None when nobody said.
    """

    __tablename__ = "product"
    card: ClassVar[str] = "product"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(300))
    sku: Mapped[str] = mapped_column(sa.String(60), default="")
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
    __mapper_args__ = {"version_id_col": version}
