"""The leaderboard: page, wall screen, panel of the desk, files."""

import datetime as dt
from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts import scope
from crm.accounts.queries import teams, the_organization
from crm.core import access, dates, live, modules, nav
from crm.core.errors import DomainError
from crm.core.web import go, nothing, render, trigger, wants_fragment
from crm.guard import exports
from crm.scoreboard import export, forms, places, queries
from crm.scoreboard.cells import Cells

blueprint = Blueprint("scoreboard", __name__)
WALL_ROWS = 12


class PeriodError(DomainError):
    """The days of a file cannot be read."""

    status = 422


def _race(view: forms.View) -> dict[str, Any]:
    """What the templates of the race need."""
    token = _token()  # before the figures: what happens between is told at the next poll
    race = queries.race(view.period, team_id=view.team_id)
    racers = places.standings(race, view.measure)
    cells = Cells(view, the_organization().currency, scope.visible_owners(current_user, "deals.see"), opens=access.can("deals.see"))
    return {"view": view, "race": race, "racers": racers, "measures": places.MEASURES,
            "sides": {code: str(label) for code, label in places.SIDES.items()}, "measure": places.MEASURES[view.measure], "cells": cells,
            "me": next((one for one in racers if one.figures.user_id == current_user.id), None),
            "ordinal": places.ordinal, "token": token}


def _token() -> str:
    """The mark of what is shown now: the facts known, and the day, because at midnight periods turn."""
    return f"{live.now_token()}~{dates.today()}"


def _news() -> str | None:
    """The new mark when deals changed since the mark of the address, or a new day began; else None."""
    token, _tilde, day = request.args.get("since", "").partition("~")
    news = live.since(token, ("deal.", "plan.", "user."))
    fresh = f"{news.token}~{dates.today()}"
    trigger("since", fresh)
    return fresh if news.events or news.flood or day != str(dates.today()) else None


@blueprint.get("/scoreboard")
@access.need("scoreboard.see")
def index() -> ResponseReturnValue:
    """The race by period, measure and team."""
    view = forms.read_view(request.args)
    return render("scoreboard/index.html", "scoreboard/_board.html", teams=teams(), **_race(view))


@blueprint.get("/scoreboard/changes")
@access.need("scoreboard.see")
def changes() -> ResponseReturnValue:
    """The rows anew when something happened since the page was drawn, else 204."""
    if _news() is None:
        return nothing()
    return render("scoreboard/_rows.html", "scoreboard/_rows.html", **_race(forms.read_view(request.args)))


@blueprint.get("/scoreboard/race")
@access.need("scoreboard.see")
def race() -> ResponseReturnValue:
    """A small race of this month for the desk, or one `line` of it; for a plain browser, the whole page."""
    if not wants_fragment():
        return go("scoreboard.index")
    part = "scoreboard/_line.html" if request.args.get("line") else "scoreboard/_panel.html"
    return render(part, **_race(forms.read_view({})))


@blueprint.get("/scoreboard/wall")
@access.need("scoreboard.see")
def wall() -> ResponseReturnValue:
    """The race on a big screen."""
    return render("scoreboard/wall.html", **_wall())


@blueprint.get("/scoreboard/wall/changes")
@access.need("scoreboard.see")
def wall_changes() -> ResponseReturnValue:
    """The big screen anew when something happened, else 204."""
    return nothing() if _news() is None else render("scoreboard/_wall.html", **_wall())


def _wall() -> dict[str, Any]:
    if not modules.on("wall"):
        abort(404, _("This part is switched off. The owner can switch it on in the settings."))
    view = forms.read_view(request.args)
    midnight = dt.datetime.combine(view.period.end + dt.timedelta(days=1), dt.time(), dates.zone())
    return {**_race(view), "until": midnight.astimezone(dt.UTC), "win": queries.last_win(view.period),
            "most": WALL_ROWS}


def _file_view() -> forms.View:
    """Files are by won sum, so that their places are those of the program that reads them."""
    view = forms.read_view(request.args)
    if view.error:
        raise PeriodError(view.error)
    return view


def _hand_over(ending: str, write: exports.Writer, rows: int, view: forms.View) -> ResponseReturnValue:
    stem = f"leaderboard_{view.period.start}_{view.period.end}"
    return exports.hand_over(exports.Parcel("leaderboard", ending, rows, write, stem, request.args.to_dict()))


@blueprint.get("/scoreboard.csv")
@access.need("scoreboard.export")
def csv() -> ResponseReturnValue:
    """Everyone with a deal in the period, places by won sum."""
    view = _file_view()
    racers = places.standings(queries.race(view.period, team_id=view.team_id))
    text = export.csv_text(racers, the_organization().currency)
    return _hand_over("csv", lambda target, _marks: target.write(text.encode()), len(racers), view)


@blueprint.get("/scoreboard.xlsx")
@access.need("scoreboard.export")
def xlsx() -> ResponseReturnValue:
    """The same as a workbook."""
    view, currency = _file_view(), the_organization().currency
    racers = places.standings(queries.race(view.period, team_id=view.team_id))
    head = [_("Place"), _("Manager"), _("Deals won"), _("Deals lost"), _("Open now"),
            f"{_('Amount won')}, {currency}", _("Conversion"), f"{_('Average deal')}, {currency}",
            _("Days to win")]
    return _hand_over("xlsx", lambda target, marks: target.write(
        export.xlsx_bytes(racers, currency, _("Leaderboard"), head, marks)), len(racers), view)


modules.declare("wall", _l("Wall screen"), _l("The leaderboard for a big screen in the office."))
nav.add("scoreboard.index", "leaderboard", _l("Leaderboard"), "scoreboard.see", 50, phone=True)
