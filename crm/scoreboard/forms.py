"""What the address asks of the leaderboard: period, measure, team."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from crm.core import dates, modules
from crm.scoreboard.places import MEASURES


@dataclass(frozen=True)
class View:
    """One look at the race; `error` is a sentence about days that cannot be read."""

    period: dates.Period
    measure: str = "revenue"
    team_id: int | None = None
    error: str = ""

    def args(self, **changes: Any) -> dict[str, Any]:
        """The parameters of an address that shows this look, with something changed; None drops one."""
        own = self.period.name not in dates.PERIODS
        span: Mapping[str, str | None] = self.span if own else {
            "period": self.period.name, "on": None if self.is_now else self.period.start.isoformat()}
        if "period" in changes or "from" in changes:
            span = {}
        found: dict[str, Any] = {**span, "measure": self.measure if self.measure != "revenue" else None,
                                 "team": self.team_id, **changes}
        return {key: value for key, value in found.items() if value is not None}

    def deals(self, user_id: int, status: str) -> dict[str, Any]:
        """The parameters of the list of deals behind a figure; open deals are of no period."""
        params = {"manager": user_id, "status": status}
        return params if status == "open" else {**params, **self.span}

    @property
    def span(self) -> dict[str, str]:
        """The days of the period as parameters."""
        return {"from": self.period.start.isoformat(), "to": self.period.end.isoformat()}

    @property
    def is_now(self) -> bool:
        """Whether today lies in the period."""
        return self.period.start <= dates.today() <= self.period.end

    @property
    def earlier(self) -> dict[str, Any]:
        """The parameters of the period before."""
        return replace(self, period=self.period.previous()).args()

    @property
    def later(self) -> dict[str, Any] | None:
        """The parameters of the period after, unless it lies in the future."""
        start = self.period.end + dt.timedelta(days=1)
        if start > dates.today():
            return None
        named = self.period.name in dates.PERIODS
        after = dates.period(self.period.name, start) if named else dates.Period(
            start, start + dt.timedelta(days=self.period.days - 1))
        return replace(self, period=after).args()


def own_days(first: str, last: str) -> dates.Period:
    """The days from `first` to `last`, both included, as people type them; ValueError with a sentence."""
    try:
        start, end = dates.parse_day(first), dates.parse_day(last)
    except dates.TooFar as error:
        raise ValueError(_("Type two days between 1900 and 2200.")) from error
    except ValueError as error:
        raise ValueError(_("There is no such day. Type both days as 31.12.2026.")) from error
    if end < start:
        raise ValueError(_("The last day comes before the first. Type them the other way round."))
    return dates.Period(start, end)


def read_view(args: Mapping[str, str]) -> View:
    """The look that the address asks for; this month by won sum where it says nothing or nonsense."""
    period, error = _period(args)
    measure = args.get("measure", "")
    if measure not in MEASURES or (measure == "plan" and not modules.on("plans")):
        measure = "revenue"
    team = args.get("team", "")
    known = team.isascii() and team.isdecimal() and len(team) < 10
    return View(period, measure, int(team) if known else None, error)


def _period(args: Mapping[str, str]) -> tuple[dates.Period, str]:
    month = dates.period("month", dates.today())
    if args.get("from") or args.get("to"):
        try:
            return own_days(args.get("from", "")[:40], args.get("to", "")[:40]), ""
        except ValueError as error:
            return month, str(error)
    name = args.get("period", "month")
    try:
        day = dates.parse_day(args["on"][:40]) if args.get("on") else dates.today()
        return dates.period(name if name in dates.PERIODS else "month", day), ""
    except ValueError:
        return month, ""
