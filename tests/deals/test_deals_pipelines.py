"""Pipelines: from a ready one, bent to the company; what deals stand on is not pulled away."""

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals import operations
from crm.deals.library import kinds, load
from crm.deals.models import DealStep, LossReason, Pipeline, Stage, StageVisit
from tests.cast import Cast, sign_in
from tests.factories import make_deal, make_pipeline


@pytest.fixture
def owner(context: Session, cast: Cast) -> User:
    g.locale = "en"
    return db.session.get_one(User, cast.owner)


@pytest.mark.parametrize("code", [kind.code for kind in kinds()])
def test_every_ready_pipeline_becomes_one_of_ours(owner: User, code: str) -> None:
    spec = load(code, "ru")
    pipeline = operations.create_pipeline(spec=spec, actor=owner)
    db.session.expire_all()
    assert [(one.name, one.kind, one.norm_days, len(one.steps)) for one in pipeline.stages] == [
        (one.name, one.kind, one.norm_days, len(one.steps)) for one in spec.stages]
    tree = [(one.name, [child.name for child in one.children]) for one in pipeline.reasons if one.parent_id is None]
    assert tree == [(one.name, [child.name for child in one.children]) for one in spec.reasons]


def test_the_same_pipeline_twice_gets_a_number(owner: User) -> None:
    names = [operations.create_pipeline(spec=load("services", "en"), actor=owner).name for _ in range(3)]
    assert names == ["Services", "Services 2", "Services 3"]


def test_a_stage_with_deals_stays_and_says_why(owner: User) -> None:
    pipeline = make_pipeline()
    make_deal(pipeline, 1)
    make_deal(pipeline, 1)
    with pytest.raises(operations.DealError) as refusal:
        operations.remove_stage(pipeline.stages[1], actor=owner)
    assert refusal.value.message == "2 deals are at this stage, counting the bin. Move them first."
    with pytest.raises(operations.DealError, match="needs a stage of this kind"):
        operations.remove_stage(pipeline.stages[3], actor=owner)


def test_days_spent_in_a_removed_stage_are_kept_by_its_neighbour(owner: User) -> None:
    pipeline = make_pipeline()
    first, second, third = pipeline.stages[:3]
    deal = operations.create_deal(title="Мойка", pipeline=pipeline, actor=owner, currency="RUB")
    for stage in (second, third):
        operations.enter_stage(deal, stage)
    operations.remove_stage(second, actor=owner)
    visits = db.session.scalars(sa.select(StageVisit.stage_id).order_by(StageVisit.id)).all()
    assert visits == [first.id, first.id, third.id]
    assert [stage.position for stage in pipeline.stages] == [0, 1, 2, 3]


def test_stages_move_among_their_kind_only(owner: User) -> None:
    pipeline = make_pipeline()
    operations.shift_stage(pipeline.stages[2], by=-1, actor=owner)
    operations.shift_stage(pipeline.stages[2], by=1, actor=owner)  # the last open one stays before "won"
    operations.add_stage(pipeline, name="Замер", actor=owner)
    assert [stage.name for stage in pipeline.stages] == [
        "Новая", "Договор", "Переговоры", "Замер", "Оплачено", "Отказ"]


def test_a_key_step_whose_words_stay_keeps_its_ticks(owner: User) -> None:
    pipeline = operations.create_pipeline(spec=load("services", "en"), actor=owner)
    stage, deal = pipeline.stages[0], make_deal(pipeline)
    first, second = stage.steps[:2]
    for step in (first, second):
        operations.tick_step(deal, step, done=True, actor=owner)
    operations.update_stage(stage, actor=owner, steps=[("", "A new step"), (second.role, second.text)])
    assert [step.text for step in stage.steps] == ["A new step", second.text]
    assert db.session.scalars(sa.select(DealStep.step_id)).all() == [second.id]


def test_a_reason_that_deals_name_is_kept_for_them(owner: User) -> None:
    pipeline = make_pipeline()
    price, cheaper, silent = pipeline.reasons
    make_deal(pipeline, 4, loss_reason_id=cheaper.id)
    operations.remove_reason(price, actor=owner)
    operations.remove_reason(silent, actor=owner)
    rows = db.session.execute(sa.select(LossReason.name, LossReason.archived).order_by(LossReason.id)).all()
    assert [tuple(row) for row in rows] == [("Цена", True), ("Нашли дешевле", True)]


def test_a_pipeline_with_open_deals_or_the_last_one_is_not_archived(owner: User) -> None:
    pipeline = make_pipeline()
    with pytest.raises(operations.DealError, match="last pipeline"):
        operations.archive_pipeline(pipeline, archived=True, actor=owner)
    make_pipeline("Вторая")
    deal = make_deal(pipeline)
    with pytest.raises(operations.DealError, match="1 open deal is in this pipeline"):
        operations.archive_pipeline(pipeline, archived=True, actor=owner)
    operations.delete_deal(deal, actor=owner)
    db.session.flush()
    operations.archive_pipeline(pipeline, archived=True, actor=owner)
    assert pipeline.archived


def test_a_stage_is_edited_on_its_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        pipeline = make_pipeline()
        db.session.commit()
        stage_id, pipeline_id = pipeline.stages[1].id, pipeline.id
    client = sign_in(app, "head")
    url = f"/settings/pipelines/stages/{stage_id}"
    data = {"name": "Замер", "task": "Съездить", "steps": "Замерщик: приехать вовремя\n\nСделать фото",
            "probability": "40", "norm_days": "", "requires": ["company", "amount"]}
    assert client.post(url, data={**data, "probability": "101"}).status_code == 422
    assert client.post(url, data=data).headers["Location"] == f"/settings/pipelines/{pipeline_id}#stages"
    with app.app_context():
        stage = db.session.get_one(Stage, stage_id)
        assert (stage.name, stage.task, stage.probability, stage.norm_days, stage.requires) == (
            "Замер", "Съездить", 40, None, ["amount", "company"])
        assert [(step.role, step.text) for step in stage.steps] == [
            ("Замерщик", "приехать вовремя"), ("", "Сделать фото")]


def test_only_who_may_edit_pipelines_comes_in_and_a_double_click_adds_one(app: Flask, cast: Cast) -> None:
    assert sign_in(app, "boris").get("/settings/pipelines").status_code == 403
    client = sign_in(app, "head")
    for _ in range(2):
        client.post("/settings/pipelines", data={"kind": "shop", "once": "one-time"})
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Pipeline)) == 1
    assert client.post("/settings/pipelines", data={"kind": "../x"}).status_code == 404


def test_an_unknown_requirement_is_refused_with_a_sentence(app: Flask, cast: Cast) -> None:
    with app.app_context():
        stage_id = make_pipeline().stages[0].id
        db.session.commit()
    answer = sign_in(app, "owner").post(f"/settings/pipelines/stages/{stage_id}", data={
        "name": "x", "requires": "zzz"})
    assert answer.status_code == 422


def test_the_furthest_stage_of_a_deal_follows_moves_and_the_order_of_the_stages(owner: User) -> None:
    pipeline = make_pipeline()
    first, second, _third, _won, lost = pipeline.stages
    deal = operations.create_deal(title="Мойка", pipeline=pipeline, actor=owner, currency="RUB")
    for stage in (second, first, lost):
        operations.enter_stage(deal, stage)
    db.session.flush()
    version = deal.version
    assert deal.reached_id == second.id
    operations.shift_stage(first, by=1, actor=owner)  # now the first one was further
    db.session.refresh(deal)
    assert (deal.reached_id, deal.version) == (first.id, version)
    operations.remove_stage(first, actor=owner)
    db.session.refresh(deal)
    assert (deal.reached_id, deal.version) == (second.id, version)
