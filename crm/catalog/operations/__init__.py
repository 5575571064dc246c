"""Writes about products and price lists."""

from crm.catalog.operations.groups import delete_group, group_named, group_path, rename_group
from crm.catalog.operations.lists import (
    add_price,
    archive_list,
    create_list,
    remove_price,
    set_prices,
    update_list,
)
from crm.catalog.operations.products import (
    ProductError,
    archive_product,
    create_product,
    update_product,
)
from crm.catalog.operations.sets import add_part, remove_part

__all__ = [
    "ProductError", "add_part", "add_price", "archive_list", "archive_product", "create_list",
    "create_product", "delete_group", "group_named", "group_path", "remove_part", "remove_price", "rename_group",
    "set_prices", "update_list", "update_product",
]
