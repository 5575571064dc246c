"""The work of somebody who leaves: to one, over the team, and back again."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.clients.models import Company, Contact
from crm.core.db import db
from crm.core.events import Event, EventLink
from crm.deals.models import Deal
from crm.deals.operations import update_deal
from crm.staff import operations, queries
from crm.staff.models import HandOver
from crm.tasks.models import Task
from tests.cast import Cast, sign_in
from tests.factories import WON, make_company, make_contact, make_deal, make_pipeline

ALL = ("company", "contact", "deal", "task")


def user(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def make_work(cast: Cast, clients: int = 4) -> None:
    """Boris leads companies, each with a person, two open deals (one with a task) and a won one; Gleb leads a deal."""
    pipeline = make_pipeline()
    won = next(stage for stage in pipeline.stages if stage.kind == WON)
    for _number in range(clients):
        company = make_company(manager_id=cast.boris)
        contact = make_contact(manager_id=cast.boris, company_id=company.id)
        for with_task in (True, False):
            deal = make_deal(pipeline, manager_id=cast.boris, company=company, contact=contact)
            if with_task:
                db.session.add(Task(text="Позвонить", due_on=dt.date(2026, 12, 1), assignee_id=cast.boris, deal_id=deal.id))
        make_deal(pipeline, won, manager_id=cast.boris, company=company)
    db.session.add(Task(text="Отчёт", due_on=dt.date(2026, 12, 1), assignee_id=cast.boris))
    make_deal(pipeline, title="Глеба", manager_id=cast.gleb)
    db.session.commit()


def owners(model: type[Deal] | type[Company] | type[Contact] = Deal) -> dict[int | None, int]:
    rows = db.session.execute(sa.select(model.manager_id, sa.func.count()).group_by(model.manager_id))
    return {row[0]: row[1] for row in rows}


def test_to_one_colleague_all_that_is_open(context: object, cast: Cast) -> None:
    make_work(cast)
    boris, vera, owner = user(cast.boris), user(cast.vera), user(cast.owner)
    assert queries.counts_of(boris) == {"company": 4, "contact": 4, "deal": 8, "task": 5}
    operations.hand_over(boris, parts=ALL, takers=[vera], actor=owner)
    assert owners() == {cast.vera: 8, cast.boris: 4, cast.gleb: 1}  # the won ones stay under his name
    assert owners(Company) == owners(Contact) == {cast.vera: 4}
    assert queries.counts_of(boris) == {"company": 0, "contact": 0, "deal": 0, "task": 0}
    told = db.session.scalars(sa.select(Event).join(EventLink).where(
        Event.kind == "deal.assigned", EventLink.card == "deal")).all()
    assert len(told) == 8
    assert told[0].data["changed"] == {"manager": [boris.name, vera.name]}


def test_over_a_team_evenly_and_a_client_in_one_hand(context: object, cast: Cast) -> None:
    make_work(cast, clients=6)
    takers = [user(cast.vera), user(cast.gleb)]
    operations.hand_over(user(cast.boris), parts=ALL, takers=takers, actor=user(cast.owner))
    assert owners(Company) == {cast.vera: 3, cast.gleb: 3}
    assert owners() == {cast.vera: 6, cast.gleb: 7, cast.boris: 6}
    split = db.session.execute(sa.select(Deal.id).join(Deal.company).where(
        Deal.status == "open", Deal.manager_id != Company.manager_id)).all()
    strangers = db.session.execute(sa.select(Task.id).join(Task.deal).where(Task.assignee_id != Deal.manager_id)).all()
    assert (split, strangers) == ([], [])


def test_deals_take_their_tasks_along_and_nothing_else_moves(context: object, cast: Cast) -> None:
    make_work(cast)
    operations.hand_over(user(cast.boris), parts=["deal"], takers=[user(cast.vera)], actor=user(cast.owner))
    assert queries.counts_of(user(cast.boris)) == {"company": 4, "contact": 4, "deal": 0, "task": 1}


def test_taken_back_is_what_nobody_changed_since(context: object, cast: Cast) -> None:
    make_work(cast)
    boris, vera, owner = user(cast.boris), user(cast.vera), user(cast.owner)
    done = operations.hand_over(boris, parts=ALL, takers=[vera], actor=owner)
    moved = db.session.scalars(sa.select(Deal).where(Deal.manager_id == cast.vera).order_by(Deal.id)).all()
    update_deal(moved[0], actor=vera, title="Уже моя")
    update_deal(moved[1], actor=owner, manager_id=cast.gleb)
    db.session.flush()
    back, stayed = operations.take_back(db.session.get_one(HandOver, done.id), actor=owner)
    assert (back, stayed) == (6 + 4 + 4 + 5, 2)  # deals, companies, people, tasks; two deals were changed
    assert owners() == {cast.boris: 4 + 6, cast.vera: 1, cast.gleb: 2}
    assert operations.take_back(db.session.get_one(HandOver, done.id), actor=owner) == (0, 0)


def test_without_takers_or_work_it_is_refused(context: object, cast: Cast) -> None:
    boris, owner = user(cast.boris), user(cast.owner)
    for takers in ([], [boris]):
        with pytest.raises(operations.HandOverError):
            operations.hand_over(boris, parts=ALL, takers=takers, actor=owner)
    with pytest.raises(operations.HandOverError):
        operations.hand_over(boris, parts=ALL, takers=[user(cast.vera)], actor=owner)


def test_who_is_switched_off_hands_over_on_the_next_page(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_work(cast)
    owner = sign_in(app, "owner")
    page = owner.post(f"/settings/users/{cast.boris}/active/0", follow_redirects=True).get_data(as_text=True)
    assert "Open deals <strong>8</strong>" in page
    form = {"parts": ["deal", "contact"], "way": "one", "taker": str(cast.vera)}
    page = owner.post(f"/staff/{cast.boris}/handover", data=form, follow_redirects=True).get_data(as_text=True)
    assert "Open deals <strong>0</strong>" in page
    undo = re.findall(r"/staff/handovers/\d+/undo", page)[-1]
    assert owner.post(undo).status_code == 303
    with app.app_context():
        assert owners() == {cast.boris: 12, cast.gleb: 1}
    assert owner.post(f"/staff/{cast.boris}/handover", data={**form, "taker": ""}).status_code == 422
    assert owner.post(f"/staff/{cast.boris}/handover", data={**form, "taker": str(cast.viewer)}).status_code == 422
    assert owner.get("/staff/9999/handover").status_code == 404


def test_nothing_to_hand_over_is_told_at_its_field(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_contact(manager_id=cast.boris)
        db.session.commit()
    answer = sign_in(app, "owner").post(f"/staff/{cast.boris}/handover", data={
        "parts": ["deal"], "way": "one", "taker": str(cast.vera)})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "There is nothing to hand over. Choose something that the person leads." in page
    assert f'<option selected value="{cast.vera}">' in page


def test_over_the_team_by_hand(app: Flask, cast: Cast) -> None:
    with app.app_context():
        make_work(cast)
    owner = sign_in(app, "owner")
    form = {"parts": list(ALL), "way": "team", "taker": ""}
    assert owner.post(f"/staff/{cast.boris}/handover", data=form).status_code == 303
    with app.app_context():
        assert owners() == {cast.vera: 8, cast.boris: 4, cast.gleb: 1}
    assert owner.post(f"/staff/{cast.gleb}/handover", data=form).status_code == 422  # alone in his team


def test_a_head_without_the_right_hands_nothing_over(app: Flask, cast: Cast) -> None:
    head = sign_in(app, "head")
    assert head.get(f"/staff/{cast.boris}/handover").status_code == 403
    assert head.post("/staff/handovers/1/undo").status_code == 403
