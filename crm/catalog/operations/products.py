"""Writes about products. A product that was sold is archived, never deleted: deals name it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import events, queries
from crm.catalog.models import Product, ProductGroup, ProductPart
from crm.core import money
from crm.core.db import db
from crm.core.errors import DomainError, Stale
from crm.core.events import changes, record
from crm.core.text import fold, search_text, sort_key

FIELDS = ("name", "sku", "group_id", "unit", "price", "cost", "currency", "vat_rate")


class ProductError(DomainError):
    """A product cannot be kept like that."""


def create_product(*, name: str, actor: User | None, price: int = 0, currency: str = "RUB", unit: str = "",
                   sku: str = "", vat_rate: Decimal | None = None, cost: int | None = None, group_id: int | None = None) -> Product:
    """A new product: `price` and `cost` in minor units of `currency`, `vat_rate` in percent (None: without VAT).

    ProductError when the name is empty or there is an active product of the same name or code already.
    """
    product = Product()
    _fill(product, {"name": name, "price": price, "cost": cost, "currency": currency, "unit": unit, "sku": sku,
                    "vat_rate": vat_rate, "group_id": group_id})
    db.session.add(product)
    db.session.flush()
    record(events.PRODUCT_CREATED, product, actor_id=actor.id if actor else None, name=product.name)
    return product


def update_product(product: Product, *, actor: User, version: int | None = None, **fields: Any) -> None:
    """Change a product; lines of deals keep the name, price and cost that they were made with. Stale by version.

    `cost` stays when it is not among the fields, and of a set always: it is reckoned from the parts.
    ProductError for another currency then: the cost would be one in another money.
    """
    if version is not None and version != product.version:
        raise Stale(_("Somebody changed this product since you opened it. Compare both and save again."))
    if product.cost is not None and "cost" not in fields and fields.get("currency", product.currency) != product.currency:
        raise ProductError(_("This product has a cost in %(currency)s. Ask somebody who sees costs to change the currency.",
                             currency=product.currency))
    if product.parts:
        fields.pop("cost", None)
    if fields.get("currency", product.currency) != product.currency and (product.parts or sets_with(product)):
        raise ProductError(_("A set and its parts have one currency. Take it apart before you change the currency."), field="currency")
    before = {name: getattr(product, name) for name in FIELDS}
    _fill(product, fields)
    db.session.flush()
    for whole in sets_with(product) if product.cost != before["cost"] else ():
        reckon_cost(whole)
    changed = changes(_told(before), _told({name: getattr(product, name) for name in FIELDS}))
    if changed:
        record(events.PRODUCT_CHANGED, product, actor_id=actor.id, name=product.name, changed=changed,
               currency=product.currency)


def _told(fields: dict[str, Any]) -> dict[str, Any]:
    """As the log tells them: a group by its name."""
    group = db.session.get(ProductGroup, fields["group_id"]) if fields["group_id"] else None
    return {**{name: value for name, value in fields.items() if name != "group_id"}, "group": group.title if group else ""}


def archive_product(product: Product, *, archived: bool, actor: User) -> None:
    """Out of the choices, or back among them."""
    product.active = not archived
    record(events.PRODUCT_ARCHIVED, product, actor_id=actor.id, name=product.name, archived=archived)


def _fill(product: Product, fields: dict[str, Any]) -> None:
    if "name" in fields:
        fields["name"] = " ".join((fields["name"] or "").split())[:300]
        if not fields["name"]:
            raise ProductError(_("Type the product's name."), field="name")
        with db.session.no_autoflush:
            twin = queries.by_name(fields["name"])
        if twin is not None and twin is not product:
            raise ProductError(_("A product called %(name)s already exists. Open it or type another name.",
                                 name=twin.name), field="name")
    if fold(fields.get("sku")) not in ("", fold(product.sku)):
        with db.session.no_autoflush:
            twin = queries.by_sku(fields["sku"])
        if twin is not None and twin is not product:
            raise ProductError(_("%(name)s has this code already. Type another one.", name=twin.name), field="sku")
    if fields.get("price", 0) < 0:
        raise ProductError(_("A price cannot be below zero."), field="price")
    if (fields.get("cost") or 0) < 0:
        raise ProductError(_("A cost cannot be below zero."), field="cost")
    for name, value in fields.items():
        setattr(product, name, value)
    index(product)


def index(product: Product) -> None:
    """Keep what the search looks in, the name of the group among it, and the order of names."""
    group = db.session.get(ProductGroup, product.group_id) if product.group_id else None
    product.search_text = search_text(product.name, product.sku, group.title if group else "")
    product.sort_key = sort_key(product.name)


def sets_with(product: Product) -> Sequence[Product]:
    """The sets that hold this product."""
    if product.id is None:
        return []
    return db.session.scalars(sa.select(Product).join(ProductPart, ProductPart.set_id == Product.id).where(
        ProductPart.part_id == product.id)).all()


def reckon_cost(product: Product) -> None:
    """The cost of a set: its parts' costs x quantities, each rounded half up; unknown as long as one of them is."""
    costs = [None if row.part.cost is None else money.line_cost(row.part.cost, row.quantity) for row in product.parts]
    known = [cost for cost in costs if cost is not None]
    product.cost = sum(known) if known and len(known) == len(costs) else None
    db.session.flush()
