"""The form of a hand-over."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from crm.accounts.models import User
from crm.core.forms import Form
from crm.staff.queries import PARTS

ONE, TEAM = "one", "team"


class HandOverForm(Form):
    """What goes, and to whom: one colleague, or the rest of the team evenly."""

    parts = SelectMultipleField(_l("What to hand over"), choices=list(PARTS.items()), default=list(PARTS))
    way = RadioField(_l("To whom"), choices=[(ONE, _l("One colleague")), (TEAM, _l("The team, evenly"))], default=ONE)
    taker = SelectField(_l("Colleague"), choices=[])

    def offer(self, takers: Sequence[User], mates: Sequence[User]) -> None:
        """Whom one may choose; without team mates there is only one way."""
        self.people, self.mates = takers, mates
        self.taker.choices = [("", _("Choose a person")), *((str(one.id), one.name) for one in takers)]
        if not mates:
            self.way.choices = [(ONE, _("One colleague"))]

    def validate_parts(self, field: SelectMultipleField) -> None:
        """Something must go."""
        if not field.data:
            raise ValidationError(_("Choose what to hand over."))

    def validate_taker(self, field: SelectField) -> None:
        """One colleague must be named."""
        if self.way.data == ONE and not field.data:
            raise ValidationError(_("Choose who takes over the work."))

    def takers(self) -> list[User]:
        """The chosen people."""
        if self.way.data == TEAM:
            return list(self.mates)
        return [one for one in self.people if str(one.id) == self.taker.data]
