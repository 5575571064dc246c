"""A company in which three managers have everything that the program can hold."""

from dataclasses import dataclass

import pytest
from flask import Flask

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import StageStep
from crm.documents import operations as documents
from tests.cast import Cast
from tests.factories import make_pipeline
from tests.leaks.world import OWNERS, Work, make_work


@dataclass
class World:
    """The cast and the work of its three managers."""

    cast: Cast
    pipeline_id: int
    works: dict[str, Work]


def found(app: Flask, cast: Cast, owners: tuple[str, ...]) -> World:
    """The company with the work of `owners`, committed."""
    with app.test_request_context():
        owner = db.session.get_one(User, cast.owner)
        documents.install_templates(actor=owner)
        pipeline = make_pipeline()
        pipeline.stages[0].steps = [StageStep(text="Call", position=0)]
        db.session.flush()
        works = {name: make_work(name, db.session.get_one(User, getattr(cast, name)), pipeline) for name in owners}
        db.session.commit()
        return World(cast, pipeline.id, works)


@pytest.fixture
def world(app: Flask, cast: Cast) -> World:
    """Everybody's work."""
    return found(app, cast, OWNERS)
