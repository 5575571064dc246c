"""A form that is sent twice (a double click, a phone that repeats a lost answer) makes one record."""

import datetime as dt

import sqlalchemy as sa
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Mapped, mapped_column

from crm.core.db import Base, Moment, db, upsert, utcnow

SENT_BEFORE = _l("This form has been sent before, so nothing was added now. For one more, open the form anew.")


class Once(Base):
    """The key that a form carried and where its record is to be seen."""

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    url: Mapped[str] = mapped_column(sa.String(300), default="")
    at: Mapped[dt.datetime] = mapped_column(Moment, default=utcnow, index=True)


def already(key: str | None) -> str | None:
    """Claim the key of a form; the address of its record when it was sent before, else None.

    On PostgreSQL the second sender waits here until the first has committed.
    """
    if not key:
        return None
    claim = upsert(db.engine, Once).values(key=key[:40], url="", at=utcnow()).on_conflict_do_nothing()
    if db.session.scalar(claim.returning(Once.key)) is not None:  # rowcount is -1 on PostgreSQL
        return None
    return db.session.scalar(sa.select(Once.url).where(Once.key == key[:40])) or "/"


def keep(key: str | None, url: str) -> None:
    """Remember where the record of this form is."""
    if key:
        db.session.execute(sa.update(Once).where(Once.key == key[:40]).values(url=url))
