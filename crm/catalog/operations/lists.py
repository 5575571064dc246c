"""Writes of price lists. A list is archived, never deleted: lines of deals tell its name anyway."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import events
from crm.catalog.models import CLIENT_KINDS, ListPrice, PriceList, Product
from crm.catalog.operations.products import ProductError
from crm.core import money
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import record
from crm.core.text import fold

CHOOSERS = ("setters", "all")


def create_list(*, name: str, kinds: Iterable[str] = (), chosen_by: str = "setters", actor: User | None) -> PriceList:
    """A new list, the last in order. ProductError for an empty or a taken name."""
    last = db.session.scalar(sa.select(sa.func.max(PriceList.position)))
    made = PriceList(position=0 if last is None else last + 1)
    _fill(made, name, kinds, chosen_by)
    db.session.add(made)
    db.session.flush()
    record(events.PRICE_LIST_CHANGED, actor_id=actor.id if actor else None, title=made.name)
    return made


def update_list(chosen: PriceList, *, name: str, kinds: Iterable[str], chosen_by: str, actor: User, version: int | None = None) -> None:
    """Change what the list is called, who gets it and who may choose it. Stale by version."""
    if version is not None and version != chosen.version:
        raise Stale(_("Somebody changed this price list in the meantime. Reload the page and try again."))
    _fill(chosen, name, kinds, chosen_by)
    db.session.flush()
    record(events.PRICE_LIST_CHANGED, actor_id=actor.id, title=chosen.name)


def archive_list(chosen: PriceList, *, archived: bool, actor: User) -> None:
    """Out of use, or back: lines that have its prices keep them."""
    chosen.active = not archived
    record(events.PRICE_LIST_CHANGED, actor_id=actor.id, title=chosen.name, archived=archived)


def add_price(chosen: PriceList, product: Product, *, price: int | None, from_quantity: Decimal = Decimal(1), since: dt.date,
              actor: User | None) -> ListPrice:
    """A price of one unit from a quantity and a day on, in minor units of the product's currency; the same place is overwritten.

    None ends the price from that day on.
    """
    _check(price, from_quantity)
    row = db.session.scalar(sa.select(ListPrice).where(
        ListPrice.price_list_id == chosen.id, ListPrice.product_id == product.id, ListPrice.from_quantity == from_quantity,
        ListPrice.since == since))
    before = row.price if row else None
    if row is None:
        row = ListPrice(price_list_id=chosen.id, product_id=product.id, from_quantity=from_quantity, since=since)
        db.session.add(row)
    row.price = price
    db.session.flush()
    _tell(row, before, price, actor)
    return row


def remove_price(row: ListPrice, *, actor: User) -> None:
    """Take a price out of its list, as if it had never been there."""
    _tell(row, row.price, None, actor)
    db.session.delete(row)
    db.session.flush()


def set_prices(chosen: PriceList, prices: Mapping[int, tuple[int | None, int | None]], *, actor: User) -> int:
    """Change rows of the list: {id: (price as it was shown, price wanted)}; a price of None takes the row out. Gives how many changed.

    Stale when a row that is to change has another price than was shown.
    """
    wanted = {row_id: pair for row_id, pair in prices.items() if pair[0] != pair[1]}
    rows = db.session.execute(sa.select(ListPrice, Product).join(Product, Product.id == ListPrice.product_id).where(
        ListPrice.price_list_id == chosen.id, ListPrice.id.in_(wanted))).all() if wanted else []
    if len(rows) != len(wanted) or any(row.price != wanted[row.id][0] for row, _product in rows):
        raise Stale(_("Somebody changed these prices in the meantime. Reload the page and type yours again."))
    for row, _product in rows:
        price = wanted[row.id][1]
        _check(price, row.from_quantity)
        if price is None:
            remove_price(row, actor=actor)
        else:
            _tell(row, row.price, price, actor)
            row.price = price
    db.session.flush()
    return len(rows)


def _tell(row: ListPrice, before: int | None, after: int | None, actor: User | None) -> None:
    product, chosen = db.session.get_one(Product, row.product_id), db.session.get_one(PriceList, row.price_list_id)
    record(events.PRICES_CHANGED, product, actor_id=actor.id if actor else None, title=product.name, by=chosen.name,
           changed={"price": [before, after]}, currency=product.currency)


def _check(price: int | None, from_quantity: Decimal) -> None:
    if price is not None and not 0 <= price <= money.MAX_MINOR:
        raise ProductError(_("A price cannot be below zero."), field="price")
    if from_quantity <= 0:
        raise ProductError(_("A quantity is above zero."), field="from_quantity")


def _fill(chosen: PriceList, name: str, kinds: Iterable[str], chosen_by: str) -> None:
    name = " ".join((name or "").split())[:120]
    if not name:
        raise ProductError(_("Type the name of the price list."), field="name")
    with db.session.no_autoflush:
        others = db.session.scalars(sa.select(PriceList).where(PriceList.active)).all()
    twin = next((one for one in others if one is not chosen and fold(one.name) == fold(name)), None)
    if twin is not None:
        raise ProductError(_("There is a price list called %(name)s already. Type another name.", name=twin.name), field="name")
    chosen.name, chosen.kinds = name, [kind for kind in CLIENT_KINDS if kind in set(kinds)]
    chosen.chosen_by = chosen_by if chosen_by in CHOOSERS else CHOOSERS[0]
