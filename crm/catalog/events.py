"""Facts about products."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

PRODUCT_CREATED = declare("product.created", _l("Product added"), "product")
PRODUCT_CHANGED = declare("product.changed", _l("Product changed"), "product")
PRODUCT_ARCHIVED = declare("product.archived", _l("Product archived"), "archive")
GROUP_CHANGED = declare("product_group.changed", _l("Group of products changed"), "product")
SET_CHANGED = declare("product.set_changed", _l("What the set holds changed"), "product")
PRICES_CHANGED = declare("prices.changed", _l("Prices changed"), "product")
PRICE_LIST_CHANGED = declare("price_list.changed", _l("Price list changed"), "product")
