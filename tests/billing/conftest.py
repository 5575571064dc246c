"""Boris, his deal, and invoices made of it."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.deals.models import Deal
from crm.documents.models import Document
from tests.billing.scene import invoice
from tests.cast import Cast
from tests.documents.scene import make_scene


@pytest.fixture
def boris(context: Session, cast: Cast) -> User:
    """The manager of the deal."""
    return context.get_one(User, cast.boris)


@pytest.fixture
def books(context: Session, cast: Cast) -> User:
    """The accountant, who records payments."""
    return context.get_one(User, cast.accountant)


@pytest.fixture
def deal(context: Session, cast: Cast) -> Deal:
    """His deal: 30 tables with a discount, 2 boards, delivery; VAT of 22 % inside."""
    return make_scene(cast)


@pytest.fixture
def bill(deal: Deal, boris: User) -> Callable[..., Document]:
    """Make an invoice of the deal."""
    return lambda **fields: invoice(deal, boris, **fields)


