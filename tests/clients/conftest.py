"""Clients led by people of the fixed cast."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.clients import operations
from crm.clients.models import Company
from crm.core.db import db
from tests.cast import Cast

Made = Callable[..., int]


@pytest.fixture
def made(app: Flask, cast: Cast) -> Made:
    """made('contact', 'boris', surname=...) or made('company', 'vera', name=...): a committed client, gives its id."""

    def make(what: str, who: str, company_id: int | None = None, **values: Any) -> int:
        with app.app_context():
            actor = db.session.get_one(User, getattr(cast, who))
            if company_id:
                values["company"] = db.session.get_one(Company, company_id)
            card = (operations.create_contact if what == "contact" else operations.create_company)(
                actor=actor, **values)
            db.session.commit()
            return card.id

    return make
