"""Boris and his deal with everything that a document needs, in one transaction."""

import pytest
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.deals.models import Deal
from tests.cast import Cast
from tests.documents.scene import make_scene


@pytest.fixture
def boris(context: Session, cast: Cast) -> User:
    """The manager of the deal."""
    return context.get_one(User, cast.boris)


@pytest.fixture
def deal(context: Session, cast: Cast) -> Deal:
    """His deal."""
    return make_scene(cast)
