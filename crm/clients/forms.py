"""The forms of the two cards. Rows (ways to reach, bank accounts) come as repeated names, so they work unscripted."""

from collections.abc import Sequence
from typing import Any, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, RadioField, SelectField
from wtforms.validators import Length, ValidationError

from crm.accounts.models import User
from crm.accounts.queries import Seller
from crm.clients import channels, fields
from crm.core.dates import today
from crm.core.forms import DayField, Filled, Fits, Form, IdField, Line, Text, trim
from crm.core.requisites import clean

MAX_ROWS = 30
PROBLEMS = {"email": _l("This is not an e-mail address. It should look like name@company.com."),
            "phone": _l("This is not a phone number: type at least three digits.")}


class _Rows(Field):
    """A field of several rows; each row is one value of every name in `parts`."""

    parts: tuple[str, ...] = ()

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Rows that were sent win over those of the card."""
        self.process_errors: list[Any] = []
        self.object_data = self.data = list(data or ())
        if formdata is not None and self.parts[0] in formdata:
            columns = [formdata.getlist(part)[:MAX_ROWS] for part in self.parts]
            self.data = [tuple(trim(cell) or "" for cell in row) for row in zip(*columns, strict=False)]

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """What the form shows: the rows and an empty one at the end."""
        empty = tuple("" for _part in self.parts)
        return [*self.data, *([] if self.data and not any(self.data[-1]) else [empty])]


class ChannelRows(_Rows):
    """Ways to reach somebody: kind and text. `problems` names the wrong rows by their place."""

    parts = ("channel_kind", "channel_typed")
    problems: dict[int, str]

    def process(self, formdata: MultiDict[str, str] | None, data: Any = None, extra_filters: Any = None) -> None:
        """Nothing is wrong yet."""
        super().process(formdata, data, extra_filters)
        self.problems = {}

    def pre_validate(self, form: Form) -> None:
        """Each row must be what it says it is."""
        for place, (kind, typed) in enumerate(self.data):
            problem = channels.read(kind, typed).problem
            if len(typed) > channels.LIMIT:
                self.problems[place] = _("This is too long: at most %(max)d characters.", max=channels.LIMIT)
            elif problem:
                self.problems[place] = str(PROBLEMS[problem])
        if self.problems:
            raise ValidationError(_("Fix the marked rows."))

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """A new card offers a phone and an e-mail; after them there is always an empty row."""
        if not self.data:
            return [("phone", ""), ("email", "")]
        return [*self.data, *([("phone", "")] if self.data[-1][1] else [])]


class AccountRows(_Rows):
    """Bank accounts: BIC, bank, account, correspondent account."""

    parts = ("bank_bic", "bank_name", "bank_account", "bank_corr")
    limits = (11, 200, 34, 20)

    def pre_validate(self, form: Form) -> None:
        """Refuse what the columns cannot hold; control digits are only warned about."""
        for row in self.data:
            sizes = (len(row[1]) if place == 1 else len(clean(cell)) for place, cell in enumerate(row))
            if any(size > limit for size, limit in zip(sizes, self.limits, strict=True)):
                raise ValidationError(_("A number in this row is too long. Compare it with the client's papers."))

    def values(self) -> list[dict[str, str]]:
        """Rows by the names of the columns."""
        return [dict(zip(fields.BANK, row, strict=True)) for row in self.data]


def _manager(value: Any) -> int | None:
    return int(value) if value and str(value).isdecimal() else None


class _CardForm(Form):
    """What both cards have. `manager_id` is dropped for people who may not choose it."""

    source = Line(_l("Source"), limit=100, description=_l("Where the client came from"))
    comment = Text(_l("Comment"))
    channels = ChannelRows(_l("Contact details"))
    manager_id = SelectField(_l("Manager"), coerce=_manager, validate_choice=True)
    version = HiddenField(validators=[Length(max=12)])

    def offer_managers(self, people: Sequence[Seller], *, may_choose: bool, now: User | None, new: bool) -> None:
        """The people who can lead a client, and who does `now`; without the right the field is gone."""
        if not may_choose:
            del self.manager_id
            return
        choices: list[tuple[Any, Any]] = [] if new else [("", _("No manager"))]
        choices += [(person.id, person.name) for person in people]
        if now is not None and now.id not in [person.id for person in people]:
            choices.append((now.id, now.name))
        self.manager_id.choices = choices

    def made_for(self, version: int) -> Self:
        """The same words as an answer to another version of the card."""
        self.version.data = str(version)
        return self

    @property
    def shown_version(self) -> int | None:
        """The version of the card that the form was made from."""
        return int(self.version.data) if (self.version.data or "").isdecimal() else None


class PersonForm(_CardForm):
    """A person."""

    surname = Line(_l("Surname"), limit=120)
    given_name = Line(_l("Given name"), limit=120)
    patronymic = Line(_l("Middle name"), limit=120)
    job = Line(_l("Job"), limit=200)
    company_id = IdField(_l("Company"))
    birthday = DayField(_l("Birthday"))
    address = Line(_l("Address"), limit=400)
    passport = Line(_l("Passport"), limit=300, description=_l("Series, number, by whom and when it was issued; or another document"))
    inn = Line(_l("INN"), [Fits(20)], limit=60)
    needs = Text(_l("Pains and wishes"), description=_l("What troubles this client, and what they would like"))

    def validate_surname(self, field: Line) -> None:
        """A card without any name cannot be found again."""
        if not (field.data or self.given_name.data or self.patronymic.data):
            raise ValidationError(_("Type a name, so that the card can be found again."))

    def validate_birthday(self, field: DayField) -> None:
        """Nobody is born tomorrow."""
        if field.data and field.data > today():
            raise ValidationError(_("This day has not come yet. Check the year."))

    def values(self) -> dict[str, Any]:
        """What was typed, by the names that the operations take; the company is found by the route."""
        return {**self.content("company_id", "channels"), "channels": self.channels.data}


class CompanyForm(_CardForm):
    """A company or a sole trader, with requisites."""

    name = Line(_l("Name"), [Filled(_l("Type the company's name."))], limit=300)
    kind = RadioField(_l("Kind"), choices=list(fields.COMPANY_KINDS.items()), default="company")
    legal_name = Line(_l("Legal name"), limit=400, description=_l("As in the charter; used in documents"))
    industry = Line(_l("Industry"), limit=120)
    city = Line(_l("City"), limit=120)
    website = Line(_l("Website"), limit=200)
    inn = Line(_l("INN"), [Fits(20)], limit=60)
    kpp = Line(_l("KPP"), [Fits(9)], limit=60)
    ogrn = Line(_l("OGRN"), [Fits(15)], limit=60)
    vat_id = Line(_l("VAT number"), [Fits(20)], limit=60)
    legal_address = Line(_l("Legal address"), limit=400)
    postal_address = Line(_l("Postal address"), limit=400)
    signatory_name = Line(_l("Who signs: full name"), limit=200)
    signatory_job = Line(_l("Job of the signatory"), limit=200)
    signatory_basis = Line(_l("Acts on the basis of"), limit=200,
                           description=_l("Charter, or power of attorney No. ..."))
    signatory_name_genitive = Line(_l("Full name in the genitive"), limit=200)
    signatory_job_genitive = Line(_l("Job in the genitive"), limit=200)
    signatory_basis_genitive = Line(_l("Basis in the genitive"), limit=200)
    accounts = AccountRows(_l("Bank accounts"))

    def values(self) -> dict[str, Any]:
        """What was typed, by the names that the operations take."""
        return {**self.content("channels", "accounts"), "channels": self.channels.data,
                "accounts": self.accounts.values()}
