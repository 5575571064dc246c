"""Products as a table to take away."""

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import queries
from crm.catalog.models import Product
from crm.core import money
from crm.core.db import db
from crm.core.listing import Wish
from crm.core.sheets import Column
from crm.guard.exports import Table

BATCH = 1000


def products(asked: Wish, reader: User) -> Table:
    """The products of the filtered list, in its order; prices in major units, costs for who may see them."""
    query = queries.ordered_products(asked, reader)
    columns = [Column(_("Name"), width=40), Column(_("Product code")), Column(_("Unit"), width=10), Column(_("Price"), "number", 15),
               Column(_("Currency"), width=8), Column(_("VAT, %"), "whole", 8)]
    wanted = query.with_only_columns(Product.name, Product.sku, Product.unit, Product.price, Product.currency, Product.vat_rate)
    if shows_cost := queries.shows_cost(reader):
        columns.append(Column(_("Cost"), "number", 15))
        wanted = wanted.add_columns(Product.cost)

    def rows(most: int) -> Iterator[Sequence[Any]]:
        for batch in db.session.execute(wanted.limit(most).execution_options(yield_per=BATCH)).partitions():
            for row in batch:
                yield (*row[:3], money.to_major(row[3], row[4]), row[4], row[5], *([_cost(row)] if shows_cost else []))

    return Table("products", _("Products"), columns, lambda: db.session.scalar(
        sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0, rows)


def _cost(row: Any) -> Any:
    return "" if row.cost is None else money.to_major(row.cost, row.currency)
