"""Rules of a deal: what it begins with, how it changes, the bin, its steps and people."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import Event
from crm.deals import operations
from crm.deals.library import load
from crm.deals.models import Deal, StageVisit
from crm.deals.queries import deals as queries
from tests.cast import Cast
from tests.factories import make_company, make_contact, make_deal, make_pipeline


@pytest.fixture(autouse=True)
def english(context: Session) -> None:
    """Sentences in the language of the tests."""
    g.locale = "en"


def boris(cast: Cast) -> User:
    return db.session.get_one(User, cast.boris)


def kinds() -> list[str]:
    return list(db.session.scalars(sa.select(Event.kind).where(Event.kind.startswith("deal.")).order_by(Event.id)))


def test_a_new_deal_stands_on_top_of_the_first_open_stage(context: Session, cast: Cast) -> None:
    pipeline = make_pipeline()
    below = make_deal(pipeline, rank=4.0)
    deal = operations.create_deal(title="  Окна   для офиса ", pipeline=pipeline, actor=boris(cast),
                                  currency="RUB", amount=5_000_00)
    assert (deal.title, deal.stage, deal.status, deal.engaged_on) == (
        "Окна для офиса", pipeline.stages[0], "open", dates.today())
    assert deal.rank < below.rank
    assert [visit.stage_id for visit in deal.history] == [pipeline.stages[0].id]
    assert kinds() == ["deal.created"]


def test_a_deal_made_in_a_won_stage_is_closed_today(context: Session, cast: Cast) -> None:
    pipeline = make_pipeline()
    deal = operations.create_deal(title="Мойка", pipeline=pipeline, stage=pipeline.stages[3],
                                  actor=boris(cast), currency="RUB")
    assert (deal.status, deal.closed_on) == ("won", dates.today())


@pytest.mark.parametrize(("fields", "sentence"), [
    ({"title": " "}, "Give the deal a name, such as what you are selling."),
    ({"title": "Мойка", "amount": -1}, "A deal's amount cannot be below zero."),
    ({"title": "Мойка", "amount": 10**15 + 1}, "This amount is too large."),
])
def test_what_cannot_be_a_deal_is_refused_with_a_sentence(
        context: Session, cast: Cast, fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(operations.DealError) as refusal:
        operations.create_deal(**{"pipeline": make_pipeline(), "actor": boris(cast), "currency": "RUB", **fields})
    assert refusal.value.message == sentence


def test_a_stage_of_another_pipeline_is_refused(context: Session, cast: Cast) -> None:
    with pytest.raises(operations.DealError, match="another pipeline"):
        operations.create_deal(title="Мойка", pipeline=make_pipeline(), actor=boris(cast), currency="RUB",
                               stage=make_pipeline("Вторая").stages[0])


def test_only_what_differs_is_told(context: Session, cast: Cast) -> None:
    company = make_company("ООО «Ромашка»")
    deal = make_deal(make_pipeline(), title="Мойка", amount=100, manager_id=cast.boris)
    changed = operations.update_deal(deal, actor=boris(cast), title="Мойка", amount=250, company=company,
                                     manager_id=cast.vera)
    assert changed == {"amount": [100, 250], "company": ["", "ООО «Ромашка»"],
                       "manager": ["Борис Ёлкин", "Вера Соколова"]}
    assert kinds() == ["deal.assigned", "deal.changed"]


def test_a_stale_edit_is_refused_and_changes_nothing(context: Session, cast: Cast) -> None:
    deal = make_deal(make_pipeline(), title="Мойка")
    seen = deal.version
    operations.update_deal(deal, actor=boris(cast), version=seen, title="Мойка окон")
    with pytest.raises(Stale):
        operations.update_deal(deal, actor=boris(cast), version=seen, title="Химчистка")
    assert deal.title == "Мойка окон"


def test_only_a_closed_deal_has_a_closing_day_and_never_in_the_future(context: Session, cast: Cast) -> None:
    pipeline = make_pipeline()
    with pytest.raises(operations.DealError, match="Only a closed deal"):
        operations.update_deal(make_deal(pipeline), actor=None, closed_on=dates.today())
    won = make_deal(pipeline, 3)
    with pytest.raises(operations.DealError, match="cannot be closed in the future"):
        operations.update_deal(won, actor=None, closed_on=dates.today() + dt.timedelta(days=1))


def test_the_bin_keeps_the_deal_whole(context: Session, cast: Cast) -> None:
    deal = make_deal(make_pipeline(), amount=777)
    operations.delete_deal(deal, actor=boris(cast))
    assert deal.deleted_at is not None
    operations.restore_deal(deal, actor=boris(cast))
    assert (deal.deleted_at, deal.amount) == (None, 777)
    assert kinds() == ["deal.deleted", "deal.restored"]


def test_entering_a_stage_writes_the_way_and_its_days(context: Session, cast: Cast) -> None:
    pipeline = make_pipeline()
    deal = operations.create_deal(title="Мойка", pipeline=pipeline, actor=boris(cast), currency="RUB")
    operations.enter_stage(deal, pipeline.stages[1])
    db.session.flush()
    first, second = db.session.scalars(sa.select(StageVisit).order_by(StageVisit.id))
    assert (first.left_at is None, second.left_at) == (False, None)
    first.entered_at -= dt.timedelta(days=3)
    db.session.flush()
    assert queries.stage_days(queries.visits(deal, pipeline.stages)) == {pipeline.stages[0].id: 3, pipeline.stages[1].id: 0}


def test_ticking_a_step_twice_is_one_tick(context: Session, cast: Cast) -> None:
    pipeline = operations.create_pipeline(spec=load("services", "en"), actor=None)
    deal = make_deal(pipeline)
    step = pipeline.stages[0].steps[0]
    for done in (True, True, False):
        operations.tick_step(deal, step, done=done, actor=boris(cast))
    assert [tick.done for tick in queries.checklist(deal)] == [False] * len(pipeline.stages[0].steps)
    assert kinds() == ["deal.step_ticked", "deal.step_unticked"]


def test_people_are_the_main_contact_and_the_others_once(context: Session, cast: Cast) -> None:
    main, other = make_contact("Ёжиков"), make_contact("Белкин")
    deal = make_deal(make_pipeline(), contact=main)
    operations.set_people(deal, [other, main, other], actor=boris(cast))
    db.session.flush()
    assert [person.id for person in queries.people_of(deal)] == [main.id, other.id]


def test_a_client_s_deals_are_open_first_and_only_those_one_sees(context: Session, cast: Cast) -> None:
    company, pipeline = make_company(), make_pipeline()
    won = make_deal(pipeline, 3, company=company, manager_id=cast.boris, closed_on=dt.date(2026, 3, 1))
    still = make_deal(pipeline, company=company, manager_id=cast.boris)
    make_deal(pipeline, company=company, manager_id=cast.gleb)
    assert list(queries.of_client(company, boris(cast))) == [still, won]
    operations.set_lines(won, [operations.LineInput("Мойка", quantity=Decimal(3), price=100)], actor=None)
    bought = queries.bought(company, boris(cast))
    assert [(one.name, str(one.quantity), one.times, one.last_on) for one in bought] == [
        ("Мойка", "3.000", 1, dt.date(2026, 3, 1))]
    deal = db.session.get_one(Deal, won.id)
    assert deal.amount == 300
