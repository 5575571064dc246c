"""The pipeline that imported deals stand in: one that has the file's stages, else one made from them by who may make it."""

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import selectinload

from crm.core.db import db
from crm.core.text import fold
from crm.deals.models import LOST, OPEN, WON, Pipeline, Stage
from crm.imports import stages

IMPORTED = "imported"


def stages_for(names: list[str], *, may_add: bool) -> dict[str, Stage]:
    """The stage for each folded name of the file, all of one pipeline.

    Where no pipeline has all of them and nothing `may_add` them, the stages that are there, of the pipeline that has most.
    """
    wanted = list(dict.fromkeys(fold(name) for name in names))
    pipelines = db.session.scalars(sa.select(Pipeline).where(~Pipeline.archived).options(
        selectinload(Pipeline.stages)).order_by(Pipeline.position, Pipeline.id)).all()
    there = [_known(pipeline, wanted) for pipeline in pipelines]
    most = max(there, key=len, default={})
    if (there and len(most) == len(wanted)) or not may_add:
        return most
    pipeline = next((one for one in pipelines if one.kind == IMPORTED), None) or _new(len(pipelines))
    return _with_stages(pipeline, names)


def _known(pipeline: Pipeline, wanted: list[str]) -> dict[str, Stage]:
    known = {fold(stage.name): stage for stage in pipeline.stages}
    return {name: known[name] for name in wanted if name in known}


def _new(position: int) -> Pipeline:
    pipeline = Pipeline(name=_("Imported deals"), kind=IMPORTED, position=position)
    db.session.add(pipeline)
    return pipeline


def _with_stages(pipeline: Pipeline, names: list[str]) -> dict[str, Stage]:
    """Add what is missing; open stages in the usual order of the trade, one won and one lost stage at the end."""
    found = {fold(stage.name): stage for stage in pipeline.stages}
    for name in dict.fromkeys(names):
        if name and fold(name) not in found:
            stage = Stage(name=name[:120], kind=stages.kind(name))
            pipeline.stages.append(stage)
            found[fold(name)] = stage
    for kind, name in ((WON, _("Won")), (LOST, _("Lost"))):
        if not any(stage.kind == kind for stage in pipeline.stages):
            pipeline.stages.append(Stage(name=name, kind=kind))
    order = {OPEN: 0, WON: 1, LOST: 2}
    ordered = sorted(pipeline.stages, key=lambda stage: (order[stage.kind], stages.place(stage.name)))
    ways = sum(1 for stage in ordered if stage.kind == OPEN)
    for place, stage in enumerate(ordered):
        stage.position = place
        stage.probability = {WON: 100, LOST: 0}.get(stage.kind, (place + 1) * 100 // (ways + 1))
    db.session.flush()
    return found
