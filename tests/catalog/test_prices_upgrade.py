"""The step of the tables that brings price lists works on a filled database, down and up: deals keep their lines and sums."""

import datetime as dt
from decimal import Decimal

import sqlalchemy as sa
from flask import Flask

from crm.catalog import operations as catalog
from crm.core.db import db
from crm.deals import operations
from crm.deals.models import Deal, DealLine
from tests.cast import make_cast
from tests.factories import make_company, make_deal, make_pipeline
from tests.upgrades import move

TABLES = {"product_group", "product_part", "price_list", "list_price", "client_price_list"}


def test_lines_keep_their_prices_down_and_up(real_app: Flask) -> None:
    with real_app.app_context():
        make_cast()
        group = catalog.group_named("Химия / Полы")
        product = catalog.create_product(name="Гель", actor=None, price=1_000_00, group_id=group.id if group else None)
        wholesale = catalog.create_list(name="Опт", kinds=["company"], actor=None)
        catalog.add_price(wholesale, product, price=950_00, from_quantity=Decimal(10), since=dt.date(2020, 1, 1), actor=None)
        deal = make_deal(make_pipeline(), company=make_company())
        operations.set_lines(deal, [operations.LineInput("Гель", Decimal(12), None, product=product)], actor=None)
        db.session.commit()
        assert deal.lines[0].formed == {"base": 1_000_00, "price": 950_00, "list": "Опт", "from": "10"}
        move("0015")
        assert not TABLES & set(sa.inspect(db.engine).get_table_names())
        assert db.session.execute(sa.text("SELECT price FROM deal_line")).scalar_one() == 950_00
        move("head")
        assert set(sa.inspect(db.engine).get_table_names()) >= TABLES
        line = db.session.scalars(sa.select(DealLine)).one()
        assert (line.price, line.formed, line.asked_percent) == (950_00, None, None)
        assert db.session.scalars(sa.select(Deal.amount)).one() == 11_400_00
