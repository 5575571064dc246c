"""The owner's rule for backups."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField

from crm.core.forms import Filled, Form, NumberField


class RuleForm(Form):
    """When, and how many stay."""

    every = RadioField(_l("Make a backup"), choices=[
        ("day", _l("every night")), ("week", _l("on Sundays")), ("off", _l("only by hand"))])
    hour = SelectField(_l("At"), coerce=int, choices=[(hour, f"{hour:02d}:00") for hour in range(24)])
    daily = NumberField(_l("Days"), [Filled()], low=1, high=90)
    weekly = NumberField(_l("Weeks"), [Filled()], high=52)
    monthly = NumberField(_l("Months"), [Filled()], high=60)

    def rule(self) -> dict[str, Any]:
        """The values by the names of the columns."""
        return self.content()
