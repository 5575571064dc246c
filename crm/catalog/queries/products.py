"""Reads of products."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from crm.accounts.models import User
from crm.catalog.models import Product, ProductGroup
from crm.catalog.queries.groups import within
from crm.core.db import db
from crm.core.listing import Page, Wish, fetch, order
from crm.core.text import fold, sort_key, words_filter

PICKED = 12
FILTERS = ("archived", "group")
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
    if asked.filters.get("group", "").isdecimal():
        query = query.where(within(int(asked.filters["group"][:9])))
    return query.order_by(*order(columns, asked, "name"))


def products(asked: Wish, reader: User) -> Page:
    """One page of products."""
    query = ordered_products(asked, reader).options(joinedload(Product.group).joinedload(ProductGroup.parent))
    return fetch(query, asked, "products.index", scalars=True)


def pick(q: str, group_id: int | None = None) -> Sequence[Product]:
    """A few active products for a picker, of one group or of all; names that begin with the words first. Names of groups are words too."""
    begins = Product.sort_key.startswith(sort_key(q), autoescape=True)
    query = sa.select(Product).where(Product.active, *words_filter(Product.search_text, q)).order_by(
        sa.case((begins, 0), else_=1), Product.sort_key, Product.id)
    if group_id:
        query = query.where(within(group_id))
    return db.session.scalars(query.options(joinedload(Product.group)).limit(PICKED)).all()


def product(product_id: int | None) -> Product | None:
    """A product, archived or not."""
    return db.session.get(Product, product_id) if product_id else None


def by_name(name: str) -> Product | None:
    """The active product of exactly this name, in any case of letters."""
    query = sa.select(Product).where(Product.active, Product.sort_key == sort_key(name)).order_by(Product.id)
    return next((row for row in db.session.scalars(query) if fold(row.name) == fold(name)), None)


def by_sku(sku: str) -> Product | None:
    """The active product of this code, in any case of letters; what was found first by the search text is compared as a whole."""
    query = sa.select(Product).where(Product.active, Product.search_text.contains(fold(sku), autoescape=True)).order_by(Product.id)
    return next((row for row in db.session.scalars(query) if fold(row.sku) == fold(sku)), None)
