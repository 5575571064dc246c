"""Settings of pipelines: which there are, their stages, their reasons of refusal."""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import access, i18n, once
from crm.core.errors import DomainError
from crm.core.forms import Form
from crm.core.web import go, render, toast
from crm.deals import library, operations
from crm.deals.access import actor
from crm.deals.access import pipeline as the_pipeline
from crm.deals.access import stage as the_stage
from crm.deals.forms.pipelines import (
    AddPipelineForm,
    NameForm,
    NewReasonForm,
    NewStageForm,
    StageForm,
    UsualFirmForm,
    shown_stage,
)
from crm.deals.models import LossReason, Pipeline
from crm.deals.queries import pipelines as queries
from crm.firms import queries as firms
from crm.firms.models import FIRST

blueprint = Blueprint("pipelines", __name__, url_prefix="/settings/pipelines")
RIGHT = "pipelines.edit"


@blueprint.get("")
@access.need(RIGHT)
def index() -> ResponseReturnValue:
    """All pipelines, and the ready ones to add."""
    form = AddPipelineForm()
    return render("pipelines/index.html", pipelines=queries.pipelines(archived=True),
                  counts=queries.open_deals(), kinds=library.kinds(), form=form,
                  language=i18n.choose_locale())


@blueprint.post("")
@access.need(RIGHT)
def add() -> ResponseReturnValue:
    """A ready pipeline becomes one of ours."""
    form = Form()
    if once.already(form.once.data) is not None:
        return go("pipelines.index")
    try:
        spec = library.load(request.form.get("kind", ""), i18n.choose_locale())
    except library.UnknownPipelineKindError:
        abort(404)
    pipeline = operations.create_pipeline(spec=spec, actor=actor())
    toast(_("The pipeline %(name)s is added.", name=pipeline.name))
    return go("pipelines.show", pipeline_id=pipeline.id)


@blueprint.get("/<int:pipeline_id>")
@access.need(RIGHT)
def show(pipeline_id: int) -> ResponseReturnValue:
    """One pipeline with its stages and reasons."""
    return _page(the_pipeline(pipeline_id))


def _page(pipeline: Pipeline) -> ResponseReturnValue:
    full = queries.full_pipeline(pipeline.id) or pipeline
    return render("pipelines/show.html", pipeline=full, firm_form=_firm_form(full),
                  counts=queries.deals_by_stage(full) if actor().level("deals.see") == "all" else {},
                  name_form=NameForm(formdata=None, name=full.name), stage_form=NewStageForm(formdata=None))


def _firm_form(pipeline: Pipeline, *, sent: bool = False) -> UsualFirmForm | None:
    """The choice of the usual company, for who has several."""
    choices = firms.choices(pipeline.firm_id)
    if not choices:
        return None
    form = UsualFirmForm() if sent else UsualFirmForm(formdata=None, firm_id=str(pipeline.firm_id or FIRST))
    form.firm_id.choices = choices
    return form


@blueprint.post("/<int:pipeline_id>/firm")
@access.need(RIGHT)
def usual_firm(pipeline_id: int) -> ResponseReturnValue:
    """Another usual company of ours."""
    pipeline = the_pipeline(pipeline_id)
    form = _firm_form(pipeline, sent=True) or abort(404)
    if not form.validate():
        abort(400)
    operations.set_usual_firm(pipeline, firms.column(form.firm_id.data), actor=actor())
    toast(_("Saved."))
    return go("pipelines.show", pipeline_id=pipeline.id)


def _typed(form: NameForm) -> str:
    """The typed name, or a refusal with the form's own sentence."""
    if not form.validate():
        raise DomainError(next(iter(form.errors.values()))[0])
    return form.name.data or ""


@blueprint.post("/<int:pipeline_id>/name")
@access.need(RIGHT)
def rename(pipeline_id: int) -> ResponseReturnValue:
    """Another name for the pipeline."""
    operations.rename_pipeline(the_pipeline(pipeline_id), name=_typed(NameForm()), actor=actor())
    toast(_("Saved."))
    return go("pipelines.show", pipeline_id=pipeline_id)


@blueprint.post("/<int:pipeline_id>/archive")
@access.need(RIGHT)
def archive(pipeline_id: int) -> ResponseReturnValue:
    """Out of the choices; `back` puts it there again."""
    pipeline = the_pipeline(pipeline_id)
    back = request.form.get("back") == "1"
    operations.archive_pipeline(pipeline, archived=not back, actor=actor())
    toast(_("The pipeline is in use again.") if back else _("The pipeline is archived."))
    return go("pipelines.index")


@blueprint.post("/<int:pipeline_id>/stages")
@access.need(RIGHT)
def add_stage(pipeline_id: int) -> ResponseReturnValue:
    """One more stage, after the others of its kind."""
    form = NewStageForm()
    if once.already(form.once.data) is None:
        operations.add_stage(the_pipeline(pipeline_id), name=_typed(form), kind=form.kind.data, actor=actor())
    return go("pipelines.show", pipeline_id=pipeline_id, _anchor="stages")


@blueprint.route("/stages/<int:stage_id>", methods=["GET", "POST"])
@access.need(RIGHT)
def stage(stage_id: int) -> ResponseReturnValue:
    """The task, result, key steps, norm and requirements of a stage."""
    one = the_stage(stage_id)
    form = StageForm(data=shown_stage(one))
    if not form.validate_on_submit():
        return render("pipelines/stage.html", "pipelines/_stage.html", stage=one, form=form,
                      status=422 if form.errors else 200)
    operations.update_stage(one, actor=actor(), steps=form.step_pairs(), **form.fields())
    toast(_("The stage %(name)s is saved.", name=one.name))
    return go("pipelines.show", pipeline_id=one.pipeline_id, _anchor="stages")


@blueprint.post("/stages/<int:stage_id>/shift")
@access.need(RIGHT)
def shift(stage_id: int) -> ResponseReturnValue:
    """One place earlier or later."""
    one = the_stage(stage_id)
    operations.shift_stage(one, by=-1 if request.form.get("by") == "-1" else 1, actor=actor())
    return go("pipelines.show", pipeline_id=one.pipeline_id, _anchor="stages")


@blueprint.post("/stages/<int:stage_id>/remove")
@access.need(RIGHT)
def remove(stage_id: int) -> ResponseReturnValue:
    """Away with a stage in which no deal stands."""
    one = the_stage(stage_id)
    pipeline_id, name = one.pipeline_id, one.name
    operations.remove_stage(one, actor=actor())
    toast(_("The stage %(name)s is removed.", name=name))
    return go("pipelines.show", pipeline_id=pipeline_id, _anchor="stages")


def _reason(pipeline: Pipeline, reason_id: int | None) -> LossReason | None:
    found = next((one for one in pipeline.reasons if one.id == reason_id), None)
    if reason_id and found is None:
        abort(404)
    return found


@blueprint.post("/<int:pipeline_id>/reasons")
@access.need(RIGHT)
def add_reason(pipeline_id: int) -> ResponseReturnValue:
    """One more reason of refusal."""
    pipeline, form = the_pipeline(pipeline_id), NewReasonForm()
    if once.already(form.once.data) is None:
        operations.add_reason(pipeline, name=_typed(form), parent=_reason(pipeline, form.parent_id.data),
                              actor=actor())
    return go("pipelines.show", pipeline_id=pipeline_id, _anchor="reasons")


@blueprint.post("/<int:pipeline_id>/reasons/<int:reason_id>")
@access.need(RIGHT)
def change_reason(pipeline_id: int, reason_id: int) -> ResponseReturnValue:
    """Rename a reason, or take it out of the choices with the button "remove"."""
    reason = _reason(the_pipeline(pipeline_id), reason_id)
    if reason is None:
        abort(404)
    if request.form.get("remove") == "1":
        operations.remove_reason(reason, actor=actor())
    else:
        operations.rename_reason(reason, name=_typed(NameForm()), actor=actor())
    return go("pipelines.show", pipeline_id=pipeline_id, _anchor="reasons")
