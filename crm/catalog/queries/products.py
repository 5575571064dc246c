"""Reads of products."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from crm.accounts.models import User
from crm.catalog.models import Product
from crm.core.db import db
from crm.core.listing import Page, Wish, fetch, order
from crm.core.text import fold, sort_key, words_filter

PICKED = 12
FILTERS = ("archived",)
COST = "product.cost"  # the field that may be hidden from a role


def shows_cost(reader: User) -> bool:
    """Whether this person may know what products and lines cost us."""
    return not reader.hides(COST)


def ordered_products(asked: Wish, reader: User) -> sa.Select[Product]:
    """The filtered products by name, price, number or, where the reader sees it, cost; archived ones only when asked for."""
    columns: dict[str, tuple[Any, ...]] = {"name": (Product.sort_key, Product.id), "sku": (Product.sku, Product.id),
               "price": (Product.price, Product.id)}
    if shows_cost(reader):
        columns["cost"] = (sa.func.coalesce(Product.cost, -1), Product.id)  # those without one stand together on both databases
    query = sa.select(Product).where(Product.active.is_(asked.filters.get("archived") != "1"))
    query = query.where(*words_filter(Product.search_text, asked.q))
    return query.order_by(*order(columns, asked, "name"))


def products(asked: Wish, reader: User) -> Page:
    """One page of products."""
    return fetch(ordered_products(asked, reader), asked, "products.index", scalars=True)


def pick(q: str) -> Sequence[Product]:
    """A few active products for a picker; names that begin with the words first."""
    begins = Product.sort_key.startswith(sort_key(q), autoescape=True)
    query = sa.select(Product).where(Product.active, *words_filter(Product.search_text, q)).order_by(
        sa.case((begins, 0), else_=1), Product.sort_key, Product.id)
    return db.session.scalars(query.limit(PICKED)).all()


def product(product_id: int | None) -> Product | None:
    """A product, archived or not."""
    return db.session.get(Product, product_id) if product_id else None


def by_name(name: str) -> Product | None:
    """The active product of exactly this name, in any case of letters."""
    query = sa.select(Product).where(Product.active, Product.sort_key == sort_key(name)).order_by(Product.id)
    return next((row for row in db.session.scalars(query) if fold(row.name) == fold(name)), None)
