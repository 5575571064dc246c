"""Forms of products."""

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField
from wtforms.widgets import HiddenInput

from crm.catalog import vat
from crm.core.forms import DecimalInput, Filled, Form, IdField, Line, MoneyField
from crm.core.money import CURRENCIES


class ProductForm(Form):
    """A product; the price is in major units, with VAT inside. Who does not see the cost has no field for it."""

    name = Line(_l("Name"), [Filled(_l("Type the product's name."))])
    sku = Line(_l("Product code"), limit=60, description=_l("Your own product code, if there is one."))
    group = Line(_l("Group"), limit=250, render_kw={"list": "groups"},
                 description=_l("One that is there or a new one; two levels: Cleaners / For floors."))
    price = MoneyField(_l("Price, VAT included"))
    cost = MoneyField(_l("Cost"), description=_l("What one unit costs you, without VAT. Clients never see it."))
    currency = SelectField(_l("Currency"), choices=[(code, code) for code in CURRENCIES])
    unit = Line(_l("Unit"), limit=20, description=_l("For example: pcs, hour, month."), render_kw={"list": "units"})
    vat_rate = SelectField(_l("VAT"))
    version = IdField(widget=HiddenInput())

    def __init__(self, *args: Any, shows_cost: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shows_cost:
            del self.cost
        self.vat_rate.choices = vat.choices(self.vat_rate.object_data)

    def product(self) -> dict[str, Any]:
        """The fields of the product as operations want them."""
        cost = {"cost": self.cost.data} if self.cost is not None else {}
        return {**cost, "name": self.name.data, "sku": self.sku.data or "", "group": self.group.data or "", "price": self.price.data or 0,
                "currency": self.currency.data, "unit": self.unit.data or "",
                "vat_rate": vat.to_rate(self.vat_rate.data or "")}


class PartForm(Form):
    """So much of another product in a set."""

    part_id = IdField(_l("Product"), [Filled(_l("Choose the product from the list."))])
    part_id_text = Line()
    quantity = DecimalInput(_l("Quantity in one set"), low=Decimal("0.001"), high=10**6, default=Decimal(1))


class GroupForm(Form):
    """The name of a group."""

    name = Line(_l("Name"), [Filled(_l("Type the name of the group."))], limit=120)
