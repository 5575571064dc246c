"""Products with their prices of all lists as a table to take away; the import takes the same columns back."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import queries
from crm.catalog.models import ListPrice, Product
from crm.core import dates, i18n, money
from crm.core.db import db
from crm.core.listing import Wish
from crm.core.sheets import Column
from crm.guard.exports import Table

BATCH = 1000
MOST_STEPS = 40  # columns of price lists


def step_title(name: str, start: Decimal) -> str:
    """The head of a column of prices: 'Wholesale', or 'Wholesale, from 10'."""
    return name if start == 1 else _("%(list)s, from %(quantity)s", list=name, quantity=i18n.decimal(start))


def products(asked: Wish, reader: User) -> Table:
    """The products of the filtered list, in its order; prices in major units, costs for who may see them, prices of lists of today."""
    query = queries.ordered_products(asked, reader)
    steps = queries.list_steps()[:MOST_STEPS]
    columns = [Column(_("Name"), width=40), Column(_("Product code")), Column(_("Group"), width=25), Column(_("Unit"), width=10),
               Column(_("Price"), "number", 15), Column(_("Currency"), width=8), Column(_("VAT, %"), "whole", 8)]
    columns += [Column(step_title(one.name, start), "number", 15) for one, start in steps]
    wanted = query.with_only_columns(Product.name, Product.sku, Product.group_id, Product.unit, Product.price, Product.currency,
                                     Product.vat_rate, Product.id)
    if shows_cost := queries.shows_cost(reader):
        columns.append(Column(_("Cost"), "number", 15))
        wanted = wanted.add_columns(Product.cost)
    groups = {one.id: one.title for one in queries.groups()}

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for batch in db.session.execute(wanted.limit(most).execution_options(yield_per=BATCH)).partitions():
            prices = _prices([row.id for row in batch]) if steps else {}
            for row in batch:
                listed = [prices.get((row.id, one.id, start)) for one, start in steps]
                yield (row.name, row.sku, groups.get(row.group_id, ""), row.unit, money.to_major(row.price, row.currency), row.currency,
                       row.vat_rate, *(_major(price, row.currency) for price in listed),
                       *([_major(row.cost, row.currency)] if shows_cost else []))

    return Table("products", _("Products"), columns, lambda: db.session.scalar(
        sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0, rows)


def _prices(ids: list[int]) -> dict[tuple[int, int, Decimal], int | None]:
    """(product, list, quantity) -> the price of today."""
    rows = db.session.execute(sa.select(ListPrice).where(ListPrice.product_id.in_(ids), ListPrice.since <= dates.today()).order_by(
        ListPrice.since)).scalars()
    return {(row.product_id, row.price_list_id, row.from_quantity): row.price for row in rows}


def _major(minor: int | None, currency: str) -> Any:
    return "" if minor is None else money.to_major(minor, currency)
