"""A manager's first page: the day in the order in which to work."""

import datetime as dt
import re

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.accounts.session import set_frame
from crm.clients.models import Channel
from crm.core import dates
from crm.core.db import db
from crm.core.events import record
from crm.deals import operations as deals
from crm.deals.events import DEAL_CHANGED
from crm.deals.models import Deal
from crm.desk.queries.day import day_of
from crm.tasks.models import Task
from tests.cast import Cast, move_to_moscow, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import statements

NOW = dt.datetime(2026, 3, 18, 9, 0, tzinfo=dt.UTC)  # a Wednesday noon in Moscow
TODAY = dt.date(2026, 3, 18)
OLD = NOW - dt.timedelta(days=6)
FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def wednesday() -> object:
    """The day stands still."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def work(app: Flask, cast: Cast, wednesday: object) -> dict[str, int]:
    """Boris's deals by title; each has its own trap."""
    with app.app_context():
        pipeline, made = make_pipeline(), {}
        person = make_contact("Иванов")
        db.session.add(Channel(contact_id=person.id, kind="phone", typed="8 912 345-67-89",
                               value="+79123456789"))
        known = {"manager_id": cast.boris, "created_at": OLD, "touched_at": OLD, "stage_since": NOW}
        for title, fields in {
            "late": {"next_step": "Send the quote", "next_step_on": TODAY - dt.timedelta(days=1),
                     "contact": person},
            "noon": {"next_step": "Meet", "next_step_on": TODAY, "next_step_time": dt.time(12)},
            "nine": {"next_step": "Ring", "next_step_on": TODAY, "next_step_time": dt.time(9)},
            "anytime": {"next_step": "Think", "next_step_on": TODAY},
            "tomorrow": {"next_step": "Later", "next_step_on": TODAY + dt.timedelta(days=1)},
            "idle": {"company": make_company("Idle Ltd")},
            "fresh": {"created_at": NOW, "touched_at": NOW},
            "begun long ago": {"created_at": NOW, "touched_at": NOW, "engaged_on": dt.date(2025, 1, 1)},
            "vera's": {"manager_id": cast.vera, "next_step": "Hers", "next_step_on": TODAY},
            "binned": {"next_step": "Gone", "next_step_on": TODAY, "deleted_at": NOW},
            "won": {"stage": 3, "next_step": "Thank", "next_step_on": TODAY},
        }.items():
            made[title] = make_deal(pipeline, title=title, **{**known, **fields}).id
        db.session.commit()
    return made


def rows(client: FlaskClient) -> list[tuple[str, str]]:
    """(when, what) of every row of the page."""
    html = client.get("/").get_data(as_text=True)
    found = re.findall(r'<span class="time">(.*?)</span>.*?<a class="cut2"[^>]*>(.*?)</a>', html, re.S)
    return [(when.strip(), what) for when, what in found]


def test_rows_stand_in_the_order_in_which_to_work(app: Flask, work: dict[str, int]) -> None:
    assert rows(sign_in(app, "boris")) == [
        ("yesterday", "Send the quote"), ("09:00", "Ring"), ("12:00", "Meet"), ("", "Think"), ("", "fresh"),
        ("no next step", "idle"), ("no next step", "begun long ago")]


def test_the_first_line_counts_the_parts(app: Flask, work: dict[str, int]) -> None:
    html = sign_in(app, "boris").get("/").get_data(as_text=True)
    assert "Wednesday, 18 March" in html
    assert "1 overdue, 3 for today, 1 new deal, 2 forgotten deals" in html


def test_a_row_calls_the_client_and_opens_the_deal(app: Flask, work: dict[str, int]) -> None:
    html = sign_in(app, "boris").get("/").get_data(as_text=True)
    assert html.count('href="tel:+79123456789"') == 1
    assert f'<a class="cut2" href="/deals/{work["late"]}">Send the quote</a>' in html


def test_done_by_one_tap_leaves_the_list(app: Flask, work: dict[str, int]) -> None:
    client = sign_in(app, "boris")
    answer = client.post(f"/deals/{work['late']}/step/done", headers=FRAGMENT)
    assert (answer.status_code, "deal-changed" in answer.headers["HX-Trigger"]) == (204, True)
    assert "Send the quote" not in [what for _when, what in rows(client)]


def test_tomorrow_by_one_tap_keeps_the_words(app: Flask, work: dict[str, int]) -> None:
    client = sign_in(app, "boris")
    client.post(f"/deals/{work['late']}/step", data={"on": "tomorrow", "text": ""}, headers=FRAGMENT)
    with app.app_context():
        deal = db.session.get_one(Deal, work["late"])
        assert (deal.next_step, deal.next_step_on) == ("Send the quote", TODAY + dt.timedelta(days=1))


def test_tasks_and_steps_are_one_list(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        db.session.add(Task(text="Write to the tax office", due_on=TODAY, due_time=dt.time(10),
                            assignee_id=cast.boris))
        db.session.add(Task(text="Not mine", due_on=TODAY, assignee_id=cast.vera))
        db.session.add(Task(text="Done at noon", due_on=TODAY, assignee_id=cast.boris, done_at=NOW))
        db.session.commit()
    client = sign_in(app, "boris")
    found = [what for _when, what in rows(client)]
    assert found[:4] == ["Send the quote", "Ring", "Write to the tax office", "Meet"]
    assert ("Not mine" in found, found[-1]) == (False, "Done at noon")


def test_a_task_is_done_moved_and_taken_back_by_one_tap(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        task = Task(text="Print the contract", due_on=TODAY, assignee_id=cast.boris)
        db.session.add(task)
        db.session.commit()
        task_id = task.id
    client = sign_in(app, "boris")
    for act, data in (("done", {}), ("undone", {}), ("day", {"on": "tomorrow"})):
        assert f"/tasks/{task_id}/{act}" in client.get("/").get_data(as_text=True)
        assert client.post(f"/tasks/{task_id}/{act}", data=data, headers=FRAGMENT).status_code == 204
    assert "Print the contract" not in [what for _when, what in rows(client)]


def test_a_deal_with_a_task_stands_there_once(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        db.session.add(Task(text="Ring", due_on=TODAY, due_time=dt.time(9), assignee_id=cast.boris,
                            deal_id=work["nine"]))
        db.session.commit()
    assert [what for _when, what in rows(sign_in(app, "boris"))].count("Ring") == 1


def test_without_the_tasks_module_the_rows_come_from_the_deals(
        app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        the_organization().modules_off = ["tasks"]
        db.session.add(Task(text="Hidden", due_on=TODAY, assignee_id=cast.boris))
        db.session.commit()
    found = rows(sign_in(app, "boris"))
    assert [when for when, _what in found[:4]] == ["yesterday", "09:00", "12:00", ""]
    assert "Hidden" not in [what for _when, what in found]


def test_a_deal_given_to_me_is_new_until_i_touch_it(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        deal = db.session.get_one(Deal, work["vera's"])
        deal.next_step, deal.next_step_on = "", None
        deals.update_deal(deal, actor=db.session.get_one(User, cast.head), manager_id=cast.boris)
        db.session.commit()
    assert ("", "vera&#39;s") in rows(sign_in(app, "boris"))
    with app.app_context(), time_machine.travel(NOW + dt.timedelta(minutes=1), tick=False):
        deals.touch(db.session.get_one(Deal, work["vera's"]))
        db.session.commit()
        boris = db.session.get_one(User, cast.boris)
        assert "vera's" not in [row.what for row in day_of(boris).new]


def test_midnight_is_the_companys(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    with app.app_context():
        move_to_moscow()
    past_midnight = dt.datetime(2026, 3, 18, 21, 30, tzinfo=dt.UTC)
    with time_machine.travel(past_midnight, tick=False), app.test_request_context("/"):
        set_frame()
        day = day_of(db.session.get_one(User, cast.boris))
        assert (dates.today(), [row.what for row in day.today]) == (dt.date(2026, 3, 19), ["Later"])


def test_a_calm_day_says_so_and_shows_the_board(app: Flask, cast: Cast) -> None:
    html = sign_in(app, "gleb").get("/").get_data(as_text=True)
    assert ("Nothing needs your attention now." in html, 'href="/deals/board"' in html) == (True, True)


def test_the_list_is_asked_again_only_when_something_happened(
        app: Flask, cast: Cast, work: dict[str, int]) -> None:
    client = sign_in(app, "boris")
    since = re.findall(r'data-poll-since="([^"]+)"', client.get("/").get_data(as_text=True))[0]
    assert client.get(f"/desk/day?since={since}", headers=FRAGMENT).status_code == 204
    with app.app_context():
        record(DEAL_CHANGED, db.session.get_one(Deal, work["late"]), actor_id=cast.vera)
        db.session.commit()
    assert client.get(f"/desk/day?since={since}", headers=FRAGMENT).status_code == 200
    assert client.get("/desk/day").headers["Location"] == "/"


def test_long_lists_cost_no_more_statements(app: Flask, cast: Cast, work: dict[str, int]) -> None:
    client = sign_in(app, "boris")
    few = statements(client, "/")
    with app.app_context():
        pipeline = make_pipeline("More")
        for number in range(30):
            make_deal(pipeline, manager_id=cast.boris, company=make_company(), contact=make_contact(),
                      next_step=f"Step {number}", next_step_on=TODAY - dt.timedelta(days=number % 2))
        db.session.commit()
    assert (statements(client, "/"), few < 30) == (few, True)
