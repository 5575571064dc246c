"""The form of a letter."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from crm.core.company_fields import email_problem
from crm.core.forms import Filled, Form, Line, Text


class LetterForm(Form):
    """A letter to a client."""

    to = Line(_l("To"), [Filled(_l("Type the e-mail address of the client, such as name@company.com."))], limit=200)
    subject = Line(_l("Subject"), [Filled(_l("Say in a few words what the letter is about."))], limit=300)
    body = Text(_l("Text"), [Filled(_l("Write the letter first."))])

    def validate_to(self, field: Line) -> None:
        """An address that can be one."""
        if problem := email_problem(field.data):
            raise ValidationError(problem)

    def letter(self) -> dict[str, Any]:
        """What `write_letter` takes."""
        return self.content()
