"""Load a product, a price list or a group: everybody who sees products sees all of them."""

from flask import abort
from flask_babel import gettext as _

from crm.catalog import queries
from crm.catalog.models import PriceList, Product, ProductGroup


def product(product_id: int) -> Product:
    """The product, archived or not; 404 when there is none."""
    found = queries.product(product_id)
    if found is None:
        abort(404, _("There is no such product. Go back to the list."))
    return found


def price_list(list_id: int) -> PriceList:
    """The price list, archived or not; 404 when there is none."""
    found = queries.price_list(list_id)
    if found is None:
        abort(404, _("There is no such price list. Go back to the list."))
    return found


def group(group_id: int) -> ProductGroup:
    """The group of products; 404 when there is none."""
    found = queries.group(group_id)
    if found is None:
        abort(404, _("There is no such group. Go back to the list."))
    return found
