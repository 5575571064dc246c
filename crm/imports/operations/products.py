"""Products out of a table: added, or changed where the code or the name is here already; undone as a whole while nobody went on."""

import re
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.catalog import operations as catalog
from crm.catalog import queries, vat
from crm.catalog.models import ListPrice, PriceList, Product
from crm.catalog.operations.products import FIELDS
from crm.core import dates, money
from crm.core.db import db
from crm.core.errors import DomainError
from crm.core.events import record
from crm.core.money import CURRENCIES, parse_decimal, to_minor
from crm.core.text import fold
from crm.imports import events
from crm.imports.mapping import list_field
from crm.imports.operations.rows import Progress, take_rows
from crm.imports.operations.sender import Sender
from crm.imports.reading import ImportProblem, Table
from crm.imports.report import Refused, Report

COSTLY = ("cost", "margin", "markup")  # nothing of these for who does not see costs: a price made of them would tell them
WITHOUT = ("без ндс", "без", "нет", "no", "none", "without vat", "no vat", "-")


def import_products(table: Table, mapping: dict[str, str], *, actor: User | None,
                    progress: Progress = lambda done, report: None) -> Report:
    """Take every row or report it; commits after each 200 rows. `mapping` is column -> field (mapping.PRODUCTS, or a list's prices).

    A product is known by its code, else by its name; of a known one only what the file says is changed, and an empty cell says nothing
    (but for the VAT: an empty one is "without VAT"). ImportProblem when neither name nor code has a column.
    """
    sender, report = Sender(actor), Report()
    sender.require("products")
    if not {"name", "sku"} & set(mapping.values()):
        raise ImportProblem(_("Say which column holds the product's name or its code."))
    taker = _Taker(table, mapping, sender, report)
    return take_rows(table, taker.take, report, actor, progress)


class _Taker:
    """Takes rows one by one; `report.undo` keeps what was before."""

    def __init__(self, table: Table, mapping: dict[str, str], sender: Sender, report: Report) -> None:
        sees_cost = sender.actor is None or queries.shows_cost(sender.actor)
        wanted = {name: field for name, field in mapping.items() if sees_cost or field not in COSTLY}
        if len(wanted) < len(mapping):
            report.notes[_("Taken without costs and margins: they are hidden from your role.")] += len(table.rows)
        self.column = {field: table.columns.index(name) for name, field in wanted.items() if name in table.columns}
        self.sender, self.report, self.seen = sender, report, set[int]()
        self.codes = {fold(sku): product_id for product_id, sku in db.session.execute(
            sa.select(Product.id, Product.sku).where(Product.active, Product.sku != "").order_by(Product.id.desc()))}
        self.company = the_organization()
        self.lists = {one.id: one for one in queries.active_lists()}
        report.undo = {"added": [], "changed": [], "prices": []}

    def take(self, number: int, row: list[str]) -> None:
        """One row: a new product, a changed one, or a line of the report."""
        if not any(row):
            return
        try:
            with db.session.begin_nested():
                self._take(row)
        except DomainError as refusal:
            self.report.refused.append((number, refusal.message))

    def _cell(self, row: list[str], field: str) -> str:
        return row[self.column[field]].strip() if field in self.column else ""

    def _take(self, row: list[str]) -> None:
        product = self._known(self._cell(row, "sku"), self._cell(row, "name"))
        if product is not None and product.id in self.seen:
            raise Refused(_("%(name)s stands in the file twice.", name=product.name))
        fields = self._read(row, product)
        prices = self._prices(row, fields.get("currency") or (product.currency if product else self.company.currency))
        if product is None:
            product, fresh = catalog.create_product(actor=self.sender.actor, **fields), True
            self.codes |= {fold(product.sku): product.id} if product.sku else {}
            self.report.undo["added"].append(product.id)
            changed = True
        else:
            fresh, changed = False, self._change(product, fields)
        self.seen.add(product.id)
        changed = self._set_prices(product, prices) or changed
        self.report.added += fresh
        self.report.changed += changed and not fresh
        self.report.same += not changed

    def _known(self, sku: str, name: str) -> Product | None:
        """The product of this code, else of this name; Refused when they are two."""
        by_sku = queries.product(self.codes.get(fold(sku))) if sku else None
        by_name = queries.by_name(name) if name else None
        if by_sku is not None and by_name is not None and by_sku is not by_name:
            raise Refused(_("The code %(code)s belongs to %(one)s, the name to another product.", code=sku, one=by_sku.name))
        if by_sku is None and by_name is not None and sku and by_name.sku and fold(by_name.sku) != fold(sku):
            raise Refused(_("%(name)s is here with the code %(code)s. Write that one, or another name.",
                            name=by_name.name, code=by_name.sku))
        return by_sku or by_name

    def _read(self, row: list[str], product: Product | None) -> dict[str, Any]:
        fields: dict[str, Any] = {name: self._cell(row, name)[:limit] for name, limit in (("name", 300), ("sku", 60), ("unit", 20))
                                  if self._cell(row, name)}
        if product is None and "name" not in fields:
            raise Refused(_("The row has no name."))
        for name in ("name", "sku"):  # in other letters it is the same: nothing is renamed by a file in capitals
            if product is not None and fold(fields.get(name, "")) == fold(getattr(product, name)):
                fields.pop(name, None)
        if code := self._cell(row, "currency").upper():
            if code not in CURRENCIES:
                raise Refused(_("There is no currency %(code)s here.", code=code[:10]))
            fields["currency"] = code
        currency = fields.get("currency") or (product.currency if product else self.company.currency)
        if group := self._cell(row, "group"):
            made = catalog.group_named(group)
            fields["group_id"] = made.id if made else None
        if "vat_rate" in self.column:
            fields["vat_rate"] = _rate(self._cell(row, "vat_rate"), product.vat_rate if product else None)
        for name in ("price", "cost"):
            if text := self._cell(row, name):
                fields[name] = _sum(text, currency)
        if product is None:
            default = None if self.company.vat_rate is None else Decimal(self.company.vat_rate)
            fields = {"currency": currency, "vat_rate": default, **fields}
        if "price" not in fields:
            self._reckon(row, fields, product)
        return fields

    def _reckon(self, row: list[str], fields: dict[str, Any], product: Product | None) -> None:
        """The price out of the cost: by the margin, a part of the price, or by the markup, a part of the cost; VAT comes on top."""
        cost = fields.get("cost", product.cost if product else None)
        margin, markup = self._cell(row, "margin"), self._cell(row, "markup")
        if not margin and not markup:
            return
        if cost is None:
            raise Refused(_("There is no cost to reckon the price from."))
        percent = _percent(margin or markup)
        if margin and percent >= 100:
            raise Refused(_("A margin is below 100 percent of the price."))
        net = Decimal(cost) * 100 / (100 - percent) if margin else Decimal(cost) * (100 + percent) / 100
        rate = fields.get("vat_rate", product.vat_rate if product else None)
        fields["price"] = money.round_minor(net * (100 + (rate or 0)) / 100)

    def _change(self, product: Product, fields: dict[str, Any]) -> bool:
        before = {name: getattr(product, name) for name in FIELDS}
        if all(before[name] == value for name, value in fields.items()):
            return False
        if self.sender.actor is None:
            raise Refused(_("Known products are changed by a person: import the file in the browser."))
        catalog.update_product(product, actor=self.sender.actor, **fields)
        told = {name: str(value) if isinstance(value, Decimal) else value for name, value in before.items() if name in fields}
        self.report.undo["changed"].append([product.id, product.version, told])
        return True

    def _prices(self, row: list[str], currency: str) -> list[tuple[PriceList, Decimal, int]]:
        found = []
        for field in self.column:
            place = list_field(field)
            if place is not None and place[0] in self.lists and self._cell(row, field):
                found.append((self.lists[place[0]], place[1], _sum(self._cell(row, field), currency)))
        return found

    def _set_prices(self, product: Product, prices: list[tuple[PriceList, Decimal, int]]) -> bool:
        """The prices of lists that the file says differently, from today on."""
        done, today = False, dates.today()
        for chosen, start, price in prices:
            rows = db.session.scalars(sa.select(ListPrice).where(
                ListPrice.price_list_id == chosen.id, ListPrice.product_id == product.id, ListPrice.from_quantity == start,
                ListPrice.since <= today).order_by(ListPrice.since)).all()
            if rows and rows[-1].price == price:
                continue
            before = [rows[-1].price] if rows and rows[-1].since == today else []
            made = catalog.add_price(chosen, product, price=price, from_quantity=start, since=today, actor=self.sender.actor)
            self.report.undo["prices"].append([made.id, price, before])
            done = True
        return done


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


def _sum(text: str, currency: str) -> int:
    try:
        minor = to_minor(parse_decimal(text), currency)
    except ValueError as error:
        raise Refused(_("This is not an amount: %(sum)s.", sum=text[:60])) from error
    if not 0 <= minor <= money.MAX_MINOR:
        raise Refused(_("This is not an amount: %(sum)s.", sum=text[:60]))
    return minor


def _percent(text: str) -> Decimal:
    try:
        value = parse_decimal(text.rstrip(" %"))
    except ValueError as error:
        raise Refused(_("This is not a percent: %(text)s.", text=text[:60])) from error
    if not 0 <= value <= 10_000:
        raise Refused(_("This is not a percent: %(text)s.", text=text[:60]))
    return value


def _rate(text: str, now: Decimal | None) -> Decimal | None:
    """One of the rates that a product may have, or the one that this one has `now`."""
    if not text or fold(text) in WITHOUT:
        return None
    rate = _percent(re.sub(r"(?i)^(ндс|vat)\s*", "", text))
    if rate not in vat.RATES and rate != now:
        raise Refused(_("There is no VAT rate of %(text)s. Write one of these: %(rates)s, or “without VAT”.",
                        text=text[:60], rates=", ".join(map(str, vat.RATES))))
    return rate
