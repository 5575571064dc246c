"""Invoices for tests."""

import datetime as dt
from typing import Any

from flask import Flask

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import operations as documents
from crm.documents.models import Document
from tests.cast import Cast
from tests.documents.scene import make_scene


def invoice(deal: Deal, actor: User, *, days: int = 5, late: int | None = None, **fields: Any) -> Document:
    """An invoice of the deal, to be paid in `days`, or `late` days ago."""
    until = dates.today() + dt.timedelta(days=days if late is None else -late)
    template = documents.template_for(kind="invoice", locale="ru", key="", deal=deal)
    return documents.make_document(deal, template=template, actor=actor, dated=until - dt.timedelta(days=5), valid_until=until, **fields)


def committed(app: Flask, cast: Cast, **fields: Any) -> tuple[int, int]:
    """The ids of Boris's deal and of its invoice, committed."""
    with app.app_context():
        deal = make_scene(cast)
        made = invoice(deal, db.session.get_one(User, cast.boris), **fields)
        db.session.commit()
        return deal.id, made.id
