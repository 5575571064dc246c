"""Products out of a table: added, or changed where the code or the name is here already; undone as a whole while nobody went on."""

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import operations as catalog
from crm.catalog import queries
from crm.catalog.models import ListPrice, PriceList, Product
from crm.catalog.operations.products import FIELDS
from crm.core import dates
from crm.core.db import db
from crm.core.events import record
from crm.core.text import fold
from crm.imports import events
from crm.imports.operations.product_rows import ProductRows
from crm.imports.operations.rows import Progress, take_rows
from crm.imports.operations.sender import Sender
from crm.imports.reading import Table
from crm.imports.report import Refused, Report


def import_products(table: Table, mapping: dict[str, str], *, actor: User | None,
                    progress: Progress = lambda done, report: None) -> Report:
    """Take every row or report it; commits after each 200 rows. `mapping` is column -> field (mapping.PRODUCTS, or a list's prices).

    A product is known by its code, else by its name; of a known one only what the file says is changed, and an empty cell says nothing
    (but for the VAT: an empty one is "without VAT"). ImportProblem when neither name nor code has a column.
    """
    sender, report = Sender(actor), Report()
    sender.require("products")
    return take_rows(table, _Taker(table, mapping, sender, report).take, report, actor, progress)


class _Taker(ProductRows):
    """Takes the rows; `report.undo` keeps what was before."""

    def __init__(self, table: Table, mapping: dict[str, str], sender: Sender, report: Report) -> None:
        super().__init__(table, mapping, sender, report)
        self.codes = {fold(sku): product_id for product_id, sku in db.session.execute(
            sa.select(Product.id, Product.sku).where(Product.active, Product.sku != "").order_by(Product.id.desc()))}
        report.undo = {"added": [], "changed": [], "prices": []}

    def keep(self, row: list[str]) -> None:
        """A row that is refused leaves nothing."""
        with db.session.begin_nested():
            super().keep(row)

    def by_code(self, sku: str) -> Product | None:
        return queries.product(self.codes.get(fold(sku)))

    def by_name(self, name: str) -> Product | None:
        return queries.by_name(name)

    def group(self, title: str) -> int | None:
        made = catalog.group_named(title)
        return made.id if made else None

    def create(self, fields: dict[str, Any]) -> Product:
        product = catalog.create_product(actor=self.sender.actor, **fields)
        self.codes |= {fold(product.sku): product.id} if product.sku else {}
        self.report.undo["added"].append(product.id)
        return product

    def change(self, product: Product, fields: dict[str, Any]) -> None:
        before = {name: getattr(product, name) for name in FIELDS}
        if self.sender.actor is None:
            raise Refused(_("Known products are changed by a person: import the file in the browser."))
        catalog.update_product(product, actor=self.sender.actor, **fields)
        told = {name: str(value) if isinstance(value, Decimal) else value for name, value in before.items() if name in fields}
        self.report.undo["changed"].append([product.id, product.version, told])

    def set_price(self, product: Product, chosen: PriceList, start: Decimal, price: int) -> bool:
        today = dates.today()
        rows = db.session.scalars(sa.select(ListPrice).where(
            ListPrice.price_list_id == chosen.id, ListPrice.product_id == product.id, ListPrice.from_quantity == start,
            ListPrice.since <= today).order_by(ListPrice.since)).all()
        if rows and rows[-1].price == price:
            return False
        before = [rows[-1].price] if rows and rows[-1].since == today else []
        made = catalog.add_price(chosen, product, price=price, from_quantity=start, since=today, actor=self.sender.actor)
        self.report.undo["prices"].append([made.id, price, before])
        return True


def undo_import(undo: dict[str, Any], *, actor: User) -> int:
    """Put back what a file changed: new products leave the list, changed ones and prices of lists are what they were.

    What somebody changed since then stays; gives how many such there are.
    """
    left = sum(not _put_back(row_id, price, before, actor) for row_id, price, before in undo["prices"])
    for product_id, version, told in undo["changed"]:
        product = db.session.get(Product, product_id)
        if product is None or product.version != version:
            left += 1
            continue
        fields = {**told, **({"vat_rate": None if told["vat_rate"] is None else Decimal(told["vat_rate"])} if "vat_rate" in told else {})}
        catalog.update_product(product, actor=actor, **fields)
    for product_id in undo["added"]:
        product = db.session.get(Product, product_id)
        if product is not None and product.active:
            catalog.archive_product(product, archived=True, actor=actor)
    db.session.flush()
    record(events.IMPORT_UNDONE, actor_id=actor.id, added=len(undo["added"]), changed_rows=len(undo["changed"]))
    return left


def _put_back(row_id: int, price: int, before: list[int | None], actor: User) -> bool:
    """The price of a list as it was, none when it was not there; False for one that somebody changed since."""
    row = db.session.get(ListPrice, row_id)
    if row is None or row.price != price:
        return False
    if before:
        chosen, product = db.session.get_one(PriceList, row.price_list_id), db.session.get_one(Product, row.product_id)
        catalog.add_price(chosen, product, price=before[0], from_quantity=row.from_quantity, since=row.since, actor=actor)
    else:
        catalog.remove_price(row, actor=actor)
    return True
