"""The owner's form of the guard's rules."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l

from crm.accounts.models import User
from crm.core.forms import Filled, Form, NumberField
from crm.guard import rules

MOST = 10_000_000
LABELS = {"files": _l("In files"), "lists": _l("In lists")}


def _number(label: Any, low: int = 0, high: int = MOST) -> NumberField:
    return NumberField(label, [Filled(_l("Type a number."))], low=low, high=high)


class GuardForm(Form):
    """Limits for everybody but the owner, what he is told of, and how long the log is kept. `guard_form` adds those of single people."""

    files = _number(_l("Rows a day in files"))
    lists = _number(_l("Rows a day in lists and boards"))
    tell = _number(_l("Tell me when a person takes more rows a day in files than"))
    cards = _number(_l("Tell me when a person opens more cards in an hour than"), 10, 100_000)
    deletes = _number(_l("Records a day that a person deletes alone"))
    months = _number(_l("Months the log is kept"), 0, 600)

    def own(self, user: User, name: str) -> NumberField:
        """The field of one person's limit; empty, everybody's holds."""
        field: NumberField = self[f"{name}-{user.id}"]
        return field

    def rules(self, people: Iterable[User]) -> dict[str, Any]:
        """What was typed, as `rules` keeps it."""
        found: dict[str, Any] = {name: self[name].data for name in rules.DEFAULTS}
        own = {str(user.id): {name: limit for name in rules.PER_PERSON if (limit := self.own(user, name).data) is not None}
               for user in people}
        return {**found, "people": {user_id: limits for user_id, limits in own.items() if limits}}


def guard_form(people: Iterable[User]) -> GuardForm:
    """The form with two limits for each of these people, filled with the rules there are."""
    now, fields, filled = rules.rules(), {}, {}
    for user in people:
        for name in rules.PER_PERSON:
            fields[f"{name}-{user.id}"] = NumberField(LABELS[name], high=MOST)
            filled[f"{name}-{user.id}"] = now.get("people", {}).get(str(user.id), {}).get(name)
    made: GuardForm = type("PeopleForm", (GuardForm,), fields)(data={**now, **filled})
    return made
