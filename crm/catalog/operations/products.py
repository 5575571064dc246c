"""Writes about products. A product that was sold is archived, never deleted: deals name it."""

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import events, queries
from crm.catalog.models import Product
from crm.core.db import db
from crm.core.errors import DomainError, Stale
from crm.core.events import changes, record
from crm.core.text import search_text, sort_key

FIELDS = ("name", "sku", "unit", "price", "cost", "currency", "vat_rate")


class ProductError(DomainError):
    """A product cannot be kept like that."""


def create_product(*, name: str, actor: User | None, price: int = 0, currency: str = "RUB", unit: str = "",
                   sku: str = "", vat_rate: Decimal | None = None, cost: int | None = None) -> Product:
    """A new product: `price` and `cost` in minor units of `currency`, `vat_rate` in percent (None: without VAT).

    ProductError when the name is empty or there is an active product of the same name already.
    """
    product = Product()
    _fill(product, {"name": name, "price": price, "cost": cost, "currency": currency, "unit": unit, "sku": sku,
                    "vat_rate": vat_rate})
    db.session.add(product)
    db.session.flush()
    record(events.PRODUCT_CREATED, product, actor_id=actor.id if actor else None, name=product.name)
    return product


def update_product(product: Product, *, actor: User, version: int | None = None, **fields: Any) -> None:
    """Change a product; lines of deals keep the name, price and cost that they were made with. Stale by version.

    `cost` stays when it is not among the fields. ProductError for another currency then: the cost would be one in another money.
    """
    if version is not None and version != product.version:
        raise Stale(_("Somebody changed this product since you opened it. Compare both and save again."))
    if product.cost is not None and "cost" not in fields and fields.get("currency", product.currency) != product.currency:
        raise ProductError(_("This product has a cost in %(currency)s. Ask somebody who sees costs to change the currency.",
                             currency=product.currency))
    before = {name: getattr(product, name) for name in FIELDS}
    _fill(product, fields)
    db.session.flush()
    changed = changes(before, {name: getattr(product, name) for name in FIELDS})
    if changed:
        record(events.PRODUCT_CHANGED, product, actor_id=actor.id, name=product.name, changed=changed,
               currency=product.currency)


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
    if fields.get("price", 0) < 0:
        raise ProductError(_("A price cannot be below zero."), field="price")
    if (fields.get("cost") or 0) < 0:
        raise ProductError(_("A cost cannot be below zero."), field="cost")
    for name, value in fields.items():
        setattr(product, name, value)
    product.search_text = search_text(product.name, product.sku)
    product.sort_key = sort_key(product.name)
