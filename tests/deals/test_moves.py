"""Moving deals: places, stages, winning, refusing, reviving, and who was quicker."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.core.events import Event
from crm.deals import requirements
from crm.deals.models import LOST, OPEN, WON, Deal, DealLine, Pipeline, StageVisit
from crm.deals.operations import (
    Answers,
    DealError,
    Loss,
    LossUnexplained,
    MissingForStage,
    MoveConflict,
    move_deal,
)
from tests.cast import Cast, make_cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline


@pytest.fixture
def boris(context: Session, cast: Cast) -> User:
    return context.get_one(User, cast.boris)


@pytest.fixture
def vera(context: Session, cast: Cast) -> User:
    return context.get_one(User, cast.vera)


@pytest.fixture
def pipeline(context: Session, cast: Cast) -> Pipeline:
    g.locale = "en"
    return make_pipeline()


def order(stage_id: int) -> list[str]:
    """Titles of a stage as the board shows them."""
    db.session.flush()
    return list(db.session.scalars(sa.select(Deal.title).where(Deal.stage_id == stage_id).order_by(Deal.rank, Deal.id)))


def facts() -> list[str]:
    db.session.flush()
    return list(db.session.scalars(sa.select(Event.kind).where(Event.kind.like("deal.%")).order_by(Event.id)))


def loss(pipeline: Pipeline, **fields: object) -> Loss:
    return Loss(**{"reason_id": pipeline.reasons[0].id, "comment": "Дорого", **fields})  # type: ignore[arg-type]


def test_a_move_changes_the_stage_the_history_and_tells_whom_it_concerns(pipeline: Pipeline, boris: User) -> None:
    company, contact = make_company(), make_contact()
    deal = make_deal(pipeline, 0, company=company, contact=contact)
    before = deal.stage_since
    first, second = pipeline.stages[:2]
    assert move_deal(deal, second, actor=boris) is True
    assert (deal.stage, deal.status, deal.closed_on) == (second, OPEN, None)
    assert deal.stage_since > before
    event = db.session.scalars(sa.select(Event).where(Event.kind.like("deal.%"))).one()
    assert event.data == {"before": "Новая", "after": "Переговоры", "from_id": first.id, "to_id": second.id}
    assert event.actor_id == boris.id
    assert {(link.card, link.card_id) for link in event.links} == {
        ("deal", deal.id), ("company", company.id), ("contact", contact.id)}


def test_every_stay_in_a_stage_is_kept_with_its_end(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0)
    for number in (1, 2, 1):
        move_deal(deal, pipeline.stages[number], actor=boris)
    rows = db.session.execute(sa.select(StageVisit.stage_id, StageVisit.left_at.is_(None)).order_by(StageVisit.id)).all()
    names = {stage.id: stage.name for stage in pipeline.stages}
    assert [(names[stage_id], bool(still)) for stage_id, still in rows] == [
        ("Переговоры", False), ("Договор", False), ("Переговоры", True)]


def test_the_same_stage_and_place_is_no_event(pipeline: Pipeline, boris: User) -> None:
    first, second, third = (make_deal(pipeline, 0) for _ in range(3))
    version = second.version
    assert move_deal(second, pipeline.stages[0], actor=boris) is False
    assert move_deal(second, pipeline.stages[0], actor=boris, before_id=third.id) is False
    assert move_deal(second, pipeline.stages[0], actor=boris, after_id=first.id) is False
    assert move_deal(second, pipeline.stages[0], actor=boris, before_id=second.id) is False
    assert move_deal(third, pipeline.stages[0], actor=boris, last=True) is False
    assert (facts(), second.version) == ([], version)


def test_a_move_that_is_sent_twice_happens_once_though_its_version_is_old(pipeline: Pipeline, boris: User) -> None:
    below, deal = make_deal(pipeline, 1), make_deal(pipeline, 0)
    seen = deal.version
    assert move_deal(deal, pipeline.stages[1], actor=boris, before_id=below.id, version=seen) is True
    assert move_deal(deal, pipeline.stages[1], actor=boris, before_id=below.id, version=seen) is False
    assert facts() == ["deal.stage_changed"]


@pytest.mark.parametrize(("place", "expected"), [
    ({}, ["D", "A", "B", "C"]), ({"last": True}, ["A", "B", "C", "D"]), ({"before": "B"}, ["A", "D", "B", "C"]),
    ({"before": "A"}, ["D", "A", "B", "C"]), ({"after": "B"}, ["A", "B", "D", "C"]), ({"after": "C"}, ["A", "B", "C", "D"]),
    ({"before": "X"}, ["D", "A", "B", "C"])])
def test_a_deal_comes_to_the_place_that_was_asked(pipeline: Pipeline, boris: User, place: dict[str, str],
                                                  expected: list[str]) -> None:
    ids = {name: make_deal(pipeline, 1, title=name).id for name in "ABC"}
    ids["X"] = make_deal(pipeline, 2, title="X").id  # left the stage meanwhile
    deal = make_deal(pipeline, 0, title="D")
    wanted = {f"{name}_id" if name != "last" else name: ids.get(value, value) for name, value in place.items()}
    move_deal(deal, pipeline.stages[1], actor=boris, **wanted)  # type: ignore[arg-type]
    assert order(pipeline.stages[1].id) == expected


def test_within_a_stage_only_the_place_changes_and_no_timeline_hears_of_it(pipeline: Pipeline, boris: User) -> None:
    first, _second, third = (make_deal(pipeline, 0, title=name) for name in "ABC")
    assert move_deal(third, pipeline.stages[0], actor=boris, before_id=first.id) is True
    assert order(pipeline.stages[0].id) == ["C", "A", "B"]
    event = db.session.scalars(sa.select(Event).where(Event.kind.like("deal.%"))).one()
    assert (event.kind, event.data, event.links) == (
        "deal.placed", {"deal": third.id, "stage": pipeline.stages[0].id}, [])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(StageVisit)) == 0


def test_many_moves_into_one_gap_number_the_stage_anew_and_touch_no_version(pipeline: Pipeline, boris: User) -> None:
    first, last = make_deal(pipeline, 1, title="A"), make_deal(pipeline, 1, title="Z")
    before = (first.version, last.version, first.updated_at)
    movers = [make_deal(pipeline, 0, title=f"{number:02}") for number in range(60)]
    for mover in movers:
        move_deal(mover, pipeline.stages[1], actor=boris, before_id=last.id)
    assert order(pipeline.stages[1].id) == ["A", *(f"{number:02}" for number in range(60)), "Z"]
    db.session.refresh(first)
    db.session.refresh(last)
    assert (first.version, last.version, first.updated_at) == before


def test_deals_of_equal_rank_make_room(pipeline: Pipeline, boris: User) -> None:
    equals = [make_deal(pipeline, 1, title=name, rank=0.0) for name in "ABC"]
    move_deal(make_deal(pipeline, 0, title="D"), pipeline.stages[1], actor=boris, before_id=equals[1].id)
    assert order(pipeline.stages[1].id) == ["A", "D", "B", "C"]


def test_a_stage_of_another_pipeline_is_refused(pipeline: Pipeline, boris: User) -> None:
    with pytest.raises(DealError, match="another pipeline"):
        move_deal(make_deal(pipeline), make_pipeline("Вторая").stages[0], actor=boris)


def test_a_stale_move_is_refused_with_who_and_the_true_place(pipeline: Pipeline, boris: User, vera: User) -> None:
    deal = make_deal(pipeline, 0)
    seen = deal.version
    move_deal(deal, pipeline.stages[1], actor=vera)
    with pytest.raises(MoveConflict) as refusal:
        move_deal(deal, pipeline.stages[2], actor=boris, version=seen)
    assert refusal.value.message == "Вера Соколова moved this deal in the meantime. It is in “Переговоры” now."
    assert (deal.stage, refusal.value.status) == (pipeline.stages[1], 409)


def test_ones_own_move_in_another_window_is_named_so(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0)
    seen = deal.version
    move_deal(deal, pipeline.stages[1], actor=boris)
    with pytest.raises(MoveConflict, match="You moved this deal in another window"):
        move_deal(deal, pipeline.stages[2], actor=boris, version=seen)


def test_an_edit_that_left_the_deal_in_its_stage_does_not_hinder_a_move(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0)
    seen = deal.version
    deal.comment = "Другое"
    db.session.flush()
    move_deal(deal, pipeline.stages[1], actor=boris, version=seen, from_id=pipeline.stages[0].id)
    assert deal.stage == pipeline.stages[1]


def test_winning_closes_today_and_reopening_clears_the_day(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0)
    move_deal(deal, pipeline.stages[3], actor=boris)
    assert (deal.status, deal.closed_on) == (WON, dates.today())
    move_deal(deal, pipeline.stages[1], actor=boris)
    assert (deal.status, deal.closed_on) == (OPEN, None)
    assert facts() == ["deal.stage_changed", "deal.won", "deal.stage_changed", "deal.reopened"]


def test_the_dialog_of_winning_fills_in_sum_and_day(pipeline: Pipeline, boris: User) -> None:
    pipeline.stages[3].requires = ["amount"]
    deal = make_deal(pipeline, 0, amount=0)
    with pytest.raises(MissingForStage):
        move_deal(deal, pipeline.stages[3], actor=boris)
    yesterday = dates.today() - dt.timedelta(days=1)
    move_deal(deal, pipeline.stages[3], actor=boris, answers=Answers(amount=5_000_00, closed_on=yesterday))
    assert (deal.amount, deal.closed_on) == (500_000, yesterday)


def test_nothing_is_closed_in_the_future(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0, amount=1)
    tomorrow = dates.today() + dt.timedelta(days=1)
    with pytest.raises(DealError, match="future"):
        move_deal(deal, pipeline.stages[3], actor=boris, answers=Answers(amount=7, closed_on=tomorrow))
    assert (deal.amount, deal.status, facts()) == (1, OPEN, [])


def test_what_a_stage_requires_is_named_and_nothing_is_written(pipeline: Pipeline, boris: User) -> None:
    stage = pipeline.stages[1]
    stage.requires = ["amount", "company", "contact", "requisites", "products", "expected_on", "unknown"]
    deal = make_deal(pipeline, 0, amount=0)
    with pytest.raises(MissingForStage) as refusal:
        move_deal(deal, stage, actor=boris, answers=Answers(amount=100))
    assert [one.code for one in refusal.value.missing] == ["company", "contact", "requisites", "products", "expected_on"]
    assert (deal.amount, deal.stage, facts()) == (0, pipeline.stages[0], [])


def test_a_deal_that_has_everything_enters(pipeline: Pipeline, boris: User) -> None:
    stage = pipeline.stages[1]
    stage.requires = ["amount", "company", "contact", "requisites", "products", "expected_on"]
    deal = make_deal(pipeline, 0, company=make_company(inn="7707083893"), contact=make_contact(),
                     expected_on=dates.today(), lines=[DealLine(name="Товар", price=1)])
    move_deal(deal, stage, actor=boris)
    assert deal.stage == stage


def test_documents_bring_their_own_check(pipeline: Pipeline, boris: User, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = pipeline.stages[1]
    stage.requires = ["document_quote"]
    monkeypatch.setattr(requirements, "_checks", {})
    assert requirements.missing(make_deal(pipeline), stage.requires) == []  # nobody checks: nothing is asked
    requirements.add("document_quote", lambda deal: False)
    with pytest.raises(MissingForStage, match="a quote"):
        move_deal(make_deal(pipeline), stage, actor=boris)


def test_a_refusal_needs_a_reason_of_its_pipeline_and_a_comment(pipeline: Pipeline, boris: User) -> None:
    deal, other = make_deal(pipeline, 0), make_pipeline("Вторая")
    for wrong in (None, Loss(), loss(pipeline, reason_id=other.reasons[0].id), loss(pipeline, comment="  ")):
        with pytest.raises(LossUnexplained):
            move_deal(deal, pipeline.stages[4], actor=boris, loss=wrong)
    assert (deal.status, facts()) == (OPEN, [])


def test_a_refusal_keeps_reason_comment_competitor_and_the_day_to_come_back(pipeline: Pipeline, boris: User) -> None:
    deal, day = make_deal(pipeline, 0), dates.today() + dt.timedelta(days=90)
    price, finer = pipeline.reasons[0], pipeline.reasons[1]
    move_deal(deal, pipeline.stages[4], actor=boris, loss=loss(
        pipeline, reason_id=price.id, detail_id=finer.id, comment=" Ушли ", competitor="Альфа", competitor_price=900, back_on=day))
    assert (deal.status, deal.closed_on, deal.loss_reason, deal.loss_comment) == (LOST, dates.today(), finer, "Ушли")
    assert (deal.competitor, deal.competitor_price) == ("Альфа", 900)
    assert (deal.next_step, deal.next_step_on) == ("Ask the client again", day)
    assert facts() == ["deal.stage_changed", "deal.lost"]


def test_a_finer_reason_of_another_branch_is_ignored(pipeline: Pipeline, boris: User) -> None:
    deal, (_price, cheaper, silent) = make_deal(pipeline, 0), pipeline.reasons
    move_deal(deal, pipeline.stages[4], actor=boris, loss=loss(pipeline, reason_id=silent.id, detail_id=cheaper.id))
    assert deal.loss_reason == silent


def test_reviving_a_refused_deal_forgets_the_loss(pipeline: Pipeline, boris: User) -> None:
    deal = make_deal(pipeline, 0)
    move_deal(deal, pipeline.stages[4], actor=boris, loss=loss(pipeline, competitor="Альфа", competitor_price=900))
    move_deal(deal, pipeline.stages[0], actor=boris)
    assert (deal.status, deal.closed_on, deal.loss_reason, deal.loss_comment, deal.competitor,
            deal.competitor_price) == (OPEN, None, None, "", "", None)


def test_of_two_who_move_at_once_the_second_gets_409_with_the_true_place(real_app: Flask) -> None:
    with real_app.app_context():
        make_cast(manager_sees="team")
        pipeline = make_pipeline()
        deal_id = make_deal(pipeline, 0, manager_id=db.session.scalar(sa.select(User.id).where(User.name.like("Борис%")))).id
        pipeline_id, stages = pipeline.id, [stage.id for stage in pipeline.stages]
        db.session.commit()
    clients = {who: sign_in(real_app, who) for who in ("boris", "vera")}
    start, answers = threading.Barrier(2), {}

    def drag(who: str, stage_id: int) -> None:
        start.wait(5)
        answers[stage_id] = clients[who].post(f"/deals/{deal_id}/move?pipeline={pipeline_id}", headers={"HX-Request": "true"},
                                              data={"stage_id": stage_id, "version": 1, "from_id": stages[0]})

    movers = [threading.Thread(target=drag, args=pair) for pair in (("boris", stages[1]), ("vera", stages[2]))]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join(20)
    assert sorted(answer.status_code for answer in answers.values()) == [200, 409]
    won = next(stage_id for stage_id, answer in answers.items() if answer.status_code == 200)
    told = next(answer for answer in answers.values() if answer.status_code == 409).get_data(as_text=True)
    with real_app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert deal.stage_id == won
        assert f'data-stage="{won}"' in told
        assert f"moved this deal in the meantime. It is in “{deal.stage.name}” now." in told
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind == "deal.stage_changed")) == 1
