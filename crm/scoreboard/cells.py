"""The figures of the race as texts and as links to the deals behind them, for one reader and one look."""

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from crm.core.output import put
from crm.core.templating import Writer
from crm.scoreboard.forms import View
from crm.scoreboard.queries import Figures

NOTHING = "–"
STATUSES = {"lost": "lost", "open": "open", "conversion": "closed"}  # deals behind a figure; else the won ones


class Cells:
    """Writes figures. A page has hundreds of them, so an address is built once for each sort of deals, not once a figure.

    `visible`: ids of managers whose deals the reader may open, None for everybody's; `opens`: whether any at all.
    """

    def __init__(self, view: View, currency: str, visible: frozenset[int] | None, *, opens: bool) -> None:
        self._view, self._currency, self._visible, self._opens = view, currency, visible, opens
        self._write, self._days = Writer(), _("%(days)s d")
        self._parts: dict[str, tuple[str, str]] = {}
        self._made: dict[tuple[int, str], Markup] = {}

    def text(self, row: Figures, code: str) -> str:
        """One figure of a manager; a dash where it is undefined."""
        if code in ("won", "lost", "open"):
            return self._write.number(getattr(row, code))
        if code == "revenue":
            return self._write.money(row.revenue, self._currency, cents=False)
        if code == "average":
            return NOTHING if row.average is None else self._write.money(round(row.average), self._currency, cents=False)
        if code == "cycle":
            return NOTHING if row.median is None else self.days(row.median)
        share = row.win_rate if code == "conversion" else row.plan_share
        return NOTHING if share is None else self._write.percent(share)

    def days(self, number: float) -> str:
        """'57 d', '59.5 d'."""
        return self._days % {"days": self._write.number(number, 0 if number == int(number) else 1)}

    def link(self, row: Figures, code: str) -> Markup:
        """The figure as a link to the deals behind it, where the reader may open them."""
        key = (row.user_id, code)
        if key not in self._made:
            text = put(self.text(row, code))
            if text != NOTHING and self._opens and (self._visible is None or row.user_id in self._visible):
                before, after = self._address(STATUSES.get(code, "won"))
                text = f'<a href="{before}{row.user_id}{after}">{text}</a>'
            self._made[key] = Markup(text)  # noqa: S704 - the parts are escaped
        return self._made[key]

    def _address(self, status: str) -> tuple[str, str]:
        """What stands before and after the manager's number."""
        if status not in self._parts:
            before, mark, after = url_for("deals.index", **self._view.deals(0, status)).partition("manager=0")
            self._parts[status] = (put(before + mark[:-1]), put(after))
        return self._parts[status]
