"""The deal that tests in the browser work on."""

from typing import Any

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.library import load
from crm.deals.models import Deal
from crm.deals.operations import create_deal, create_pipeline
from tests.cast import Cast


def make_windows(people: Cast, **fields: Any) -> Deal:
    """Windows, sold by Boris in the ready pipeline of services."""
    boris = db.session.get_one(User, people.boris)
    pipeline = create_pipeline(spec=load("services", "en"), actor=None)
    return create_deal(title="Окна", pipeline=pipeline, actor=boris, manager_id=boris.id, currency="RUB", **fields)
