"""The composer of a timeline."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import ValidationError

from crm.clients.fields import OUTCOMES
from crm.core.forms import Form, Text
from crm.timeline.words import NOTE


class NoteForm(Form):
    """A note, or how a call ended with a few words."""

    what = RadioField(_l("What it is"), choices=[(NOTE, _l("Note")), *OUTCOMES.items()], default=NOTE)
    text = Text(_l("Text"))

    def validate_text(self, field: Text) -> None:
        """A note says something; the outcome of a call may say it all."""
        if self.what.data == NOTE and not field.data:
            raise ValidationError(_("Write the note first."))
