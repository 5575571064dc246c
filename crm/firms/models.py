"""Companies of ours beside the first one, which is `accounts.models.Organization`."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.company_columns import OwnDetails
from crm.core.db import Base, Moment, utcnow

FIRST = 0  # what addresses, terms of templates and series of numbers call the first company; columns of deals and documents say NULL


class Firm(OwnDetails, Base):
    """One more company in whose name deals are made. It is never deleted: documents and numbers are its own."""

    __tablename__ = "firm"

    id: Mapped[int] = mapped_column(primary_key=True)
    archived: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow)
    __mapper_args__ = {"version_id_col": version}
