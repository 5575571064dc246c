"""Forms of price lists: the list itself, a new price, and the prices of a page."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField
from wtforms.widgets import HiddenInput

from crm.catalog.models import CLIENT_KINDS, ListPrice, Product
from crm.core import dates
from crm.core.forms import DayField, DecimalInput, Filled, Form, IdField, Line, MoneyField, MoneyForm, Ticks

KINDS = dict(zip(CLIENT_KINDS, (_l("Companies"), _l("Entrepreneurs"), _l("Private persons")), strict=True))


class PriceListForm(Form):
    """Name, who gets the list by themselves, who may choose it."""

    name = Line(_l("Name"), [Filled(_l("Type the name of the price list."))], limit=120, description=_l("For example: Wholesale."))
    kinds = Ticks(_l("Who gets it without being asked"), choices=list(KINDS.items()))
    chosen_by = RadioField(_l("Who may choose it in a deal"), default="setters", choices=[
        ("setters", _l("who changes prices")), ("all", _l("everybody who edits the deal"))])
    version = IdField(widget=HiddenInput())


class NewPriceForm(MoneyForm):
    """A price for a product from a quantity and a day on."""

    product_id = IdField(_l("Product"), [Filled(_l("Choose the product from the list."))])
    product_id_text = Line()
    from_quantity = DecimalInput(_l("From quantity"), low=Decimal("0.001"), default=Decimal(1))
    since = DayField(_l("From the day"), default=dates.today)
    price = MoneyField(_l("Price of the list"), description=_l("Empty: from that day on the list has no price for it."))


class PricesForm(Form):
    """A page of prices; the cells are added by `prices_form`."""

    def cell(self, row_id: int) -> MoneyField:
        """The price of one row."""
        field: MoneyField = self[f"price_{row_id}"]
        return field

    def prices(self, rows: Sequence[tuple[ListPrice, Product]]) -> dict[int, tuple[int | None, int | None]]:
        """{id: (price as it was shown, price typed)} of the rows that were sent."""
        return {row.id: (_shown(self[f"shown_{row.id}"].data), self.cell(row.id).data) for row, _product in rows
                if self.cell(row.id).raw_data}


def prices_form(rows: Sequence[tuple[ListPrice, Product]]) -> PricesForm:
    """The form with a cell for each row, in the money of its product."""
    fields: dict[str, Any] = {f"price_{row.id}": MoneyField(product.name, currency=product.currency) for row, product in rows}
    fields |= {f"shown_{row.id}": HiddenField() for row, _product in rows}
    filled: dict[str, Any] = {f"price_{row.id}": row.price for row, _product in rows}
    filled |= {f"shown_{row.id}": "" if row.price is None else str(row.price) for row, _product in rows}
    made: PricesForm = type("PageForm", (PricesForm,), fields)(data=filled)
    return made


def _shown(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() else None
