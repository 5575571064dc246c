"""Many deletions by one person wait for a second one, where there is one: who decides, how it ends, and races."""

import datetime as dt
import re
import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import roles
from crm.accounts.models import Organization, User
from crm.accounts.queries import powers_of
from crm.clients.models import Company, Contact
from crm.core import dates, jobs
from crm.core.db import db, utcnow
from crm.core.errors import DomainError
from crm.core.events import Event, EventLink
from crm.deals.models import Deal
from crm.deals.operations.mass import DELETE
from crm.guard.errors import MassError
from crm.guard.models import DONE, WAITING, WITHDRAWN, MassRequest
from crm.guard.operations import mass
from crm.mail.models import Letter
from crm.tasks.models import Task
from crm.tasks.operations import create_task
from tests.cast import Cast, make_cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.leaks.answers import ask

PAGE = "/settings/waiting"


def allow(number: int) -> None:
    """How many records a person deletes alone."""
    db.session.execute(sa.update(Organization).values(guard={"deletes": number}))
    db.session.commit()


@pytest.fixture
def deals(app: Flask, cast: Cast) -> list[int]:
    """Four deals; two deletions a day need nobody."""
    with app.app_context():
        pipeline = make_pipeline()
        ids = [make_deal(pipeline, 1, title=f"Сделка {number}", manager_id=cast.boris).id for number in range(4)]
        db.session.commit()
        allow(2)
    return ids


def delete(client: FlaskClient, ids: list[int]) -> None:
    for deal_id in ids:
        assert client.post(f"/deals/{deal_id}/delete").status_code == 303


def left(app: Flask) -> int:
    """Deals that are not in the bin."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(Deal).where(Deal.deleted_at.is_(None))) or 0


def requests(app: Flask) -> list[MassRequest]:
    with app.app_context():
        return list(db.session.scalars(sa.select(MassRequest).order_by(MassRequest.id)))


def version_on(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def test_what_goes_beyond_the_number_waits_and_is_done_when_a_second_person_agrees(
        app: Flask, cast: Cast, deals: list[int]) -> None:
    head, owner = sign_in(app, "head"), sign_in(app, "owner")
    delete(head, deals[:2])
    assert left(app) == 2
    answer = head.post(f"/deals/{deals[2]}/delete")
    assert answer.headers["Location"] == PAGE
    assert "Анна Хозяйкина" in head.get(PAGE).text
    delete(head, deals[3:])
    assert left(app) == 2
    assert [(one.ids, one.status, one.asked_by_id) for one in requests(app)] == [(deals[2:], WAITING, cast.head)]
    assert PAGE in owner.get("/").text
    page = owner.get(PAGE).text
    assert "Delete 2 deals" in page
    assert "Сделка 2" in page
    number = requests(app)[0].id
    assert owner.post(f"{PAGE}/{number}/approve", data={"version": version_on(page)}).status_code == 303
    assert left(app) == 0
    assert [(one.status, one.decided_by_id) for one in requests(app)] == [(DONE, cast.owner)]
    assert PAGE not in re.sub(r"<nav.*?</nav>", "", owner.get("/").text, flags=re.DOTALL)
    with app.app_context():
        facts = db.session.execute(sa.select(Event.kind, Event.actor_id).join(EventLink).where(
            EventLink.card == "deal", EventLink.card_id == deals[3], Event.kind != "deal.created").order_by(Event.id)).all()
        assert sorted(tuple(fact) for fact in facts) == [
            ("deal.deleted", cast.head), ("mass.approved", cast.owner), ("mass.asked", cast.head)]


def test_what_a_clock_of_next_year_stamped_does_not_count_today(app: Flask, cast: Cast, deals: list[int]) -> None:
    head = sign_in(app, "head")
    with time_machine.travel(utcnow() + dt.timedelta(days=20)):
        delete(head, deals[:2])
    delete(head, deals[2:])
    assert (left(app), requests(app)) == (0, [])


def test_declined_and_withdrawn_requests_leave_everything_as_it_is(app: Flask, cast: Cast, deals: list[int]) -> None:
    head, owner = sign_in(app, "head"), sign_in(app, "owner")
    delete(head, deals[:3])
    number = requests(app)[0].id
    assert owner.post(f"{PAGE}/{number}/decline", data={"version": version_on(owner.get(PAGE).text)}).status_code == 303
    assert owner.post(f"{PAGE}/{number}/approve", data={"version": "2"}).status_code == 409
    delete(head, deals[2:3])
    number = requests(app)[1].id
    assert head.post(f"{PAGE}/{number}/withdraw").status_code == 303
    assert left(app) == 2
    assert [one.status for one in requests(app)] == ["declined", WITHDRAWN]
    assert "declined" in head.get(PAGE).text


@pytest.mark.parametrize(("word", "told"), [("approve", "Delete 1 deal: Анна Хозяйкина has agreed, it is done"),
                                            ("decline", "Delete 1 deal: Анна Хозяйкина has declined, everything stays as it is")])
def test_who_asked_gets_the_answer_on_the_desk_until_read_and_by_a_letter(
        app: Flask, cast: Cast, deals: list[int], monkeypatch: pytest.MonkeyPatch, word: str, told: str) -> None:
    monkeypatch.setitem(app.config, "SMTP_URL", "smtp://127.0.0.1:9")
    with app.app_context():
        db.session.execute(sa.update(User).where(User.id == cast.head).values(locale="en"))
        db.session.execute(sa.delete(jobs.Job))
        db.session.commit()
    head, owner, boris = (sign_in(app, who) for who in ("head", "owner", "boris"))
    delete(head, deals[:3])
    assert told not in head.get("/").text
    number = requests(app)[0].id
    owner.post(f"{PAGE}/{number}/{word}", data={"version": version_on(owner.get(PAGE).text)})
    assert told in head.get("/").text
    assert told not in owner.get("/").text
    with app.app_context():
        while jobs.run_one():
            pass
        letter = db.session.scalars(sa.select(Letter)).one()
        assert (letter.to, letter.body) == ("head@example.com", f"{told}.")
    assert [one.post(f"{PAGE}/{number}/seen").status_code for one in (boris, head)] == [404, 303]
    assert told not in head.get("/").text


def test_with_nobody_else_who_may_agree_nothing_waits(app: Flask, cast: Cast, deals: list[int]) -> None:
    with app.app_context():
        db.session.execute(sa.update(User).where(User.id == cast.head).values(active=False))
        db.session.commit()
    delete(sign_in(app, "owner"), deals)
    assert left(app) == 0
    assert requests(app) == []


@pytest.mark.parametrize("number", [0, 4])
def test_the_owner_sets_the_number_and_may_switch_it_off(app: Flask, cast: Cast, deals: list[int], number: int) -> None:
    with app.app_context():
        allow(number)
    delete(sign_in(app, "head"), deals)
    assert left(app) == 0
    assert requests(app) == []


def test_all_kinds_of_records_count_together(app: Flask, cast: Cast, deals: list[int]) -> None:
    with app.app_context():
        person, company = make_contact("Стираемов"), make_company("ООО «Ромашка»")
        actor = db.session.get_one(User, cast.head)
        tasks = [create_task(text=f"Дело {number}", due_on=dates.today(), actor=actor) for number in range(2)]
        db.session.commit()
        ids = person.id, company.id, *(task.id for task in tasks)
    head, owner = sign_in(app, "head"), sign_in(app, "owner")
    head.post(f"/contacts/{ids[0]}/delete")
    head.post(f"/tasks/{ids[2]}/delete")
    for path in (f"/companies/{ids[1]}/delete", f"/tasks/{ids[3]}/delete", f"/deals/{deals[0]}/delete"):
        assert head.post(path).headers["Location"] == PAGE
    with app.app_context():
        assert db.session.get_one(Contact, ids[0]).deleted_at is not None
        assert db.session.get_one(Company, ids[1]).deleted_at is None
    page = owner.get(PAGE).text
    assert all(words in page for words in ("Delete 1 company", "Delete 1 task", "Delete 1 deal", "Дело 1"))
    for one in requests(app):
        assert owner.post(f"{PAGE}/{one.id}/approve", data={"version": str(one.version)}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Company, ids[1]).deleted_at is not None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Task)) == 0
    assert left(app) == 3


@pytest.mark.parametrize("who", ["head", "boris", "accountant", "viewer"])
def test_neither_the_asker_nor_those_without_the_right_decide(app: Flask, cast: Cast, deals: list[int], who: str) -> None:
    delete(sign_in(app, "head"), deals[:3])
    number, client = requests(app)[0].id, sign_in(app, who)
    deeds = {deed: [ask(client, "POST", f"{PAGE}/{one}/{deed}", data={"version": "1"}) for one in (number, 900_000_000)]
             for deed in ("approve", "decline", "withdraw") if (who, deed) != ("head", "withdraw")}
    for deed, (there, gone) in deeds.items():
        assert there == gone
        assert there.status == (404 if who == "head" or deed == "withdraw" else 403)
    assert left(app) == 2
    page = client.get(PAGE).text
    assert ("Сделка 2" in page) == (who == "head")
    assert "approve" not in page


def test_who_may_not_delete_everything_is_no_second_person(app: Flask, cast: Cast, deals: list[int]) -> None:
    """A role that may agree but deletes only its own sees nothing of what others ask for."""
    with app.app_context():
        powers = powers_of("manager")
        assert powers is not None
        roles.change_role("manager", hidden=powers.hidden, actor=None, levels={
            **powers.levels, "mass.approve": "all", "deals.delete": "own"})
        db.session.commit()
    delete(sign_in(app, "head"), deals[:3])
    number, boris = requests(app)[0].id, sign_in(app, "boris")
    assert "Сделка 2" not in boris.get(PAGE).text
    assert boris.post(f"{PAGE}/{number}/approve", data={"version": "1"}).status_code == 404


def test_records_that_were_added_meanwhile_are_not_agreed_to_unseen(app: Flask, cast: Cast, deals: list[int]) -> None:
    head, owner = sign_in(app, "head"), sign_in(app, "owner")
    delete(head, deals[:3])
    number, shown = requests(app)[0].id, version_on(owner.get(PAGE).text)
    delete(head, deals[3:])
    delete(head, deals[3:])  # once more changes nothing
    answer = owner.post(f"{PAGE}/{number}/approve", data={"version": shown})
    assert answer.status_code == 409
    assert "added since" in answer.text
    assert left(app) == 2
    assert requests(app)[0].ids == deals[2:]
    assert owner.post(f"{PAGE}/{number}/approve").status_code == 409  # a form without its version agrees to nothing


def at_once(app: Flask, count: int, work: Callable[[int], object]) -> list[str]:
    """Run `work(number)` in threads that start together; what became of each."""
    ready, ends = threading.Barrier(count), []

    def run(number: int) -> None:
        with app.test_request_context(method="POST"):
            ready.wait()
            try:
                work(number)
                db.session.commit()
                ends.append("done")
            except DomainError as error:
                db.session.rollback()
                ends.append(type(error).__name__)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(ends)


def test_of_two_who_decide_at_once_one_does(real_app: Flask) -> None:
    with real_app.app_context():
        cast, pipeline = make_cast(), make_pipeline()
        deal_id = make_deal(pipeline, 1, manager_id=cast.boris).id
        request = MassRequest(act="deals.delete", ids=[deal_id], data={}, asked_by_id=cast.boris)
        db.session.add(request)
        db.session.commit()
        number = request.id

    def decide(turn: int) -> None:
        found = db.session.get_one(MassRequest, number)
        deed, who = ((mass.approve, cast.owner), (mass.decline, cast.head))[turn % 2]
        deed(found, version=1, actor=db.session.get_one(User, who))

    assert at_once(real_app, 4, decide) == [MassError.__name__] * 3 + ["done"]
    with real_app.app_context():
        found = db.session.get_one(MassRequest, number)
        gone = db.session.get_one(Deal, deal_id).deleted_at is not None
        assert gone == (found.status == DONE)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Event).where(Event.kind.startswith("mass."))) == 1


def test_many_at_once_do_not_slip_through_uncounted(real_app: Flask) -> None:
    with real_app.app_context():
        cast, pipeline = make_cast(), make_pipeline()
        ids = [make_deal(pipeline, 1, title=f"Сделка {number}").id for number in range(6)]
        db.session.commit()
        allow(2)
    assert at_once(real_app, 6, lambda number: mass.mass_act(
        DELETE, [ids[number]], actor=db.session.get_one(User, cast.head))) == ["done"] * 6
    assert left(real_app) == 4
    assert [len(one.ids) for one in requests(real_app)] == [4]
