"""Forms of signing in, of people and of the company's settings."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField
from wtforms.validators import Length, Regexp, ValidationError

from crm.accounts.passwords import MIN_LENGTH, is_common
from crm.accounts.rights import FIELDS, NO_LIMIT
from crm.accounts.second import NEEDED_BY
from crm.core import modules
from crm.core.company_fields import ConfirmedFields, email_problem
from crm.core.forms import Filled, Form, Line, NumberField, Ticks


class _Choosing(Form):
    """A form of a new password; `email` is what the person signs in with."""

    def __init__(self, email: str | None) -> None:
        super().__init__()
        self.signs_in_with = email


def _uncommon(form: _Choosing, field: PasswordField) -> None:
    """Not everybody's first guess."""
    if is_common(field.data or "", form.signs_in_with):
        raise ValidationError(_l("This password is among the first that strangers try. Choose another one."))


PASSWORD_RULES = (Length(min=MIN_LENGTH, max=200, message=_l("A password has 8 to 200 characters.")), _uncommon)

ADVICE = _l("At least 8 characters. Length is strength: four words in a row are easy to remember and hard to guess.")


class LoginForm(Form):
    """E-mail and password."""

    email = Line(_l("E-mail"), [Filled(_l("Type your e-mail."))], limit=200)
    password = PasswordField(_l("Password"), [Filled(_l("Type your password.")), Length(max=200)])
    next = HiddenField()  # any length: the way back must not keep people out


class ForgotForm(Form):
    """The e-mail whose password is forgotten."""

    email = Line(_l("E-mail"), [Filled(_l("Type your e-mail."))], limit=200)

    def validate_email(self, field: Line) -> None:
        """An address, known or not."""
        if problem := email_problem(field.data):
            raise ValidationError(problem)


class NewPasswordForm(_Choosing):
    """The first password of an invited person, or a new one by a link."""

    password = PasswordField(_l("Password"), PASSWORD_RULES, description=ADVICE)


class ChangePasswordForm(_Choosing):
    """One's own new password, after the present one."""

    present = PasswordField(_l("Current password"), [Filled(), Length(max=200)])
    password = PasswordField(_l("New password"), PASSWORD_RULES, description=ADVICE)


class CodeForm(Form):
    """The six digits of the telephone, or a recovery code."""

    code = Line(_l("Code"), [Filled(_l("Type the code."))], limit=40)


class ProofForm(Form):
    """The password or a code, before the second step is changed."""

    proof = PasswordField(_l("Your password, or a code from the app"), [Filled(_l("Type your password.")), Length(max=200)])


class PasskeyForm(Form):
    """What a device answered, in JSON; the name that the person gives a new passkey; the way back."""

    credential = HiddenField(validators=[Filled(), Length(max=20_000)])
    name = Line(_l("Name, to tell it from others"), limit=100)
    next = HiddenField()


class SecondForForm(Form):
    """Who must have a second step."""

    second_for = RadioField(_l("Who must have a second step"), choices=list(NEEDED_BY.items()))


class UserForm(Form):
    """A person of ours."""

    name = Line(_l("Full name"), [Filled(_l("Type the person's name."))], limit=200)
    email = Line(_l("E-mail"), limit=200)
    phone = Line(_l("Phone"), limit=60)
    job = Line(_l("Job"), limit=200)
    role = SelectField(_l("Role"))
    team_id = SelectField(_l("Team"), coerce=lambda value: int(value) if value and value != "None" else None)

    def validate_email(self, field: Line) -> None:
        """An address, or nothing for people who never sign in."""
        if problem := email_problem(field.data):
            raise ValidationError(problem)


class TeamForm(Form):
    """A team's name."""

    name = Line(_l("New team"), [Filled(_l("Type the name of the team."))], limit=100)


class CompanyForm(ConfirmedFields):
    """Our company's details on the settings page."""


class RulesForm(Form):
    """When a deal is forgotten."""

    forgotten_days = NumberField(_l("Days without activity before a deal counts as forgotten"), [Filled()], low=1, high=365)


class RoleForm(Form):
    """A role but for its matrix: its name, whether it leads deals, what it never sees."""

    version = HiddenField(validators=[Regexp(r"\A\d{1,9}\Z")])
    name = Line(_l("Name of the role"), limit=100)
    sells = BooleanField(_l("People of this role lead deals and compete on the leaderboard"))
    hidden = Ticks(_l("Hidden"), choices=list(FIELDS.items()))
    discount = NumberField(_l("Greatest discount"), high=NO_LIMIT, description=_l(
        "What people of this role give by themselves, counted from the price list. Above it somebody with a higher limit has to approve; "
        "100: no limit."))


class CopyRoleForm(Form):
    """The name of an own role that is made from another."""

    name = Line(_l("Name of the new role"), [Filled(_l("Type the name of the role."))], limit=100, id="copy-name")


class ModulesForm(Form):
    """What the company uses."""

    used = Ticks(_l("In use"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.used.choices = [(module.code, module.label) for module in modules.MODULES.values()]
