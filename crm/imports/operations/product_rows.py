"""Rows of a file of products, understood: which product each is about, what it says of it, and what is wrong with it."""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.accounts.queries import the_organization
from crm.catalog import queries, vat
from crm.catalog.models import PriceList, Product
from crm.core import money
from crm.core.errors import DomainError
from crm.core.money import CURRENCIES, parse_decimal, to_minor
from crm.core.text import fold
from crm.imports.mapping import list_field
from crm.imports.operations.sender import Sender
from crm.imports.reading import ImportProblem, Table
from crm.imports.report import Refused, Report

COSTLY = ("cost", "margin", "markup")  # nothing of these for who does not see costs: a price made of them would tell them
WITHOUT = ("без ндс", "без", "нет", "no", "none", "without vat", "no vat", "-")


class ProductRows(ABC):
    """Goes through rows one by one and counts in `report`; what becomes of a row is up to the classes below this one."""

    def __init__(self, table: Table, mapping: Mapping[str, str], sender: Sender, report: Report) -> None:
        if not {"name", "sku"} & set(mapping.values()):
            raise ImportProblem(_("Say which column holds the product's name or its code."))
        sees_cost = sender.actor is None or queries.shows_cost(sender.actor)
        wanted = {name: field for name, field in mapping.items() if sees_cost or field not in COSTLY}
        if len(wanted) < len(mapping):
            report.notes[_("Taken without costs and margins: they are hidden from your role.")] += len(table.rows)
        self.column = {field: table.columns.index(name) for name, field in wanted.items() if name in table.columns}
        self.sender, self.report, self.seen, self.rounded = sender, report, set[int | None](), False
        self.company = the_organization()
        self.lists = {one.id: one for one in queries.active_lists()}

    @abstractmethod
    def by_code(self, sku: str) -> Product | None:
        """The active product of this code."""

    @abstractmethod
    def by_name(self, name: str) -> Product | None:
        """The active product of this name."""

    @abstractmethod
    def group(self, title: str) -> int | None:
        """The group of this title."""

    @abstractmethod
    def create(self, fields: dict[str, Any]) -> Product:
        """A product that is not here yet."""

    @abstractmethod
    def change(self, product: Product, fields: dict[str, Any]) -> None:
        """A known product, of which the file says something else."""

    @abstractmethod
    def set_price(self, product: Product, chosen: PriceList, start: Decimal, price: int) -> bool:
        """The price of a list from today on; whether it is another one."""

    def take(self, number: int, row: list[str]) -> None:
        """One row: a new product, a changed one, or a line of the report."""
        if not any(row):
            return
        self.rounded = False
        try:
            self.keep(row)
        except DomainError as refusal:
            self.report.refused.append((number, refusal.message))
        else:
            if self.rounded:
                self.report.notes[_("A sum had more digits than its currency and was rounded.")] += 1

    def keep(self, row: list[str]) -> None:
        """What the row says is done; DomainError with a sentence when it cannot be."""
        product = self._known(self._cell(row, "sku"), self._cell(row, "name"))
        if product is not None and product.id in self.seen:
            raise Refused(_("%(name)s stands in the file twice.", name=product.name))
        fields = self._read(row, product)
        prices = self._prices(row, fields.get("currency") or (product.currency if product else self.company.currency))
        fresh, changed, priced = product is None, False, False
        if product is None:
            product = self.create(fields)
        elif any(getattr(product, name) != value for name, value in fields.items()):
            changed, priced = True, fields.get("price", product.price) != product.price
            self.change(product, fields)
        self.seen.add(product.id)
        listed = [self.set_price(product, *price) for price in prices]
        self._count(fresh, changed or any(listed), priced or any(listed))

    def _count(self, fresh: bool, changed: bool, priced: bool) -> None:
        self.report.added += fresh
        self.report.changed += changed and not fresh
        self.report.priced += priced and not fresh
        self.report.same += not changed and not fresh

    def _cell(self, row: list[str], field: str) -> str:
        return row[self.column[field]].strip() if field in self.column else ""

    def _known(self, sku: str, name: str) -> Product | None:
        """The product of this code, else of this name; Refused when they are two."""
        by_sku = self.by_code(sku) if sku else None
        by_name = self.by_name(name) if name else None
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
            fields["group_id"] = self.group(group)
        if "vat_rate" in self.column:
            fields["vat_rate"] = _rate(self._cell(row, "vat_rate"), product.vat_rate if product else None)
        for name in ("price", "cost"):
            if text := self._cell(row, name):
                fields[name] = self._sum(text, currency)
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

    def _prices(self, row: list[str], currency: str) -> list[tuple[PriceList, Decimal, int]]:
        found = []
        for field in self.column:
            place = list_field(field)
            if place is not None and place[0] in self.lists and self._cell(row, field):
                found.append((self.lists[place[0]], place[1], self._sum(self._cell(row, field), currency)))
        return found

    def _sum(self, text: str, currency: str) -> int:
        try:
            value = parse_decimal(text)
        except ValueError as error:
            raise Refused(_("This is not an amount: %(sum)s.", sum=text[:60])) from error
        minor = to_minor(value, currency)
        if not 0 <= minor <= money.MAX_MINOR:
            raise Refused(_("This is not an amount: %(sum)s.", sum=text[:60]))
        self.rounded = self.rounded or money.to_major(minor, currency) != value
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
