"""Writes about products and price lists."""

from crm.catalog.operations.lists import (
    add_price,
    archive_list,
    create_list,
    set_prices,
    update_list,
)
from crm.catalog.operations.products import (
    ProductError,
    archive_product,
    create_product,
    update_product,
)

__all__ = [
    "ProductError", "add_price", "archive_list", "archive_product", "create_list", "create_product", "set_prices", "update_list",
    "update_product",
]
