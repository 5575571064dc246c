"""Sales plans of managers by month."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base


class Plan(Base):
    """What a manager is to sell in a month; `amount` in minor units of the company's currency."""

    __tablename__ = "plan"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    month: Mapped[dt.date] = mapped_column(primary_key=True)  # its first day
    amount: Mapped[int] = mapped_column(sa.BigInteger, default=0)
