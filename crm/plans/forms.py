"""The form of a year's plans: one sum for each person and month."""

import datetime as dt

from babel.dates import format_date
from wtforms import HiddenField
from wtforms.validators import Length

from crm.core import dates
from crm.core.forms import Form, MoneyField
from crm.core.i18n import choose_locale
from crm.plans.queries import Grid

FIRST_YEAR, LAST_YEAR = 2000, 2100


def year_of(text: str | None) -> int:
    """The year that the address names, or the present one."""
    typed = text is not None and len(text) == 4 and text.isascii() and text.isdecimal()
    year = int(text or 0) if typed else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else dates.today().year


def _name(user_id: int, month: dt.date) -> str:
    return f"plan_{user_id}_{month.month}"


class PlansForm(Form):
    """Cells are added by `plans_form`; `mark` tells which state of the plans was shown."""

    mark = HiddenField(validators=[Length(max=40)])

    def cell(self, user_id: int, month: dt.date) -> MoneyField:
        """The field of one person and month."""
        field: MoneyField = self[_name(user_id, month)]
        return field

    def amounts(self, grid: Grid) -> dict[tuple[int, dt.date], int]:
        """What was typed, in minor units, by person and month; an empty cell is no plan, one that was not sent says nothing."""
        return {(user.id, month): self.cell(user.id, month).data or 0
                for user in grid.people for month in grid.months if self.cell(user.id, month).raw_data}


def plans_form(grid: Grid, currency: str) -> PlansForm:
    """The form with a cell for everybody and each month, filled with the plans there are."""
    labels = {month: format_date(month, "LLL", locale=choose_locale()).rstrip(".") for month in grid.months}
    fields = {_name(user.id, month): MoneyField(labels[month], currency=currency)
              for user in grid.people for month in grid.months}
    filled = {_name(user_id, month): amount for (user_id, month), amount in grid.amounts.items()}
    made: PlansForm = type("YearForm", (PlansForm,), fields)(data={**filled, "mark": grid.mark})
    return made
