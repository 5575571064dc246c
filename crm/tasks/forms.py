"""The form of a task."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.widgets import HiddenInput

from crm.accounts.models import User
from crm.core.forms import DayField, Filled, Form, IdField, Line, Text, TimeField
from crm.tasks.queries import KIND_LABELS


class TaskForm(Form):
    """What, of which kind, when, who does it, and what came of it."""

    text = Line(_l("What"), [Filled(_l("Say what needs to be done."))])
    kind = RadioField(_l("Kind"), choices=list(KIND_LABELS.items()), default="call")
    due_on = DayField(_l("Day"), [Filled(_l("Choose the day."))])
    due_time = TimeField(_l("Time"))
    assignee_id = SelectField(_l("Who does it"))
    result = Text(_l("Outcome"), limit=5000)
    deal_id = IdField()
    contact_id = IdField()
    company_id = IdField()
    version = IdField(widget=HiddenInput())

    def set_people(self, people: Iterable[User], kept: User | None = None) -> None:
        """Who may do it; the present person stays a choice."""
        choices = {str(person.id): person.name for person in people}
        if kept is not None:
            choices.setdefault(str(kept.id), kept.name)
        self.assignee_id.choices = list(choices.items())

    def fields(self) -> dict[str, Any]:
        """The task's fields as operations want them."""
        return {"text": self.text.data or "", "kind": self.kind.data, "due_on": self.due_on.data,
                "due_time": self.due_time.data,
                "assignee_id": int(self.assignee_id.data) if self.assignee_id.data else None}
