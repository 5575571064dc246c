"""Writes of groups. A group that goes leaves its products without one."""

import sqlalchemy as sa
from flask_babel import gettext as _

from crm.accounts.models import User
from crm.catalog import events, queries
from crm.catalog.models import Product, ProductGroup
from crm.catalog.operations.products import ProductError, index
from crm.core.db import db
from crm.core.events import record
from crm.core.text import fold

BETWEEN = "/"


def group_named(title: str) -> ProductGroup | None:
    """The group of this title, made when it is new: 'Cleaners' or 'Cleaners / For floors'; None for an empty one."""
    names = group_path(title)
    if not names:
        return None
    top = _of(names[0], None)
    return top if len(names) == 1 else _of(names[1], top)


def group_path(title: str) -> list[str]:
    """The names of a title, at most two; ProductError for more."""
    names = [part for part in (" ".join(piece.split())[:120] for piece in title.split(BETWEEN)) if part]
    if len(names) > 2:
        raise ProductError(_("Groups have two levels: %(title)s has more.", title=title[:120]), field="group")
    return names


def rename_group(group: ProductGroup, *, name: str, actor: User) -> None:
    """Another name. ProductError for an empty one and for one that a neighbour has."""
    name = " ".join(name.replace(BETWEEN, " ").split())[:120]
    if not name:
        raise ProductError(_("Type the name of the group."), field="name")
    twin = _find(name, group.parent_id)
    if twin is not None and twin is not group:
        raise ProductError(_("There is a group called %(name)s already. Type another name.", name=twin.name), field="name")
    before, group.name = group.name, name
    db.session.flush()
    for product in db.session.scalars(sa.select(Product).where(queries.within(group.id))):
        index(product)
    record(events.GROUP_CHANGED, actor_id=actor.id, before=before, after=name)


def delete_group(group: ProductGroup, *, actor: User) -> None:
    """It goes, with the groups in it; their products stay, without a group."""
    for product in db.session.scalars(sa.select(Product).where(queries.within(group.id))):
        product.group_id = None
        index(product)
    record(events.GROUP_CHANGED, actor_id=actor.id, title=group.name, deleted=True)
    for child in db.session.scalars(sa.select(ProductGroup).where(ProductGroup.parent_id == group.id)):
        db.session.delete(child)
    db.session.flush()
    db.session.delete(group)
    db.session.flush()


def _of(name: str, parent: ProductGroup | None) -> ProductGroup:
    found = _find(name, parent.id if parent else None)
    if found is None:
        found = ProductGroup(name=name, parent=parent)
        db.session.add(found)
        db.session.flush()
    return found


def _find(name: str, parent_id: int | None) -> ProductGroup | None:
    """A group of this name, in any case of letters, beside those of one parent."""
    query = sa.select(ProductGroup).where(ProductGroup.parent_id == parent_id if parent_id else ProductGroup.parent_id.is_(None))
    return next((row for row in db.session.scalars(query.order_by(ProductGroup.id)) if fold(row.name) == fold(name)), None)
