"""Reads of price lists: which list is whose, its prices, and what a product costs by it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from crm.catalog.models import ListPrice, PriceList, Product
from crm.catalog.pricing import Formed, Step, form_price
from crm.core import dates
from crm.core.db import db
from crm.core.listing import Page, Wish, fetch
from crm.core.text import words_filter

FILTERS = ("past",)


def price_lists() -> Sequence[PriceList]:
    """All of them, those in use first, in their order."""
    return db.session.scalars(sa.select(PriceList).order_by(PriceList.active.desc(), PriceList.position, PriceList.id)).all()


def active_lists() -> Sequence[PriceList]:
    """Those in use, in their order."""
    return db.session.scalars(sa.select(PriceList).where(PriceList.active).order_by(PriceList.position, PriceList.id)).all()


def list_steps() -> list[tuple[PriceList, Decimal]]:
    """(list in use, quantity) of every price that one holds, in the order of lists and quantities."""
    found: dict[int, list[Decimal]] = {}
    for list_id, start in db.session.execute(sa.select(ListPrice.price_list_id, ListPrice.from_quantity).distinct()):
        found.setdefault(list_id, []).append(start)
    return [(one, start) for one in active_lists() for start in sorted(found.get(one.id, []))]


def price_list(list_id: int | None) -> PriceList | None:
    """A price list, archived or not."""
    return db.session.get(PriceList, list_id) if list_id else None


def list_for(kind: str) -> PriceList | None:
    """The list that clients of this kind get by themselves: the first one in use."""
    return next((one for one in active_lists() if kind in one.kinds), None)


def form_for(product: Product, chosen: PriceList | None, *, quantity: Decimal, day: dt.date | None = None) -> Formed:
    """What one unit of the product costs by a list (None: by none) in this quantity, on the company's today when no day is said."""
    if chosen is None or not chosen.active:
        return Formed(product.price, product.price)
    rows = db.session.execute(sa.select(ListPrice.from_quantity, ListPrice.since, ListPrice.price).where(
        ListPrice.price_list_id == chosen.id, ListPrice.product_id == product.id))
    steps = [Step(*row) for row in rows]
    return form_price(product.price, steps, quantity=quantity, day=day or dates.today(), list_name=chosen.name)


def list_prices(chosen: PriceList, asked: Wish) -> Page:
    """One page of (ListPrice, Product) in the order of names and quantities; prices that newer ones replaced only when asked for."""
    newer = aliased(ListPrice)
    replaced = sa.exists().where(
        newer.price_list_id == ListPrice.price_list_id, newer.product_id == ListPrice.product_id,
        newer.from_quantity == ListPrice.from_quantity, newer.since > ListPrice.since, newer.since <= dates.today())
    query = sa.select(ListPrice, Product).join(Product, Product.id == ListPrice.product_id).where(
        ListPrice.price_list_id == chosen.id, *words_filter(Product.search_text, asked.q))
    if asked.filters.get("past") != "1":
        query = query.where(~replaced)
    here = replace(asked, filters={**asked.filters, "list_id": str(chosen.id)})  # the addresses of the page name the list
    return fetch(query.order_by(Product.sort_key, Product.id, ListPrice.from_quantity, ListPrice.since.desc()), here,
                 "price_lists.show")
