"""The client accepts a quote on its page, or asks; what that does here."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.core import dates
from crm.core.db import db
from crm.core.events import Event
from crm.deals.arrivals import ACCEPTED
from crm.deals.models import Deal, Stage
from crm.documents.models import Document
from crm.documents.operations import answers
from crm.documents.routes import public
from crm.tasks.models import Task
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, link_of

NAME = "Ольга Лебедь"


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr("crm.documents.pdf.program", lambda: None)
    for pace in (public.misses, public.openings, public.answers):
        pace.forget()
    return sign_in(app, "boris")


def made(app: Flask, cast: Cast, boris: FlaskClient, kind: str = "quote", **more: str) -> str:
    """A document of Boris's deal and the path of its link."""
    deal_id = committed(app, cast)
    page = boris.post(f"/deals/{deal_id}/documents", data={"kind": kind, "locale": "en", **more}).headers["Location"]
    return link_of(boris, page)


@pytest.fixture
def path(app: Flask, cast: Cast, boris: FlaskClient) -> str:
    return made(app, cast, boris)


def key_of(client: FlaskClient, path: str, sort: str = "a") -> str:
    found = re.search(rf'name="key" value="([^"]+-{sort})"', client.get(path).text)
    assert found is not None
    return found[1]


def accept(client: FlaskClient, path: str, name: str = NAME) -> int:
    return client.post(f"{path}/accept", data={"key": key_of(client, path), "name": name}).status_code


def the_document() -> Document:
    return db.session.scalars(sa.select(Document)).one()


def facts(kind: str) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.id)))


def let_arrive(place: int, *requires: str) -> None:
    """The stage at this place of the pipeline is where accepted deals come by themselves."""
    stage = db.session.scalars(sa.select(Stage).order_by(Stage.position)).all()[place]
    stage.arrives_on, stage.requires = ACCEPTED, list(requires)
    db.session.commit()


@pytest.mark.parametrize("answer", ["accept", "ask"])
def test_who_answers_has_opened_it_also_without_javascript(app: Flask, path: str, answer: str) -> None:
    client = app.test_client()
    if answer == "accept":
        accept(client, path)
    else:
        client.post(f"{path}/ask", data={"key": key_of(client, path, "q"), "asker": NAME, "text": "When?"})
    with app.app_context():
        (link,) = the_document().links
        assert (link.opened, link.opened_at is not None) == (1, True)
        said = [event.kind for event in db.session.scalars(sa.select(Event).where(Event.kind.in_(
            ["document.opened", "document.accepted", "document.asked"])).order_by(Event.id))]
    assert said == ["document.opened", f"document.{answer}ed"]


def test_an_acceptance_is_kept_with_name_and_moment_and_told_to_both_sides(
        app: Flask, client: FlaskClient, boris: FlaskClient, path: str) -> None:
    shown = client.get(path).text
    assert "Accept the quote" in shown
    assert "not a qualified electronic signature" in shown
    assert accept(client, path) == 303
    shown = client.get(path).text
    assert f"Accepted: {NAME}" in shown
    assert "Accept the quote" not in shown
    with app.app_context():
        document, [fact] = the_document(), facts("document.accepted")
        assert (document.accepted_by, fact.data["by"], fact.data["address"]) == (NAME, NAME, "127.0.0.1")
        assert document.accepted_at is not None
        assert {link.card for link in fact.links} == {"document", "deal", "company", "contact"}
        own, timeline = f"/documents/{document.id}", f"/timeline/deal/{document.deal_id}"
        [task] = db.session.scalars(sa.select(Task).where(Task.text.contains("agree on what comes next")
                                                          | Task.text.contains("Договориться")))
        assert (task.due_on, task.assignee_id) == (dates.today(), document.deal.manager_id)
    assert NAME in boris.get(own).text
    assert "The client accepted the quote" in boris.get(timeline).text
    assert "accepted" in boris.get("/documents").text


def test_it_counts_once_however_often_it_is_sent_and_the_first_name_stays(app: Flask, client: FlaskClient, path: str) -> None:
    key, same, other = key_of(client, path), key_of(client, path), key_of(client, path)
    for sent in (key, key, same):
        assert client.post(f"{path}/accept", data={"key": sent, "name": NAME}).status_code == 303
    answer = client.post(f"{path}/accept", data={"key": other, "name": "Somebody else"})
    assert (answer.status_code, f"{NAME} has accepted this quote already" in answer.text) == (422, True)
    assert f"Accepted: {NAME}" in answer.text
    with app.app_context():
        assert (the_document().accepted_by, len(facts("document.accepted"))) == (NAME, 1)


def test_a_nameless_one_and_one_without_a_key_are_refused_with_a_sentence(app: Flask, client: FlaskClient, path: str) -> None:
    answer = client.post(f"{path}/accept", data={"key": key_of(client, path), "name": "  "})
    assert (answer.status_code, "Type your name." in answer.text) == (422, True)
    for key in ("", "x" * 41):
        answer = client.post(f"{path}/accept", data={"key": key, "name": NAME})
        assert (answer.status_code, "Reload the page" in answer.text) == (422, True)
    with app.app_context():
        assert the_document().accepted_at is None


def test_an_expired_quote_and_a_contract_cannot_be_accepted(app: Flask, cast: Cast, boris: FlaskClient, client: FlaskClient) -> None:
    path = made(app, cast, boris)
    with app.app_context():
        the_document().valid_until = dates.today() - dt.timedelta(days=1)
        db.session.commit()
    shown = client.get(path).text
    assert "This offer has expired" in shown
    assert "Accept the quote" not in shown
    answer = client.post(f"{path}/accept", data={"key": "late-a", "name": NAME})
    assert (answer.status_code, "This offer has expired" in answer.text) == (422, True)
    contract = made(app, cast, boris, "contract")
    assert "Accept the quote" not in client.get(contract).text
    assert client.post(f"{contract}/accept", data={"key": "other-a", "name": NAME}).status_code == 422
    with app.app_context():
        assert facts("document.accepted") == []


def test_nobody_of_ours_answers_for_a_client(app: Flask, boris: FlaskClient, path: str) -> None:
    assert "Accept the quote" not in boris.get(path).text
    assert boris.post(f"{path}/accept", data={"key": "ours-a", "name": NAME}).status_code == 403
    assert boris.post(f"{path}/ask", data={"key": "ours-q", "asker": NAME, "text": "Why?"}).status_code == 403
    with app.app_context():
        assert the_document().accepted_at is None


def test_a_deal_goes_by_itself_to_the_stage_that_says_so(app: Flask, client: FlaskClient, path: str) -> None:
    with app.app_context():
        let_arrive(1)
        before = the_document().deal.stage.position
    assert accept(client, path) == 303
    with app.app_context():
        deal = the_document().deal
        assert (before, deal.stage.position) == (0, 1)
        [moved] = facts("deal.stage_changed")
        assert moved.actor_id is None


def test_a_deal_that_lacks_something_stays_and_the_timeline_says_why(app: Flask, client: FlaskClient, path: str) -> None:
    with app.app_context():
        let_arrive(1, "document_contract")
    assert accept(client, path) == 303
    with app.app_context():
        document = the_document()
        assert (document.accepted_by, document.deal.stage.position, facts("deal.stage_changed")) == (NAME, 0, [])
        assert "осталась на своём этапе" in facts("document.accepted")[0].data["text"]


def test_a_deal_that_is_farther_or_closed_does_not_go_back(app: Flask, client: FlaskClient, path: str) -> None:
    with app.app_context():
        let_arrive(0)
        deal = db.session.scalars(sa.select(Deal)).one()
        deal.stage = next(stage for stage in deal.pipeline.stages if stage.position == 1)
        db.session.commit()
    assert accept(client, path) == 303
    with app.app_context():
        assert the_document().deal.stage.position == 1


def test_a_question_stands_on_the_timeline_and_on_the_manager_s_desk(
        app: Flask, client: FlaskClient, boris: FlaskClient, path: str) -> None:
    answer = client.post(f"{path}/ask", data={"key": key_of(client, path, "q"), "asker": NAME, "text": "А можно <ещё> десять?"},
                         follow_redirects=True)
    assert "Your question has been sent." in answer.text
    with app.app_context():
        document, [fact] = the_document(), facts("document.asked")
        assert fact.data["text"] == "А можно <ещё> десять?"
        assert db.session.scalars(sa.select(Task).where(Task.text.contains("ещё"))).one().assignee_id == document.deal.manager_id
        timeline = f"/timeline/deal/{document.deal_id}"
    assert "А можно &lt;ещё&gt; десять?" in boris.get(timeline).text


def test_questions_end_somewhere(app: Flask, client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST_QUESTIONS", 2)
    asked = [client.post(f"{path}/ask", data={"key": f"{number}-q", "asker": NAME, "text": "And?"}) for number in range(3)]
    assert [answer.status_code for answer in asked] == [303, 303, 422]
    assert "Please call us" in asked[2].text


def test_one_address_answers_ten_times_a_minute(app: Flask, client: FlaskClient, path: str) -> None:
    assert [client.post(f"{path}/ask", data={}).status_code for _time in range(11)] == [422] * 10 + [429]


def test_a_link_that_ended_takes_no_answer(app: Flask, client: FlaskClient, boris: FlaskClient, path: str) -> None:
    with app.app_context():
        document = the_document()
        recall = f"/documents/{document.id}/link/{document.links[0].id}/recall"
    assert boris.post(recall).status_code == 303
    for end in ("accept", "ask"):
        assert client.post(f"{path}/{end}", data={"key": "1-a", "name": NAME, "asker": NAME, "text": "?"}).status_code == 404
    with app.app_context():
        assert (the_document().accepted_at, facts("document.asked")) == (None, [])

