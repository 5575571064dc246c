"""The board: stages side by side, and colleagues' moves as they happen."""

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.core import access, live, nav
from crm.core.events import Event
from crm.core.listing import MAX_QUERY
from crm.core.web import nothing, render, trigger
from crm.deals import cards
from crm.deals.access import actor
from crm.deals.access import stage as the_stage
from crm.deals.models import OPEN, Pipeline
from crm.deals.queries import board as queries
from crm.deals.queries.board import View
from crm.deals.queries.news import concerning, touched
from crm.deals.queries.pipelines import pipelines
from crm.guard import counting

blueprint = Blueprint("board", __name__)
KINDS = ("deal.", "task.")


def read_view(found: Sequence[Pipeline] = ()) -> View:
    """What the address asks for; of `found` the reader's usual one when it names none of them."""
    wanted = request.args.get("pipeline", 0, type=int)
    if found and wanted not in {one.id for one in found}:
        wanted = queries.usual_pipeline(actor(), found)
    return View(wanted, request.args.get("manager", "")[:20], request.args.get("q", "").strip()[:MAX_QUERY],
                request.args.get("forgotten") == "1")


def people() -> dict[str, object]:
    """Whose deals the reader may choose from: nobody else's, the team's, or everybody's."""
    owners = scope.visible_owners(actor(), "deals.see")
    if owners is not None and len(owners) < 2:
        return {"sellers": [], "teams": []}
    sellers = [person for person in accounts.sellers() if owners is None or person.id in owners]
    return {"sellers": sellers, "teams": accounts.teams() if owners is None else []}


@blueprint.get("/deals/board")
@access.need("deals.see")
def index() -> ResponseReturnValue:
    """The whole board; its columns, filters and sums for HTMX."""
    found = pipelines(stages=False)
    if not found:
        return render("deals/board_empty.html")
    token = live.now_token()
    board = _counted(queries.read_board(read_view(found), actor(), found))
    return render("deals/board.html", "deals/_board_parts.html", board=board, view=board.view, token=token,
                  people=people(), whole=True)


def _counted(board: queries.Board) -> queries.Board:
    """The board, towards the day's limit of whoever is shown it."""
    counting.show("board.index", sum(len(one.cards) for one in board.columns))
    return board


@blueprint.get("/deals/board/<int:stage_id>")
@access.need("deals.see")
def column(stage_id: int) -> ResponseReturnValue:
    """Further cards of a stage; a page of them for a browser without scripts."""
    stage = the_stage(stage_id)
    if stage.kind != OPEN:
        abort(404)
    view = replace(read_view(), pipeline_id=stage.pipeline_id)
    cards, more = queries.next_cards(view, actor(), stage, queries.read_cursor(request.args.get("after", "")))
    counting.show("board.index", len(cards))
    return render("deals/board_column.html", "deals/_board_cards.html", view=view, stage=stage, cards=cards,
                  more=more)


@blueprint.get("/deals/board/changes")
@access.need("deals.see")
def changes() -> ResponseReturnValue:
    """What happened since the token: cards and the heads of touched columns, out of band, or 204."""
    token = request.args.get("since", "")
    news = live.since(token, KINDS)
    if news.token != token:
        trigger("since", news.token)
    facts = concerning(news.events, actor())
    found = pipelines(stages=False) if facts or news.flood else []
    if not found:
        return nothing()
    view = read_view(found)
    return _all_anew(view, found, news.token) if news.flood else _changed(view, found, facts)


def _all_anew(view: View, found: Sequence[Pipeline], token: str) -> ResponseReturnValue:
    board = _counted(queries.read_board(view, actor(), found))
    return render("deals/_board_parts.html", board=board, view=view, token=token, people=people(), whole=False)


def _changed(view: View, found: Sequence[Pipeline], facts: Sequence[Event]) -> ResponseReturnValue:
    pipeline = next(one for one in found if one.id == view.pipeline_id)
    return render("deals/_board_changes.html", message="", changes=queries.read_changes(
        view, actor(), pipeline, touched(facts, "deal"), touched(facts, "stage")))


blueprint.add_app_template_global(cards.fill, "fill_cards")
nav.add("board.index", "board", _l("Board"), "deals.see", 20, phone=True)
