"""What happens beside a deal, a note or a task, spoils nobody's work on the deal itself."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.tasks.models import Task
from tests.cast import make_cast, sign_in
from tests.factories import make_deal, make_pipeline

HX = {"HX-Request": "true"}


@pytest.fixture
def deal_id(real_app: Flask) -> int:
    """An open deal of Boris, whom Vera's team sees."""
    with real_app.app_context():
        make_cast(manager_sees="team")
        boris = db.session.scalar(sa.select(User.id).where(User.name.like("Борис%")))
        deal = make_deal(make_pipeline(), 0, manager_id=boris)
        db.session.commit()
        return deal.id


def task_on(deal_id: int, day: str, text: str = "Call") -> dict[str, str]:
    return {"kind": "call", "text": text, "due_on": day, "deal_id": str(deal_id)}


def test_a_note_and_a_task_leave_an_open_form_good(real_app: Flask, deal_id: int) -> None:
    boris, vera = sign_in(real_app, "boris"), sign_in(real_app, "vera")
    with real_app.app_context():
        before = db.session.get_one(Deal, deal_id)
        version, touched = before.version, before.touched_at
    assert vera.post(f"/timeline/deal/{deal_id}/note", headers=HX, data={"what": "note", "text": "Asks for a discount"}).status_code == 200
    assert vera.post("/tasks/new", headers=HX, data=task_on(deal_id, "2030-05-05")).status_code == 204
    answer = boris.post(f"/deals/{deal_id}/edit", data={"title": "New name", "amount": "500", "currency": "RUB", "version": str(version)})
    assert answer.status_code == 303
    with real_app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        assert (deal.title, deal.next_step, deal.next_step_on) == ("New name", "Call", dt.date(2030, 5, 5))
        assert deal.touched_at > touched


def test_tasks_notes_and_moves_at_the_same_time_all_come_through(real_app: Flask, deal_id: int) -> None:
    clients = {who: sign_in(real_app, who) for who in ("boris", "vera", "head")}
    with real_app.app_context():
        stages = [stage.id for stage in db.session.get_one(Deal, deal_id).pipeline.stages][:2]
    start, answers = threading.Barrier(3), []

    def work(who: str, asks: list[tuple[str, dict[str, str]]]) -> None:
        start.wait(5)
        answers.extend(clients[who].post(path, headers=HX, data=data).status_code for path, data in asks)

    wanted = {
        "boris": [(f"/deals/{deal_id}/move", {"stage_id": str(stages[(number + 1) % 2])}) for number in range(8)],
        "vera": [("/tasks/new", task_on(deal_id, f"2030-01-{20 - number:02}", f"V{number}")) for number in range(8)],
        "head": [("/tasks/new", task_on(deal_id, f"2030-01-{21 - number:02}", f"H{number}")) for number in range(8)]}
    threads = [threading.Thread(target=work, args=pair) for pair in wanted.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (len(answers), {status for status in answers if status >= 400}) == (24, set())
    with real_app.app_context():
        first = db.session.scalars(sa.select(Task).where(Task.deal_id == deal_id).order_by(Task.due_on)).first()
        deal = db.session.get_one(Deal, deal_id)
        assert first is not None
        assert (deal.next_step, deal.next_step_on) == (first.text, first.due_on)
