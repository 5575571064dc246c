"""What a file of products would do, read and not done: the very rows, compared with what is here."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog import queries
from crm.catalog.models import ListPrice, PriceList, Product
from crm.core import dates
from crm.core.db import db
from crm.core.text import fold
from crm.imports.operations.product_rows import ProductRows
from crm.imports.operations.sender import Sender
from crm.imports.operations.uploads import check_mapping
from crm.imports.reading import Table
from crm.imports.report import Report

MOST_FORESEEN = 10_000  # more would keep a person waiting for their page
NEW_GROUP = 0


def foresee(table: Table, mapping: dict[str, str], *, actor: User) -> Report:
    """What would become of the first MOST_FORESEEN rows; ImportProblem when the file cannot be taken with this mapping.

    What only the saving itself refuses, such as another currency for a set, is not foreseen.
    """
    sender, report = Sender(actor), Report()
    sender.require("products")
    check_mapping("products", mapping)
    rows = _Foreseer(table, mapping, sender, report)
    for number, row in enumerate(table.rows[:MOST_FORESEEN], 2):
        rows.take(number, row)
    return report


class _Foreseer(ProductRows):
    """Asks the database once for everything; a new product is one that is never saved, its id None."""

    def __init__(self, table: Table, mapping: dict[str, str], sender: Sender, report: Report) -> None:
        super().__init__(table, mapping, sender, report)
        self.names, self.codes = dict[str, Product](), dict[str, Product]()
        for product in db.session.scalars(sa.select(Product).where(Product.active).order_by(Product.id.desc())):
            self._remember(product)
        self.groups = {tuple(fold(name) for name in catalog.group_path(one.title)): one.id for one in reversed(queries.groups())}
        self.prices = {(row.price_list_id, row.product_id, row.from_quantity): row.price for row in db.session.scalars(
            sa.select(ListPrice).where(ListPrice.since <= dates.today()).order_by(ListPrice.since))}

    def _remember(self, product: Product) -> None:
        self.names[fold(product.name)] = product
        if product.sku:
            self.codes[fold(product.sku)] = product

    def by_code(self, sku: str) -> Product | None:
        return self.codes.get(fold(sku))

    def by_name(self, name: str) -> Product | None:
        return self.names.get(fold(name))

    def group(self, title: str) -> int | None:
        path = tuple(fold(name) for name in catalog.group_path(title))
        return self.groups.get(path, NEW_GROUP) if path else None

    def create(self, fields: dict[str, Any]) -> Product:
        product = Product(**fields)
        self._remember(product)
        return product

    def change(self, product: Product, fields: dict[str, Any]) -> None:
        """Nothing: it is only counted."""

    def set_price(self, product: Product, chosen: PriceList, start: Decimal, price: int) -> bool:
        return self.prices.get((chosen.id, product.id, start)) != price
