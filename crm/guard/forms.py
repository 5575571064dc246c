"""The owner's form of the guard's rules."""

from typing import Any

from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from crm.core.forms import Form
from crm.guard import rules

MOST = 10_000_000


def _number(label: Any, low: int = 0, high: int = MOST) -> IntegerField:
    return IntegerField(label, [InputRequired(_l("Type a number.")), NumberRange(
        low, high, message=_l("Type a number from %(min)d to %(max)d."))])


class GuardForm(Form):
    """Limits for everybody but the owner, what he is told of, and how long the log is kept."""

    files = _number(_l("Rows a day in files"))
    lists = _number(_l("Rows a day in lists and boards"))
    tell = _number(_l("Tell me when a person takes more rows a day in files than"))
    cards = _number(_l("Tell me when a person opens more cards in an hour than"), 10, 100_000)
    deletes = _number(_l("Records a day that a person deletes alone"))
    months = _number(_l("Months the log is kept"), 0, 600)


def read_people(form: MultiDict[str, str], ids: list[int]) -> dict[str, dict[str, int]]:
    """Limits of single people, typed as files-7 and lists-7; what is empty or no number follows everybody's."""
    found: dict[str, dict[str, int]] = {}
    for user_id in ids:
        own = {name: int(text) for name in rules.PER_PERSON
               if (text := form.get(f"{name}-{user_id}", "").strip()).isdecimal() and int(text[:9]) <= MOST}
        if own:
            found[str(user_id)] = own
    return found
