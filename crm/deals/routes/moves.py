"""Moving a deal, from the board or from its own page, with or without scripts."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from flask import Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import access, dates
from crm.core.web import go, render, retarget, toast, trigger, wants_fragment
from crm.deals import requirements
from crm.deals.access import actor
from crm.deals.access import deal as the_deal
from crm.deals.access import stage as the_stage
from crm.deals.forms.moves import AnswersForm, LossForm, MoveForm
from crm.deals.models import LOST, WON, Deal, Stage
from crm.deals.operations import Answers, DealError, Loss, MissingForStage, MoveConflict, move_deal
from crm.deals.queries import board as queries
from crm.deals.queries.board import View
from crm.deals.routes.board import blueprint, read_view

__all__ = ["blueprint"]
WISH = {"stage_id", "before_id", "after_id", "place", "version", "from_id"}  # what no person types: wrong ones are refused


@blueprint.get("/deals/<int:deal_id>/move")
@access.need("deals.edit")
def move_dialog(deal_id: int) -> ResponseReturnValue:
    """Where to? With `to`, what that stage asks for."""
    deal = the_deal(deal_id, "move")
    target = request.args.get("to", 0, type=int)
    if target:
        stage = the_stage(target)
        return _ask(deal, stage, _form(deal, stage))
    form = MoveForm(formdata=None, version=deal.version, from_id=deal.stage_id)
    return _dialog("deals/_move.html", 200, deal=deal, form=form, stages=deal.pipeline.stages)


@blueprint.post("/deals/<int:deal_id>/move")
@access.need("deals.edit")
def move(deal_id: int) -> ResponseReturnValue:
    """Move it, or ask first for what the stage wants."""
    deal = the_deal(deal_id, "move")
    stage, old_id = _wanted(deal), deal.stage_id
    form = _form(deal, stage)
    fine = form.validate()
    if form.errors.keys() & WISH:
        abort(400)
    if not fine or _first_asks(deal, stage):
        return _ask(deal, stage, form)
    try:
        move_deal(deal, stage, actor=actor(), **form.move(), **_details(form))
    except MoveConflict as conflict:
        return _conflict(deal, stage, conflict)
    except DealError as refusal:
        return _ask(deal, stage, form, refusal)
    return _moved(deal, {old_id, stage.id})


def _wanted(deal: Deal) -> Stage:
    """The stage to go to: mostly one of the deal's own pipeline, which the board shows anyway. 400 without one, 404 for none."""
    stage_id = request.form.get("stage_id", 0, type=int)
    if not 0 < stage_id < 2**31:
        abort(400)
    return next((stage for stage in deal.pipeline.stages if stage.id == stage_id), None) or the_stage(stage_id)


def _first_asks(deal: Deal, stage: Stage) -> bool:
    """With scripts a sale is never won by a slip: its dialog shows the sum and the day first."""
    return stage.kind == WON and deal.status != WON and wants_fragment() and "asked" not in request.form


def _details(form: AnswersForm | LossForm) -> dict[str, Any]:
    """What the dialog of the stage adds to a move."""
    if isinstance(form, LossForm):
        return {"loss": Loss(**form.details())}
    return {"answers": Answers(**form.details())}


def _form(deal: Deal, stage: Stage) -> AnswersForm | LossForm:
    """The form that fits the stage: a refusal has its own."""
    return LossForm(money_in=deal.currency) if stage.kind == LOST else AnswersForm(money_in=deal.currency)


def _propose(form: AnswersForm | LossForm, deal: Deal) -> None:
    """What a dialog says before anybody has typed: the deal's own, and what the person sees now."""
    form.version.data = form.version.data or deal.version
    form.from_id.data = form.from_id.data or deal.stage_id
    if isinstance(form, AnswersForm):
        form.amount.data, form.expected_on.data = deal.amount or None, deal.expected_on
        form.closed_on.data = dates.today()


def _ask(deal: Deal, stage: Stage, form: AnswersForm | LossForm,
         refusal: DealError | None = None) -> ResponseReturnValue:
    """The dialog of the stage: a refusal for who has seen it before, else simply the next question."""
    if stage.pipeline_id != deal.pipeline_id:
        raise refusal or DealError(
            _("This stage belongs to another pipeline. Choose a stage of the deal's pipeline."))
    seen = "asked" in request.form
    if not seen:
        _propose(form, deal)
    context = {"deal": deal, "stage": stage, "form": form, "seen": seen,
               "complaint": refusal.message if refusal and not isinstance(refusal, MissingForStage) else ""}
    status = 422 if seen or (request.method == "POST" and not wants_fragment()) else 200
    if stage.kind == LOST:
        reasons = [one for one in deal.pipeline.reasons if not one.archived]
        return _dialog("deals/_refuse.html", status, reasons=reasons, **context)
    missing = requirements.missing(deal, stage.requires)
    return _dialog("deals/_enter.html", status, missing=missing, **context)


def _view() -> View | None:
    """The board that the person looks at; None on the deal's own page."""
    return read_view() if "pipeline" in request.args else None


def _dialog(part: str, status: int, **context: Any) -> Response:
    """The dialog over the page, or a page of its own without scripts."""
    view = _view()
    answer = render("deals/board_move.html", part, status=status, part=part, args=view.args() if view else {},
                    page=not wants_fragment(), **context)
    return retarget(answer, "#dialog", "innerHTML") if wants_fragment() else answer


def _moved(deal: Deal, stage_ids: Collection[int]) -> ResponseReturnValue:
    """The board's touched parts, or the deal's page."""
    view = _view()
    if deal.status in (WON, LOST) and deal.stage_id in stage_ids and len(stage_ids) > 1:
        toast(_("The deal is won.") if deal.status == WON else _("The deal is marked as lost."))
    if view is None:
        return go("deals.show", deal_id=deal.id)
    if not wants_fragment():
        return go("board.index", **view.args())
    trigger("close-dialog")
    return _redrawn(deal, stage_ids, view)


def _conflict(deal: Deal, stage: Stage, conflict: MoveConflict) -> ResponseReturnValue:
    """Who was quicker; on the board with the card at its true place."""
    view = _view()
    if view is None or not wants_fragment():
        raise conflict
    return _redrawn(deal, {deal.stage_id, stage.id}, view, status=409, message=conflict.message)


def _redrawn(deal: Deal, stage_ids: Collection[int], view: View, status: int = 200,
             message: str = "") -> Response:
    view = replace(view, pipeline_id=deal.pipeline_id)
    changes = queries.read_changes(view, actor(), deal.pipeline, {deal.id}, stage_ids)
    return render("deals/_board_changes.html", status=status, changes=changes, message=message)
