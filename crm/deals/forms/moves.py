"""Forms of a move: where to, why refused, what a stage asks for."""

import datetime as dt
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n
from wtforms import RadioField
from wtforms.validators import AnyOf, Optional

from crm.core import dates
from crm.core.forms import DayField, Filled, IdField, Line, MoneyField, MoneyForm, Text

MONTHS = (1, 2, 3, 6, 12)


class MoveForm(MoneyForm):
    """Where to, and what the person saw: the deal's version and the stage it stood in."""

    stage_id = IdField(_l("Stage"), [Filled()])
    before_id = IdField()
    after_id = IdField()
    place = Line(_l("Place"), [Optional(), AnyOf(("first", "last"))], limit=5)
    version = IdField()
    from_id = IdField()

    def move(self) -> dict[str, Any]:
        """The arguments of `move_deal` that say where to and what was seen."""
        return {"before_id": self.before_id.data, "after_id": self.after_id.data,
                "last": self.place.data == "last", "version": self.version.data,
                "from_id": self.from_id.data}


class AnswersForm(MoveForm):
    """What a stage asks for and people can fill in on the way."""

    amount = MoneyField(_l("Deal amount"))
    expected_on = DayField(_l("Decision expected"))
    closed_on = DayField(_l("Closed on"))

    def details(self) -> dict[str, Any]:
        """The fields of `Answers`."""
        return {"amount": self.amount.data, "expected_on": self.expected_on.data,
                "closed_on": self.closed_on.data}


class LossForm(MoveForm):
    """Why the client refused, and when to ask again."""

    reason_id = IdField(_l("Reason"))
    detail_id = IdField(_l("More precisely"))
    comment = Text(_l("How it happened"), limit=5000)
    competitor = Line(_l("Who they chose"), limit=200)
    competitor_price = MoneyField(_l("Their price"))
    back_in = RadioField(_l("Come back in"), choices=[
        ("", _l("never")), *((str(n), _n("%(num)s month", "%(num)s months", n)) for n in MONTHS)], default="")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.comment.flags.required = True  # asked by the browser; who has none is asked by the operation

    def details(self) -> dict[str, Any]:
        """The fields of `Loss`."""
        back_on = months_ahead(int(self.back_in.data)) if self.back_in.data else None
        return {"reason_id": self.reason_id.data, "detail_id": self.detail_id.data,
                "comment": self.comment.data or "", "competitor": self.competitor.data or "",
                "competitor_price": self.competitor_price.data, "back_on": back_on}


def months_ahead(months: int, start: dt.date | None = None) -> dt.date:
    """The same day some months on; the month's last day when it has no such day."""
    start = start or dates.today()
    years, month = divmod(start.month - 1 + months, 12)
    first = dt.date(start.year + years, month + 1, 1)
    return first.replace(day=min(start.day, dates.period("month", first).end.day))
