"""Reads of groups of products: a tree of two levels, in the order of names."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from crm.catalog.models import Product, ProductGroup
from crm.core.db import db
from crm.core.text import fold


@dataclass(frozen=True)
class Branch:
    """A group in the tree, with how many products for sale stand in it; those of its own groups are not counted."""

    group: ProductGroup
    title: str
    level: int
    count: int


def groups() -> Sequence[ProductGroup]:
    """All groups: each top one with those that stand in it after it."""
    rows = db.session.scalars(sa.select(ProductGroup)).all()
    return sorted(rows, key=lambda row: (fold((row.parent or row).name), (row.parent or row).id, row.parent_id is not None, fold(row.name)))


def tree() -> list[Branch]:
    """The groups with their products counted."""
    counted = sa.select(Product.group_id, sa.func.count()).where(Product.active).group_by(Product.group_id)
    counts = {row[0]: row[1] for row in db.session.execute(counted)}
    return [Branch(one, one.title, int(one.parent_id is not None), counts.get(one.id, 0)) for one in groups()]


def group(group_id: int | None) -> ProductGroup | None:
    """A group by its id."""
    return db.session.get(ProductGroup, group_id) if group_id else None


def within(group_id: int) -> sa.ColumnElement[bool]:
    """The product stands in this group or in one of its own."""
    return Product.group_id.in_(sa.select(ProductGroup.id).where(sa.or_(ProductGroup.id == group_id, ProductGroup.parent_id == group_id)))
