"""Reads of the companies in whose name we sell. Who has one only is asked nothing and runs no query here."""

from collections.abc import Sequence

import sqlalchemy as sa

from crm.accounts.queries import the_organization
from crm.core.company_columns import OwnDetails
from crm.core.db import db
from crm.firms.models import FIRST, Firm


def several() -> bool:
    """Whether there are companies of ours beside the first one."""
    return the_organization().firms > 0


def firm(firm_id: int) -> Firm | None:
    """One of those beside the first, archived or not."""
    return db.session.get(Firm, firm_id)


def details(firm_id: int | None) -> OwnDetails:
    """The company that a deal or a document names; None is the first one."""
    return (firm(firm_id) if firm_id else None) or the_organization()


def is_archived(firm_id: int | None) -> bool:
    """Whether nothing new should be in its name."""
    found = firm(firm_id) if firm_id else None
    return found is not None and found.archived


def label(firm_id: int | None) -> str:
    """Its name for who has to tell it from others; empty for who has one only."""
    return details(firm_id).name if several() else ""


def firms() -> Sequence[Firm]:
    """Those beside the first, by name; the archived last."""
    if not several():
        return ()
    return db.session.scalars(sa.select(Firm).order_by(Firm.archived, Firm.name, Firm.id)).all()


def choices(kept: int | None = None, *, archived: bool = False) -> list[tuple[str, str]]:
    """(code, name) for a select: the first and those in use; `kept` stays a choice when it is archived. Empty for who has one only."""
    found = [(str(one.id), one.name) for one in firms() if archived or not one.archived or one.id == kept]
    return [(str(FIRST), the_organization().name), *found] if several() else []


def usable(firm_id: int | None) -> int | None:
    """The company for something new: the named one, the first when that is archived."""
    found = firm(firm_id) if firm_id else None
    return found.id if found is not None and not found.archived else None


def column(code: str | int | None) -> int | None:
    """A code of a form as the columns of deals and documents keep it; the first one for what is no code."""
    text = str(code or "")
    return (int(text) or None) if text.isdecimal() and len(text) < 10 else None
