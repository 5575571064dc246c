"""Forms of a deal: new, edit, a line of products, the next step, people, the manager."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, SelectField
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from crm.accounts.models import User
from crm.accounts.queries import Seller
from crm.catalog import vat
from crm.catalog.models import Product
from crm.core import i18n
from crm.core.forms import DayField, DecimalInput, Filled, Form, IdField, Line, MoneyField, MoneyForm, Text, TimeField
from crm.core.money import CURRENCIES
from crm.deals.models import DealLine, Pipeline
from crm.firms import queries as firms


@dataclass(frozen=True)
class ClientChoice:
    """What was chosen as the client: a card that is there, or words to find or make one by."""

    kind: str  # company | contact
    id: int | None
    words: str = ""


class DealForm(MoneyForm):
    """A form whose sums are typed in the deal's own currency; errors of typed words stand at their picker."""

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """The picker shows one error: that of its hidden half or of its words."""
        fine = super().validate(*args, **kwargs)
        for name, field in self._fields.items():
            words = self._fields.get(f"{name}_text")
            if words is not None and words.errors:
                field.errors = [*field.errors, *words.errors]
        return bool(fine)


class ClientField(HiddenField):
    """The hidden half of the client picker: 'company-7', 'contact-5', 'new-company' or 'new-contact'."""

    def pre_validate(self, form: Any) -> None:
        """Only what the picker offers."""
        head, _dash, tail = (self.data or "").partition("-")
        fine = not self.data or (head in ("company", "contact") and tail.isdecimal() and len(tail) < 10) or (
            head == "new" and tail in ("company", "contact"))
        if not fine:
            raise ValidationError(_l("Choose it from the list."))


def set_managers(field: SelectField, people: Iterable[Seller], kept: User | None = None) -> None:
    """Who may lead; the present manager stays a choice after leaving the company."""
    choices = [(str(person.id), person.name) for person in people]
    if kept is not None and str(kept.id) not in dict(choices):
        choices.append((str(kept.id), kept.name))
    field.choices = [("", _l("No manager")), *choices]


def set_firms(form: DealForm, kept: int | None = None, usual: Any = "") -> None:
    """Which company of ours; no field for who has one only. `usual` is what stands first and leaves it open."""
    choices = firms.choices(kept)
    if not choices:
        del form.firm_id
        return
    form.firm_id.choices = [("", usual), *choices] if usual else choices


class NewDealForm(DealForm):
    """The short form: what, for whom, which way, how much, what comes next."""

    title = Line(_l("Deal"), [Filled(_l("Say in a few words what you are selling."))],
                 description=_l("What you are selling, in a few words."))
    client = ClientField(_l("Client"))
    client_text = Line()
    pipeline = SelectField(_l("Pipeline"), coerce=int)
    amount = MoneyField(_l("Amount"))
    next_step = Line(_l("Next step"), description=_l("For example: call and ask for the measurements."))
    next_step_on = DayField(_l("When"))
    manager_id = SelectField(_l("Manager"))
    firm_id = SelectField(_l("Our company"))

    def set_choices(self, pipelines: Iterable[Pipeline], sellers: Iterable[Seller]) -> None:
        """The ways, the people and, where there are several, the companies of ours."""
        self.pipeline.choices = [(one.id, one.name) for one in pipelines]
        set_managers(self.manager_id, sellers)
        set_firms(self, usual=_l("as usual in the pipeline"))

    def choice(self) -> ClientChoice | None:
        """The client as chosen; None for a deal without one."""
        words = self.client_text.data or ""
        head, _dash, tail = (self.client.data or "").partition("-")
        if head in ("company", "contact"):
            return ClientChoice(head, int(tail))
        if not words:
            return None
        return ClientChoice(tail if head == "new" else _likely_kind(words), None, words)


def _likely_kind(words: str) -> str:
    """Typed without choosing: two or three words with capitals are a person, all else is a company."""
    parts = words.split()
    person = 2 <= len(parts) <= 3 and all(part.isalpha() and part.istitle() for part in parts)
    return "contact" if person else "company"


class EditDealForm(DealForm):
    """The fields of a deal. The sum is locked while products make it, the closing day while it is open."""

    title = Line(_l("Deal"), [Filled(_l("Say in a few words what you are selling."))])
    company_id = IdField(_l("Company"))
    company_id_text = Line()
    contact_id = IdField(_l("Contact person"))
    contact_id_text = Line()
    amount = MoneyField(_l("Amount"))
    currency = SelectField(_l("Currency"), choices=[(code, code) for code in CURRENCIES])
    manager_id = SelectField(_l("Manager"))
    engaged_on = DayField(_l("First contact"))
    expected_on = DayField(_l("Decision expected"))
    closed_on = DayField(_l("Closed"))
    source = Line(_l("Source"), limit=100, description=_l("How the client found you."))
    comment = Text(_l("Comment"))
    firm_id = SelectField(_l("Our company"), description=_l("In its name documents are created. Those that are there stay as they are."))
    version = IdField(widget=HiddenInput())


class LineForm(DealForm):
    """A line of products, edited in place; the ids carry a suffix, for several may be open at once.

    Who does not see the cost has no field for it.
    """

    product_id = IdField(_l("Product"))
    product_id_text = Line(_l("Product"), [Filled(_l("Name the product or choose it from the list."))])
    quantity = DecimalInput(_l("Quantity"), low=Decimal("0.001"), default=Decimal(1))
    unit = Line(_l("Unit"), limit=20)
    price = MoneyField(_l("Price"))
    cost = MoneyField(_l("Cost"), description=_l("What one unit costs you, without VAT. Clients never see it."))
    discount = DecimalInput(_l("Discount"), low=0, high=100, places=2)
    vat_rate = SelectField(_l("VAT"))
    in_quote = SelectField(_l("In a quote"), default="", choices=[("", _l("in the total")), ("optional", _l("the client may add it")),
                                                                  ("group", _l("one of several to choose from"))])
    group = Line(_l("What is chosen"), limit=60, description=_l("One name for all of them, such as “Package”. Exactly one counts."))
    chosen = BooleanField(_l("Chosen: is in the total"))
    seen = HiddenField()
    offered = HiddenField()  # the price that the program put in, in minor units: one that was left alone follows the list

    def validate_group(self, field: Line) -> None:
        """Alternatives have a name that holds them together."""
        if self.in_quote.data == "group" and not field.data:
            raise ValidationError(_l("Name what is chosen here, such as “Package”."))

    def choice(self) -> dict[str, Any]:
        """The columns of what the client may choose."""
        if not self.in_quote.data:
            return {}
        return {"choice": self.group.data if self.in_quote.data == "group" else "", "chosen": bool(self.chosen.data)}

    def __init__(self, *args: Any, suffix: str = "new", shows_cost: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not shows_cost:
            del self.cost
        for field in self:
            field.id = field.label.field_id = f"{field.id}-{suffix}"
        self.vat_rate.choices = vat.choices(self.vat_rate.object_data if self.is_submitted() else self.vat_rate.data)

    @property
    def price_kept(self) -> bool:
        """Whether nobody typed a price: there is none, or it is the one that the program put in."""
        return self.price.data is None or str(self.price.data) == self.offered.data

    def offer(self, price: int | None) -> None:
        """Put in the price of the list."""
        self.price.raw_data, self.price.data = None, price
        self.offered.raw_data, self.offered.data = None, "" if price is None else str(price)

    def ask_price(self) -> bool:
        """Whether a price is typed; said at the field when it is not."""
        if self.price.data is None:
            self.price.errors = [*self.price.errors, _("Type the price; 0 if it costs nothing.")]
        return self.price.data is not None

    def fill(self, product: Product, currency: str, price: int | None, rate: Decimal | None) -> None:
        """Take over what the product says, with the price and the VAT that it has in this deal; its cost only in the deal's currency."""
        self.product_id_text.data, self.unit.data = product.name, product.unit
        if vat.is_former(product.vat_rate) and rate != product.vat_rate:
            self.vat_rate.description = _("The product has %(rate)s%%, a rate of former times. Check the usual one that stands here.",
                                          rate=i18n.pointed(vat.to_code(product.vat_rate)))
        self.vat_rate.data = vat.to_code(rate)
        self.vat_rate.choices = vat.choices(self.vat_rate.data)
        if price is not None or self.price_kept:
            self.offer(price)
        if self.cost is not None:
            self.cost.raw_data, self.cost.data = None, product.cost if product.currency == currency else None


def shown_line(line: DealLine, seen: str) -> dict[str, Any]:
    """A line as the form shows it; of a discount that waits the wish itself, so that saving the form goes on asking for it."""
    waits = line.asked if line.asked_percent is not None else None
    price = waits["price"] if waits else line.price
    by_list = line.formed is not None and price == line.formed.get("price")
    return {"product_id": line.product_id, "product_id_text": line.name, "quantity": line.quantity,
            "unit": line.unit, "price": price, "cost": line.cost,
            "discount": (Decimal(waits["discount"]) if waits else line.discount) or None,
            "vat_rate": vat.to_code(line.vat_rate), "seen": seen, "offered": str(price) if by_list else "",
            "group": line.choice or "", "chosen": line.chosen,
            "in_quote": "" if line.choice is None else "group" if line.choice else "optional"}


class StepForm(Form):
    """The next step: what and on which day."""

    text = Line(_l("Next step"))
    on = DayField(_l("Day"), [Filled(_l("Choose the day of the next step."))])
    time = TimeField(_l("Time"))


class PersonForm(Form):
    """One more person of the client in the deal."""

    contact_id = IdField(_l("Person"))
    contact_id_text = Line()


class ManagerForm(Form):
    """Who leads the deal."""

    manager_id = SelectField(_l("Manager"))
