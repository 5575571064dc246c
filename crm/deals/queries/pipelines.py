"""Reads of pipelines, stages and reasons of refusal."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import selectinload

from crm.core.db import db
from crm.deals.models import OPEN, Deal, LossReason, Pipeline, Stage


def pipelines(*, archived: bool = False, stages: bool = True) -> Sequence[Pipeline]:
    """Pipelines in order; `archived` adds those that are out of use. Without `stages`, those of each are read when asked for."""
    query = sa.select(Pipeline).order_by(Pipeline.position, Pipeline.id)
    if stages:
        query = query.options(selectinload(Pipeline.stages))
    return db.session.scalars(query if archived else query.where(Pipeline.archived.is_(False))).all()


def full_pipeline(pipeline_id: int) -> Pipeline | None:
    """A pipeline with stages, key steps and reasons, for its settings page."""
    return db.session.get(Pipeline, pipeline_id, options=[
        selectinload(Pipeline.stages).selectinload(Stage.steps),
        selectinload(Pipeline.reasons).selectinload(LossReason.children)])


def deals_by_stage(pipeline: Pipeline) -> dict[int, int]:
    """How many deals, those in the bin included, stand in each stage."""
    rows = db.session.execute(sa.select(Deal.stage_id, sa.func.count()).where(
        Deal.pipeline_id == pipeline.id).group_by(Deal.stage_id))
    return {row[0]: row[1] for row in rows}


def open_deals() -> dict[int, int]:
    """How many open deals each pipeline has."""
    rows = db.session.execute(sa.select(Deal.pipeline_id, sa.func.count()).where(
        Deal.status == OPEN, Deal.deleted_at.is_(None)).group_by(Deal.pipeline_id))
    return {row[0]: row[1] for row in rows}
