"""Forms of signing in."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField
from wtforms.validators import Length

from crm.accounts.passwords import MIN_LENGTH
from crm.core.forms import Filled, Form, Line


class LoginForm(Form):
    """E-mail and password."""

    email = Line(_l("E-mail"), [Filled(_l("Type your e-mail."))], limit=200)
    password = PasswordField(_l("Password"), [Filled(_l("Type your password.")), Length(max=200)])
    next = HiddenField(validators=[Length(max=500)])


class NewPasswordForm(Form):
    """The first password of an invited person."""

    password = PasswordField(_l("Password"), [Length(
        min=MIN_LENGTH, max=200, message=_l("A password has 8 to 200 characters."))])
