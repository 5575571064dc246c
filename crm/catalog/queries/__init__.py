"""Reads of products, their groups and price lists."""

from crm.catalog.queries.groups import group, groups, tree, within
from crm.catalog.queries.lists import (
    active_lists,
    form_for,
    list_for,
    list_prices,
    list_steps,
    price_list,
    price_lists,
)
from crm.catalog.queries.products import (
    COST,
    FILTERS,
    by_name,
    by_sku,
    ordered_products,
    pick,
    product,
    products,
    shows_cost,
)

__all__ = [
    "COST", "FILTERS", "active_lists", "by_name", "by_sku", "form_for", "group", "groups", "list_for", "list_prices",
    "list_steps", "ordered_products", "pick", "price_list", "price_lists", "product", "products", "shows_cost", "tree",
    "within",
]
