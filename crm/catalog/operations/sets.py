"""What sets are made of. The cost of a set is the sum of its parts' costs, and follows them."""

from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import events
from crm.catalog.models import Product, ProductPart
from crm.catalog.operations.products import ProductError, reckon_cost
from crm.core.db import db
from crm.core.events import changes, record

MOST_PARTS = 50
MOST_QUANTITY = Decimal(10**6)


def add_part(product: Product, part: Product, *, quantity: Decimal, actor: User | None) -> None:
    """So much of another product in one unit of the set; a part that is in already gets the new quantity.

    ProductError for a set in a set, and for another currency: costs could not be summed.
    """
    if not (quantity.is_finite() and 0 < round(quantity, 3) <= MOST_QUANTITY):
        raise ProductError(_("A quantity is above zero."), field="quantity")
    _check(product, part)
    row = next((one for one in product.parts if one.part_id == part.id), None)
    if row is None:
        if len(product.parts) >= MOST_PARTS:
            raise ProductError(_("A set can have at most %(most)s parts.", most=MOST_PARTS), field="part_id")
        row = ProductPart(part=part, position=max((one.position for one in product.parts), default=-1) + 1)
        product.parts.append(row)
    row.quantity = round(quantity, 3)
    _settle(product, actor)


def remove_part(product: Product, part_id: int, *, actor: User) -> None:
    """Take a part out; without parts the product is no set any more, and its cost is typed again."""
    product.parts = [row for row in product.parts if row.id != part_id]
    _settle(product, actor)


def _check(product: Product, part: Product) -> None:
    if part is product or part.parts:
        raise ProductError(_("A set is made of single products: %(name)s is a set itself.", name=part.name), field="part_id")
    if db.session.scalar(sa.select(ProductPart.id).where(ProductPart.part_id == product.id).limit(1)):
        raise ProductError(_("%(name)s is a part of a set, so that it cannot be one.", name=product.name), field="part_id")
    if part.currency != product.currency:
        raise ProductError(_("%(name)s is priced in another currency.", name=part.name), field="part_id")


def _settle(product: Product, actor: User | None) -> None:
    before = product.cost
    db.session.flush()
    reckon_cost(product)
    told = changes({"cost": before}, {"cost": product.cost})
    record(events.SET_CHANGED, product, actor_id=actor.id if actor else None, title=product.name, currency=product.currency,
           **({"changed": told} if told else {}))
