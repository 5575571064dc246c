"""Forms of payments."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import ValidationError

from crm.billing import terms
from crm.core import money
from crm.core.dates import today
from crm.core.forms import DayField, DecimalInput, Filled, Form, Line, MoneyField, MoneyForm, NumberField, Ticks
from crm.core.i18n import choose_locale
from crm.documents.models import Document
from crm.documents.ways import CARD, HOLES, WAYS

PAGE = re.compile(r"https://[^\s/?#{}@]+\.[^\s/?#{}@]+([/?#]\S*)?$")
ROW = ("percent", "amount", "due", "days")  # what a row of terms of one's own is asked for
FEW = 3  # rows that are open at first


class PaymentForm(MoneyForm):
    """How much came, when and how. Sums are typed in the deal's currency."""

    amount = MoneyField(_l("Amount"), [Filled(_l("Type how much was paid."))])
    paid_on = DayField(_l("Day of payment"), [Filled(_l("Type the day of the payment."))], since=2000, ahead=0)
    way = RadioField(_l("How it was paid"), choices=list(WAYS.items()), default="transfer")
    number = Line(_l("Payment order or receipt number"), limit=60)
    note = Line(_l("Note"), limit=300)
    version = HiddenField()

    def typed(self) -> dict[str, Any]:
        """What the operations take."""
        return {"amount": self.amount.data or 0, "paid_on": self.paid_on.data, "way": self.way.data, "number": self.number.data or "",
                "note": self.note.data or ""}


class NewPaymentForm(PaymentForm):
    """A new payment, spread over the ticked invoices in their order."""

    invoices = Ticks(_l("For which invoices"), coerce=int)
    sure = HiddenField()  # the payment that was asked about, see `ask_twin`

    def ask_twin(self) -> bool:
        """Whether somebody is to be asked if they mean to record this once more; said at the number. Not when they were asked already."""
        mark = " ".join(map(str, (self.paid_on.data, self.amount.data, self.number.data)))
        if self.sure.data == mark:
            return False
        self.sure.data, self.sure.raw_data = mark, None
        sum_said = money.format_money(self.amount.data or 0, self.amount.currency, choose_locale())
        self.number.errors = [_("A payment of %(sum)s with the number %(number)s of this day is recorded already. Press “Record” once more "
                                "to record it twice.", sum=sum_said, number=self.number.data)]
        return True

    def set_invoices(self, invoices: Sequence[Document]) -> None:
        """The invoices that may be ticked."""
        self.invoices.choices = [(one.id, one.numbered) for one in invoices]

    def chosen(self, invoices: Sequence[Document]) -> list[Document]:
        """The ticked ones, in their order."""
        return [one for one in invoices if one.id in (self.invoices.data or ())]


def parts_form(currency: str, invoices: Sequence[Document], taken: dict[int, int], shown: dict[str, Any]) -> PaymentForm:
    """The form of a known payment with a sum for each invoice that it may go to; `taken` by id is what it goes to now."""
    fields = {f"part_{one.id}": MoneyField(one.numbered, currency=currency) for one in invoices}
    filled = {f"part_{one.id}": taken.get(one.id) for one in invoices}
    made: PaymentForm = type("PartsForm", (PaymentForm,), fields)(money_in=currency, data={**shown, **filled})
    return made


def parts_of(form: PaymentForm, invoices: Sequence[Document]) -> dict[int, int]:
    """What was typed for each invoice, in minor units; nothing is nothing."""
    return {one.id: form[f"part_{one.id}"].data or 0 for one in invoices}


class Instead:
    """This field answers what another one may answer: one of the two is filled."""

    def __init__(self, other: str, message: Any) -> None:
        self.other, self.message = other, message

    def __call__(self, form: Any, field: Any) -> None:
        """Refuse both."""
        if field.data is not None and form[self.other].data is not None:
            raise ValidationError(str(self.message))


class TermsForm(Form):
    """Figures of a preset, or rows of one's own; `terms_form` adds the rows."""

    percent = DecimalInput(_l("Prepayment, percent"), low=Decimal("0.01"), high=Decimal("99.99"), places=2)
    days = NumberField(_l("Days"), high=1000)
    parts = NumberField(_l("Number of payments"), low=1, high=terms.MOST)
    first_on = DayField(_l("First payment"), since=2000, ahead=10)
    shipped_on = DayField(_l("Handed over on"), since=2000, ahead=1, description=_l(
        "Days of a deferral are counted from it. Left empty, the day of the act counts."))
    note = Line(_l("Note"), limit=300)
    version = HiddenField()

    def steps(self, kind: str) -> list[terms.Step]:
        """The promised payments."""
        if kind != terms.OWN:
            return terms.steps(kind, percent=self.percent.data, days=self.days.data, parts=self.parts.data, first_on=self.first_on.data,
                               today=today())
        rows = [terms.Step(*(field.data for field in row)) for row in self.rows()]
        return [row for row in rows if row != terms.Step()]

    def rows(self) -> list[list[Any]]:
        """The fields of each row."""
        return [[self[f"{name}_{place}"] for name in ROW] for place in range(terms.MOST)]

    def open_rows(self) -> int:
        """How many rows are shown at once: all that hold something, and a few."""
        return max([FEW, *(place for place, row in enumerate(self.rows(), 1) if any(field._value() for field in row))])


def terms_form(currency: str, **kwargs: Any) -> TermsForm:
    """The form with its rows, sums in the deal's currency."""
    fields: dict[str, Any] = {}
    for place in range(terms.MOST):
        one_sum = Instead(f"percent_{place}", _l("Type a percent or a sum, not both."))
        one_day = Instead(f"due_{place}", _l("Type a day or a number of days, not both."))
        fields |= {f"percent_{place}": DecimalInput(_l("Percent"), low=Decimal("0.01"), high=100, places=2),
                   f"amount_{place}": MoneyField(_l("or a sum"), [one_sum], currency=currency),
                   f"due_{place}": DayField(_l("By the day"), since=2000, ahead=10),
                   f"days_{place}": NumberField(_l("or days after the hand-over"), [one_day], high=1000 * terms.MOST)}
    made: TermsForm = type("RowsForm", (TermsForm,), fields)(**kwargs)
    return made


class RulesForm(Form):
    """Ways to pay that the page of an invoice offers, and when somebody is reminded of one past due."""

    ways = Ticks(_l("What an invoice offers"), choices=list(WAYS.items()))
    card_link = Line(_l("Your page for cards"), limit=300, description=_l(
        "Such as https://pay.example.com/?order={number}&sum={sum}: the number and the sum of the invoice are put in, {currency} too."))
    task_after = NumberField(_l("Days past due until the manager gets a task"), [Filled(_l("Type a number."))], low=1, high=365)
    letters = BooleanField(_l("Remind the client by letter"))
    letter_after = NumberField(_l("Days past due until the letter"), [Filled(_l("Type a number."))], low=1, high=365)

    def validate_card_link(self, field: Line) -> None:
        """A page of the web, where cards are to be offered."""
        if field.data and not PAGE.match(field.data):
            raise ValidationError(_("Type an address that begins with https://."))
        if field.data and re.search(r"[{}]", HOLES.sub("", field.data)):
            raise ValidationError(_("Only {number}, {sum} and {currency} can stand in braces."))
        if CARD in (self.ways.data or ()) and not field.data:
            raise ValidationError(_("Type the address of your page for cards, or do not offer cards."))

    def rules(self) -> dict[str, Any]:
        """What was typed, as `rules` keeps it."""
        return {"ways": self.ways.data or [], "card_link": self.card_link.data or "", "task_after": self.task_after.data,
                "letters": bool(self.letters.data), "letter_after": self.letter_after.data}
