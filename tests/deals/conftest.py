"""The shop of the tests about prices."""

from decimal import Decimal

import pytest
from flask import Flask

from crm.catalog import operations as catalog
from crm.core.db import db
from tests.cast import Cast
from tests.deals.shop import LONG_AGO
from tests.factories import make_company, make_contact, make_deal, make_pipeline


@pytest.fixture
def shop(app: Flask, cast: Cast) -> dict[str, int]:
    """Gloves at 1 000, wholesale from 10 at 950 for companies; a deal of a company and one of a person, led by Boris."""
    with app.app_context():
        product = catalog.create_product(name="Перчатки", actor=None, price=1_000_00, unit="шт", cost=600_00)
        wholesale = catalog.create_list(name="Опт", kinds=["company"], actor=None)
        catalog.add_price(wholesale, product, price=950_00, from_quantity=Decimal(10), since=LONG_AGO, actor=None)
        pipeline = make_pipeline()
        firm = make_deal(pipeline, company=make_company(manager_id=cast.boris), manager_id=cast.boris)
        person = make_deal(pipeline, contact=make_contact(manager_id=cast.boris), manager_id=cast.boris)
        db.session.commit()
        return {"product": product.id, "list": wholesale.id, "firm": firm.id, "person": person.id}
