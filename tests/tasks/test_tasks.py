"""Tasks, and how the earliest open one is the next step of its deal."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask, g
from sqlalchemy.orm import Session

from crm.accounts.models import Organization, User
from crm.core import dates
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.events import Event
from crm.deals import operations as deals
from crm.deals.models import Deal, Pipeline
from crm.tasks import lines, operations, queries
from crm.tasks.models import Task
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline

HX = {"HX-Request": "true"}
DAY = dt.timedelta(days=1)


@pytest.fixture
def boris(context: Session, cast: Cast) -> User:
    g.locale = "en"
    return db.session.get_one(User, cast.boris)


def step(deal: Deal) -> tuple[str, dt.date | None, dt.time | None]:
    return deal.next_step, deal.next_step_on, deal.next_step_time


def test_the_earliest_open_task_is_the_next_step_of_the_deal(boris: User) -> None:
    deal, today = make_deal(make_pipeline()), dates.today()
    later = operations.create_task(text="Встреча", kind="meeting", due_on=today + DAY, actor=boris, deal=deal)
    assert step(deal) == ("Встреча", today + DAY, None)
    timed = operations.create_task(text="Звонок", due_on=today, due_time=dt.time(15), actor=boris, deal=deal)
    untimed = operations.create_task(text="Письмо", due_on=today, actor=boris, deal=deal)
    assert step(deal) == ("Звонок", today, dt.time(15))
    operations.complete_task(timed, actor=boris, result="Договорились")
    assert step(deal) == ("Письмо", today, None)
    operations.update_task(untimed, actor=boris, due_on=today + DAY * 9)
    assert step(deal) == ("Встреча", today + DAY, None)
    operations.reopen_task(timed, actor=boris)
    assert step(deal) == ("Звонок", today, dt.time(15))
    for task in (later, timed, untimed):
        operations.delete_task(task, actor=boris)
    assert step(deal) == ("", None, None)


def test_a_step_said_on_the_deal_is_a_task(boris: User) -> None:
    deal, today = make_deal(make_pipeline(), manager_id=boris.id), dates.today()
    deals.plan_step(deal, text="Позвонить", on=today, actor=boris)
    task = db.session.scalars(sa.select(Task)).one()
    assert (task.text, task.due_on, task.assignee_id, task.deal) == ("Позвонить", today, boris.id, deal)
    deals.plan_step(deal, text="Позвонить", on=today + DAY, time=dt.time(9, 30), actor=boris)
    assert (task.due_on, task.due_time, step(deal)[1]) == (today + DAY, dt.time(9, 30), today + DAY)
    deals.finish_step(deal, actor=boris)
    assert (task.done_at is None, step(deal)) == (False, ("", None, None))
    deals.resume_step(deal, text="Позвонить", on=today + DAY, time=dt.time(9, 30), actor=boris)
    assert (task.done_at, step(deal)) == (None, ("Позвонить", today + DAY, dt.time(9, 30)))
    kinds = db.session.scalars(sa.select(Event.kind).order_by(Event.id)).all()
    assert [kind for kind in kinds if kind.startswith("task.")] == []  # the deal's own facts have told it


def test_a_step_from_before_the_module_becomes_a_task_and_is_not_lost(boris: User) -> None:
    deal, today = make_deal(make_pipeline(), manager_id=boris.id), dates.today()
    deals.set_next_step(deal, text="Старый шаг", on=today)
    operations.create_task(text="Новое дело", due_on=today + DAY, actor=boris, deal=deal)
    assert step(deal) == ("Старый шаг", today, None)
    assert sorted(db.session.scalars(sa.select(Task.text))) == ["Новое дело", "Старый шаг"]


def test_with_the_module_off_the_step_lives_on_the_deal_alone(boris: User) -> None:
    db.session.scalars(sa.select(Organization)).one().modules_off = ["tasks"]
    db.session.flush()
    deal = make_deal(make_pipeline())
    deals.plan_step(deal, text="Позвонить", on=dates.today(), actor=boris)
    assert step(deal) == ("Позвонить", dates.today(), None)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Task)) == 0
    deals.finish_step(deal, actor=boris)
    assert step(deal) == ("", None, None)


def test_a_refused_deal_with_a_day_to_come_back_gets_a_task(boris: User) -> None:
    pipeline = make_pipeline()
    deal, today = make_deal(pipeline, manager_id=boris.id), dates.today()
    operations.create_task(text="Позвонить", due_on=today + DAY * 200, actor=boris, deal=deal)
    deals.move_deal(deal, pipeline.stages[4], actor=boris, loss=deals.Loss(
        reason_id=pipeline.reasons[0].id, comment="Дорого", back_on=today + DAY * 90))
    assert [(task.text, task.due_on) for task in queries.open_of(deal)] == [
        ("Ask the client again", today + DAY * 90), ("Позвонить", today + DAY * 200)]


def test_a_new_manager_takes_over_the_open_tasks_of_the_one_before(boris: User, cast: Cast) -> None:
    deal = make_deal(make_pipeline(), manager_id=boris.id)
    own = operations.create_task(text="Моё", due_on=dates.today(), actor=boris, deal=deal)
    other = operations.create_task(text="Счёт", due_on=dates.today(), actor=boris, deal=deal,
                                   assignee_id=cast.accountant)
    deals.update_deal(deal, actor=boris, manager_id=cast.vera)
    assert (own.assignee_id, other.assignee_id) == (cast.vera, cast.accountant)


def test_tasks_are_refused_with_a_sentence(boris: User) -> None:
    with pytest.raises(operations.TaskError, match="Say what needs to be done"):
        operations.create_task(text=" ", due_on=dates.today(), actor=boris)
    with pytest.raises(operations.TaskError, match="Choose a call"):
        operations.create_task(text="Да", kind="dance", due_on=dates.today(), actor=boris)
    task = operations.create_task(text="Да", due_on=dates.today(), actor=boris)
    seen = task.version
    operations.update_task(task, actor=boris, version=seen, text="Нет")
    with pytest.raises(Stale):
        operations.update_task(task, actor=boris, version=seen, text="Может быть")


def test_people_see_their_tasks_those_of_their_deals_and_those_they_gave(boris: User, cast: Cast) -> None:
    gleb, today = db.session.get_one(User, cast.gleb), dates.today()
    deal = make_deal(make_pipeline(), manager_id=boris.id)
    texts = {"мне": {"assignee_id": boris.id}, "я дал": {}, "по моей сделке": {"deal": deal}, "чужое": {}}
    for text, fields in texts.items():
        operations.create_task(text=text, due_on=today, actor=boris if text == "я дал" else gleb,
                               **{"assignee_id": gleb.id, **fields})
    found = {task.text for group in lines.by_urgency(boris, whose="all") for task in group.tasks}
    assert found == {"мне", "я дал", "по моей сделке"}
    assert [task.text for group in lines.by_urgency(boris) for task in group.tasks] == ["мне"]


def test_a_line_names_what_the_task_is_about_and_who_may_change_it(boris: User, cast: Cast) -> None:
    gleb, today = db.session.get_one(User, cast.gleb), dates.today()
    company, contact = make_company(name="ООО «Вектор»"), make_contact(surname="Ёлкин", given_name="Борис")
    company.manager_id = contact.manager_id = boris.id
    deal = make_deal(make_pipeline(), manager_id=boris.id, title="Поставка", amount=125_000_00)
    deal.company_id = company.id
    operations.create_task(text="1", due_on=today, actor=boris, deal=deal, assignee_id=gleb.id)
    operations.create_task(text="2", due_on=today, actor=boris, contact=contact, assignee_id=boris.id)
    operations.create_task(text="3", due_on=today, actor=boris, company=company, assignee_id=boris.id)
    db.session.flush()
    found = [(line.text, line.deal, line.amount, line.client, line.assignee, line.mine, line.editable)
             for group in lines.by_urgency(boris, whose="all") for line in group.tasks]
    assert found == [("1", "Поставка", 125_000_00, "ООО «Вектор»", gleb.name, False, True),
                     ("2", None, None, "Ёлкин Борис", boris.name, True, True), ("3", None, None, "ООО «Вектор»", boris.name, True, True)]
    viewer = db.session.get_one(User, cast.viewer)
    assert not any(line.editable for group in lines.by_urgency(viewer, whose="all") for line in group.tasks)
    for line in lines.of_deal(deal, boris):
        assert line.editable == queries.covers(boris, "tasks.edit", db.session.get_one(Task, line.id))


def test_a_task_does_not_tell_of_a_deal_or_a_client_that_the_reader_may_not_see(app: Flask, cast: Cast) -> None:
    with app.app_context():
        gleb, today = db.session.get_one(User, cast.gleb), dates.today()
        deal = make_deal(make_pipeline(), manager_id=gleb.id, title="Чужая сделка")
        deal.company = make_company(name="ООО «Тайна»", manager_id=gleb.id)
        alone = make_contact(surname="Скрытный", given_name="Клиент", manager_id=gleb.id)
        made = operations.create_task(text="По сделке", due_on=today, actor=gleb, deal=deal, assignee_id=cast.boris)
        operations.create_task(text="По клиенту", due_on=today, actor=gleb, contact=alone, assignee_id=cast.boris)
        db.session.commit()
        task_id = made.id
    boris, owner = sign_in(app, "boris"), sign_in(app, "owner")
    for address in ("/tasks", "/", f"/tasks/{task_id}"):
        page = boris.get(address).get_data(as_text=True)
        assert "По сделке" in page
        assert not [word for word in ("Чужая сделка", "Тайна", "Скрытный") if word in page], address
    page = owner.get("/tasks?whose=all").get_data(as_text=True)
    assert all(word in page for word in ("Чужая сделка", "Тайна", "Скрытный"))


def test_the_first_fifty_are_shown_and_all_of_them_when_asked(app: Flask, cast: Cast) -> None:
    with app.app_context():
        user, today = db.session.get_one(User, cast.boris), dates.today()
        for number in range(53):
            operations.create_task(text=f"Дело {number:02}", due_on=today + DAY * (number - 20), actor=user)
        db.session.commit()
    client = sign_in(app, "boris")
    page = client.get("/tasks").get_data(as_text=True)
    assert (page.count("data-row"), "29+" in page, "Show all tasks" in page) == (50, True, True)
    page = client.get("/tasks?every=1").get_data(as_text=True)
    assert (page.count("data-row"), "32<" in page, "Show all tasks" in page, "every=1" in page) == (53, True, False, True)


def make_tasks(app: Flask, cast: Cast) -> dict[str, int]:
    with app.app_context():
        user, today = db.session.get_one(User, cast.boris), dates.today()
        made = {text: operations.create_task(text=text, due_on=today + DAY * shift, actor=user)
                for text, shift in (("Вчера", -1), ("Сегодня", 0), ("Завтра", 1))}
        operations.complete_task(operations.create_task(text="Сделано", due_on=today, actor=user), actor=user)
        db.session.commit()
        return {text: task.id for text, task in made.items()}


def test_the_list_goes_by_urgency(app: Flask, cast: Cast) -> None:
    make_tasks(app, cast)
    page = sign_in(app, "boris").get("/tasks").get_data(as_text=True)
    found = re.findall(r'rows-head">([^<]*?) <|<a href="/tasks/\d+"[^>]*>([^<]*)</a>', page)
    assert [head or text for head, text in found] == [
        "Overdue", "Вчера", "Today", "Сегодня", "Later", "Завтра", "Done today", "Сделано"]


def test_done_is_taken_back_from_the_toast(app: Flask, cast: Cast) -> None:
    task_id, client = make_tasks(app, cast)["Сегодня"], sign_in(app, "boris")
    answer = client.post(f"/tasks/{task_id}/done", headers=HX)
    assert answer.status_code == 204
    assert f"/tasks/{task_id}/undone" in answer.headers["HX-Trigger"]
    with app.app_context():
        assert db.session.get_one(Task, task_id).done_at is not None
    client.post(f"/tasks/{task_id}/undone", headers=HX)
    with app.app_context():
        assert db.session.get_one(Task, task_id).done_at is None


def test_a_stranger_s_task_answers_like_a_missing_one(app: Flask, cast: Cast) -> None:
    task_id, client = make_tasks(app, cast)["Сегодня"], sign_in(app, "gleb")
    for one in (task_id, 99999):
        assert client.get(f"/tasks/{one}").status_code == 404
        for act in ("", "/done", "/undone", "/day", "/delete"):
            assert client.post(f"/tasks/{one}{act}", data={"on": "2026-12-01"}).status_code == 404
    assert sign_in(app, "viewer").post(f"/tasks/{task_id}/done").status_code == 403


def test_a_task_is_made_once_and_a_wrong_day_is_told(app: Flask, cast: Cast) -> None:
    with app.app_context():
        deal_id = make_deal(make_pipeline(), manager_id=cast.boris).id
        db.session.commit()
    client = sign_in(app, "boris")
    data = {"text": "Позвонить", "kind": "call", "due_on": "31.02.2026", "assignee_id": str(cast.boris),
            "deal_id": str(deal_id), "once": "k"}
    answer = client.post("/tasks/new", data=data, headers=HX)
    assert answer.status_code == 422
    assert "There is no such day. Type it as 31.12.2026." in answer.get_data(as_text=True)
    for _ in range(2):
        assert client.post("/tasks/new", data={**data, "due_on": "2026-12-01"}, headers=HX).status_code == 204
    with app.app_context():
        assert db.session.scalars(sa.select(Task.text)).all() == ["Позвонить"]
        assert db.session.get_one(Deal, deal_id).next_step_on == dt.date(2026, 12, 1)
    foreign = sign_in(app, "gleb").post("/tasks/new", data={**data, "once": "other", "due_on": "2026-12-01"})
    assert foreign.status_code == 404
    assert client.post(f"/tasks/{task_of(app)}/day", data={"on": "31.02"}, headers=HX).status_code == 409


def task_of(app: Flask) -> int:
    with app.app_context():
        return db.session.scalars(sa.select(Task.id)).one()


def test_without_the_module_nothing_knows_of_tasks(app: Flask, cast: Cast) -> None:
    with app.app_context():
        deal_id = make_deal(db.session.get_one(Pipeline, make_pipeline().id), manager_id=cast.boris).id
        db.session.scalars(sa.select(Organization)).one().modules_off = ["tasks"]
        db.session.commit()
    client = sign_in(app, "boris")
    assert client.get("/tasks").status_code == 404
    page = client.get(f"/deals/{deal_id}").get_data(as_text=True)
    assert "/tasks" not in page
    assert client.post(f"/deals/{deal_id}/step", data={"text": "Позвонить", "on": "2026-12-01"}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).next_step == "Позвонить"
