"""The form of the first start."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, RadioField
from wtforms.validators import Length, ValidationError

from crm.accounts.passwords import is_common
from crm.core.company_fields import CompanyFields, email_problem
from crm.core.forms import Filled, Line
from crm.deals import library


class SetupForm(CompanyFields):
    """Company, kind of business, owner."""

    business = RadioField(_l("What do you do?"))
    owner_name = Line(_l("Your name"), [Filled(_l("Type your name."))], limit=200)
    owner_email = Line(_l("Your e-mail"), [Filled(_l("Type your e-mail: you sign in with it."))], limit=200)
    password = PasswordField(_l("Password"), [Length(min=8, max=200, message=_l("A password has 8 to 200 characters."))])

    def __init__(self, locale: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = library.kinds()
        self.business.choices = [(kind.code, kind.name(locale)) for kind in kinds]
        if self.business.data is None:
            self.business.data = kinds[0].code

    def validate_owner_email(self, field: Line) -> None:
        """It is the name to sign in with."""
        if problem := email_problem(field.data):
            raise ValidationError(problem)

    def validate_password(self, field: PasswordField) -> None:
        """Not everybody's first guess."""
        if is_common(field.data or "", self.owner_email.data):
            raise ValidationError(_l("This password is among the first that strangers try. Choose another one."))
