"""The owner's rule for backups."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import NumberRange

from crm.core.forms import Form

TOO_MANY = _l("Type a number from %(min)d to %(max)d.")


class RuleForm(Form):
    """When, and how many stay."""

    every = RadioField(_l("Make a backup"), choices=[
        ("day", _l("every night")), ("week", _l("on Sundays")), ("off", _l("only by hand"))])
    hour = SelectField(_l("At"), coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in range(24)])
    daily = IntegerField(_l("Days"), [NumberRange(1, 90, message=TOO_MANY)])
    weekly = IntegerField(_l("Weeks"), [NumberRange(0, 52, message=TOO_MANY)])
    monthly = IntegerField(_l("Months"), [NumberRange(0, 60, message=TOO_MANY)])

    def rule(self) -> dict[str, Any]:
        """The values by the names of the columns."""
        return self.content()
