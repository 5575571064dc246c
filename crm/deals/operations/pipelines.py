"""Pipelines, their stages and reasons of refusal: made from a ready one, then bent to the company."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from flask_babel import ngettext

from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import record
from crm.deals import events
from crm.deals.library import PipelineSpec, ReasonSpec
from crm.deals.models import LOST, OPEN, WON, Deal, LossReason, Pipeline, Stage, StageStep, StageVisit, deal_table
from crm.deals.operations.deals import reckon_furthest
from crm.deals.operations.errors import DealError
from crm.firms import queries as firms

ORDER = (OPEN, WON, LOST)
LAST = 10**6  # a place after all others, until the stages are numbered anew


def create_pipeline(*, spec: PipelineSpec, actor: User | None) -> Pipeline:
    """A pipeline of ours from a ready one (crm.deals.library.load). A name that is taken gets a number."""
    last = db.session.scalar(sa.select(sa.func.max(Pipeline.position)))
    pipeline = Pipeline(name=_free_name(spec.name), kind=spec.code, position=0 if last is None else last + 1)
    for place, wanted in enumerate(spec.stages):
        pipeline.stages.append(Stage(
            name=wanted.name, kind=wanted.kind, position=place, task=wanted.task, result=wanted.result,
            probability=wanted.probability, norm_days=wanted.norm_days, requires=list(wanted.requires),
            steps=[StageStep(role=step.role, text=step.text, position=number)
                   for number, step in enumerate(wanted.steps)]))
    db.session.add(pipeline)
    _add_reasons(pipeline, spec.reasons, None)
    db.session.flush()
    _changed(pipeline, actor, created=True)
    return pipeline


def _add_reasons(pipeline: Pipeline, specs: Sequence[ReasonSpec], parent: LossReason | None) -> None:
    for place, spec in enumerate(specs):
        reason = LossReason(name=spec.name, position=place, parent=parent)
        pipeline.reasons.append(reason)
        _add_reasons(pipeline, spec.children, reason)


def _free_name(name: str, except_id: int | None = None) -> str:
    query = sa.select(Pipeline.name)
    taken = set(db.session.scalars(query.where(Pipeline.id != except_id) if except_id else query))
    number, free = 2, name
    while free in taken:
        number, free = number + 1, f"{name} {number}"
    return free


def set_usual_firm(pipeline: Pipeline, firm_id: int | None, *, actor: User) -> None:
    """The company of ours that deals of this way are made with from now on, when nobody says otherwise; None: the first."""
    if pipeline.firm_id != firm_id:
        pipeline.firm_id = firm_id
        _changed(pipeline, actor, firm=firms.details(firm_id).name)


def _changed(pipeline: Pipeline, actor: User | None, **data: Any) -> None:
    record(events.PIPELINE_CHANGED, actor_id=actor.id if actor else None, pipeline=pipeline.name, **data)


def rename_pipeline(pipeline: Pipeline, *, name: str, actor: User) -> None:
    """Another name; DealError when it is empty."""
    pipeline.name = _free_name(_named(name), pipeline.id)
    _changed(pipeline, actor)


def archive_pipeline(pipeline: Pipeline, *, archived: bool, actor: User) -> None:
    """Out of the choices, or back. The last one stays, and one with open deals stays."""
    if archived:
        others = db.session.scalar(sa.select(sa.func.count()).select_from(Pipeline).where(
            Pipeline.archived.is_(False), Pipeline.id != pipeline.id))
        if not others:
            raise DealError(_("This is the last pipeline. Add another one first."))
        standing = db.session.scalar(sa.select(sa.func.count()).select_from(Deal).where(
            Deal.pipeline_id == pipeline.id, Deal.status == OPEN, Deal.deleted_at.is_(None))) or 0
        if standing:
            raise DealError(ngettext(
                "%(num)s open deal is in this pipeline. Close it first.",
                "%(num)s open deals are in this pipeline. Close them first.", standing))
    pipeline.archived = archived
    _changed(pipeline, actor, archived=archived)


def add_stage(pipeline: Pipeline, *, name: str, kind: str = OPEN, actor: User) -> Stage:
    """A stage after the others of its kind."""
    stage = Stage(name=_named(name), kind=kind, probability=100 if kind == WON else 0, requires=[],
                  position=LAST)
    pipeline.stages.append(stage)
    db.session.flush()
    _renumber(pipeline)
    _changed(pipeline, actor, stage=stage.name)
    return stage


def update_stage(stage: Stage, *, actor: User, steps: Sequence[tuple[str, str]] | None = None,
                 **fields: Any) -> None:
    """Change name, task, result, probability (percent), norm_days, requires; `steps` as (role, text) lines.

    A step whose text stays keeps its ticks on the deals.
    """
    if "name" in fields:
        fields["name"] = _named(fields["name"])
    if not 0 <= fields.get("probability", 0) <= 100:
        raise DealError(_("A probability is from 0 to 100 percent."))
    for name, value in fields.items():
        setattr(stage, name, value)
    if steps is not None:
        known = {(step.role, step.text): step for step in stage.steps}
        kept = [known.get(pair) or StageStep(role=pair[0], text=pair[1]) for pair in dict.fromkeys(steps)]
        for place, step in enumerate(kept):
            step.position = place
        stage.steps = kept
    db.session.flush()
    _changed(stage.pipeline, actor, stage=stage.name)


def shift_stage(stage: Stage, *, by: int, actor: User) -> None:
    """One place earlier (-1) or later (1) among the stages of its kind."""
    same = [one for one in stage.pipeline.stages if one.kind == stage.kind]
    place = same.index(stage)
    target = max(0, min(len(same) - 1, place + by))
    same.insert(target, same.pop(place))
    for number, one in enumerate(same):
        one.position = number
    _renumber(stage.pipeline)
    reckon_furthest(stage.pipeline_id)
    _changed(stage.pipeline, actor, stage=stage.name)


def remove_stage(stage: Stage, *, actor: User) -> None:
    """Take a stage out. DealError while deals stand in it, or when it is the last of its kind.

    The days that past deals spent there are counted to the neighbouring stage.
    """
    pipeline = stage.pipeline
    same = [one for one in pipeline.stages if one.kind == stage.kind]
    if len(same) == 1:
        raise DealError(_("A pipeline needs a stage of this kind. Rename it instead."))
    standing = db.session.scalar(sa.select(sa.func.count()).select_from(Deal).where(
        Deal.stage_id == stage.id)) or 0
    if standing:
        raise DealError(ngettext(
            "%(num)s deal is at this stage, counting the bin. Move it first.",
            "%(num)s deals are at this stage, counting the bin. Move them first.", standing))
    neighbour = same[max(0, same.index(stage) - 1)] if same[0] is not stage else same[1]
    db.session.execute(sa.update(StageVisit).where(StageVisit.stage_id == stage.id).values(
        stage_id=neighbour.id))
    db.session.execute(sa.update(deal_table).where(deal_table.c.reached_id == stage.id).values(
        reached_id=neighbour.id, updated_at=deal_table.c.updated_at))
    pipeline.stages.remove(stage)
    _renumber(pipeline)
    _changed(pipeline, actor, removed=stage.name)


def _renumber(pipeline: Pipeline) -> None:
    """Open stages, then won, then lost; new ones after those of their kind."""
    ordered = sorted(pipeline.stages, key=lambda stage: (ORDER.index(stage.kind), stage.position))
    for number, stage in enumerate(ordered):
        stage.position = number
    db.session.flush()
    db.session.refresh(pipeline, ["stages"])


def add_reason(pipeline: Pipeline, *, name: str, parent: LossReason | None = None, actor: User) -> LossReason:
    """A reason of refusal, of the first level or beneath another of the first level."""
    if parent is not None and (parent.parent_id is not None or parent.pipeline_id != pipeline.id):
        raise DealError(_("Reasons have two levels. Choose a first-level one."))
    siblings = [one.position for one in pipeline.reasons if one.parent_id == (parent.id if parent else None)]
    reason = LossReason(name=_named(name), parent=parent, position=max(siblings, default=-1) + 1)
    pipeline.reasons.append(reason)
    db.session.flush()
    _changed(pipeline, actor, reason=reason.name)
    return reason


def rename_reason(reason: LossReason, *, name: str, actor: User) -> None:
    """Another name; lost deals show the new one."""
    reason.name = _named(name)
    _changed(reason.pipeline, actor, reason=reason.name)


def remove_reason(reason: LossReason, *, actor: User) -> None:
    """Out of the choices. One that deals name is kept for them, archived; an unused one is deleted."""
    family = [reason, *reason.children]
    ids = [one.id for one in family]
    used = db.session.scalar(sa.select(Deal.id).where(Deal.loss_reason_id.in_(ids)).limit(1)) is not None
    pipeline = reason.pipeline
    for one in reversed(family):
        if used:
            one.archived = True
        else:
            pipeline.reasons.remove(one)
    db.session.flush()
    _changed(pipeline, actor, removed=reason.name)


def _named(typed: str) -> str:
    name = " ".join((typed or "").split())
    if not name:
        raise DealError(_("Type a name."))
    return name[:120]
