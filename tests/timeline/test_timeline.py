"""The timeline of a card: who reads it, who writes on it, what it says."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.clients import operations
from crm.core.db import db
from crm.core.events import Event, EventLink, declare, record
from crm.deals import events as deal_events
from crm.deals.models import Deal
from crm.timeline import words
from tests.cast import Cast, sign_in
from tests.factories import make_company, make_contact, make_deal, make_pipeline
from tests.statements import asked

HX = {"HX-Request": "true"}
UNHEARD = declare("test.unheard", "Something new", "flag")  # type: ignore[arg-type]


@pytest.fixture
def person(app: Flask, cast: Cast) -> int:
    """A person of Boris, of a company of Boris."""
    with app.app_context():
        boris = db.session.get_one(User, cast.boris)
        company = operations.create_company(actor=boris, name="Ромашка")
        made = operations.create_contact(actor=boris, surname="Ёлкин", company=company)
        db.session.commit()
        return made.id


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


def links_of_last(app: Flask) -> list[str]:
    with app.app_context():
        last = db.session.scalar(sa.select(sa.func.max(Event.id)))
        return list(db.session.scalars(
            sa.select(EventLink.card).where(EventLink.event_id == last).order_by(EventLink.card)))


def test_a_note_stands_on_the_card_and_on_its_company_newest_first(
        app: Flask, boris: FlaskClient, person: int) -> None:
    answer = boris.post(f"/timeline/contact/{person}/note", headers=HX,
                        data={"what": "note", "text": "Wants a discount"})
    assert (answer.status_code, '"timeline-changed": true' in answer.headers["HX-Trigger"]) == (200, True)
    page = boris.get(f"/timeline/contact/{person}", headers=HX).get_data(as_text=True)
    assert page.index("Wants a discount") < page.index("Person added")
    assert links_of_last(app) == ["company", "contact"]


def test_a_call_tells_how_it_ended(boris: FlaskClient, person: int) -> None:
    boris.post(f"/timeline/contact/{person}/note", data={"what": "no_answer", "text": ""}, headers=HX)
    assert "Phone call: No answer" in boris.get(f"/timeline/contact/{person}", headers=HX).get_data(as_text=True)


def test_an_empty_note_is_refused_and_keeps_the_composer(boris: FlaskClient, person: int) -> None:
    answer = boris.post(f"/timeline/contact/{person}/note", data={"what": "note", "text": "  "}, headers=HX)
    assert (answer.status_code, "Write the note first." in answer.get_data(as_text=True)) == (422, True)


def test_a_double_click_writes_a_note_once(app: Flask, boris: FlaskClient, person: int) -> None:
    for _ in range(2):
        boris.post(f"/timeline/contact/{person}/note", data={"what": "note", "text": "once", "once": "k1"}, headers=HX)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(Event.kind == "note.added")) == 1


def test_without_scripts_the_timeline_is_a_page_with_a_composer(boris: FlaskClient, person: int) -> None:
    answer = boris.post(f"/timeline/contact/{person}/note", data={"what": "note", "text": "by hand"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/timeline/contact/{person}")
    page = boris.get(f"/timeline/contact/{person}").get_data(as_text=True)
    assert ["by hand" in page, "<!doctype html>" in page, 'name="text"' in page] == [True, True, True]


def test_older_facts_come_by_pages_and_none_twice(app: Flask, boris: FlaskClient, person: int) -> None:
    with app.app_context():
        contact = db.session.get_one(operations.people.Contact, person)
        for number in range(45):
            operations.add_note(contact, text=f"note number {number:02}.", actor=None)
        db.session.commit()
    url, seen = f"/timeline/contact/{person}?part=rows", []
    for _ in range(3):
        page = boris.get(url, headers=HX).get_data(as_text=True)
        seen += [number for number in range(45) if f"note number {number:02}." in page]
        url = page.rpartition('hx-get="')[2].split('"')[0].replace("&amp;", "&") if "Show more" in page else ""
    assert (sorted(seen), url) == (list(range(45)), "")


def test_the_viewer_reads_and_does_not_write(app: Flask, person: int) -> None:
    viewer = sign_in(app, "viewer")
    page = viewer.get(f"/timeline/contact/{person}", headers=HX)
    assert (page.status_code, "<form" in page.get_data(as_text=True)) == (200, False)
    assert viewer.post(f"/timeline/contact/{person}/note", data={"text": "x"}, headers=HX).status_code == 403


def test_a_strangers_timeline_is_not_there(app: Flask, person: int) -> None:
    gleb = sign_in(app, "gleb")
    for url in (f"/timeline/contact/{person}", "/timeline/contact/999999", "/timeline/user/1", "/timeline/deal/1"):
        assert gleb.get(url).status_code == 404
    assert gleb.post(f"/timeline/contact/{person}/note", data={"text": "x"}).status_code == 404


def test_what_is_said_of_a_colleagues_deal_is_not_told_on_a_shared_client(
        app: Flask, cast: Cast, boris: FlaskClient) -> None:
    with app.app_context():
        contact, pipeline = make_contact(manager_id=cast.boris), make_pipeline()
        for manager, title in ((cast.boris, "My own deal"), (cast.gleb, "Secret of Gleb")):
            deal = make_deal(pipeline, title=title, contact=contact, manager_id=manager)
            record(deal_events.DEAL_CREATED, deal, contact, actor_id=manager, title=title)
        db.session.commit()
        url = f"/timeline/contact/{contact.id}"
    told = {who: sign_in(app, who).get(url, headers=HX).get_data(as_text=True) for who in ("boris", "head")}
    assert {who: ["My own deal" in page, "Secret of Gleb" in page] for who, page in told.items()} == {
        "boris": [True, False], "head": [True, True]}


def test_a_note_about_a_colleagues_person_is_not_told_on_the_company(
        app: Flask, cast: Cast, boris: FlaskClient) -> None:
    with app.app_context():
        company = make_company("Ромашка", manager_id=cast.boris)
        theirs = make_contact(company=company, manager_id=cast.gleb)
        operations.add_note(theirs, text="Secret of Gleb", actor=db.session.get_one(User, cast.gleb), also=[company])
        operations.add_note(company, text="Known to all", actor=None)
        db.session.commit()
        url = f"/timeline/company/{company.id}"
    page = boris.get(url, headers=HX).get_data(as_text=True)
    assert ["Known to all" in page, "Secret of Gleb" in page] == [True, False]


def test_a_deal_that_is_written_on_is_not_forgotten(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    with app.app_context():
        company = make_company(manager_id=cast.boris)
        deal = make_deal(make_pipeline(), company=company, manager_id=cast.boris)
        db.session.commit()
        deal_id, before = deal.id, deal.touched_at
    answer = boris.post(f"/timeline/deal/{deal_id}/note", data={"what": "talked", "text": "agreed"}, headers=HX)
    assert answer.status_code == 200
    with app.app_context():
        assert db.session.get_one(Deal, deal_id).touched_at > before
    assert links_of_last(app) == ["company", "deal"]


def test_the_number_of_queries_does_not_grow_with_the_facts(app: Flask, boris: FlaskClient, person: int) -> None:
    def count() -> int:
        with asked(app) as seen:
            boris.get(f"/timeline/contact/{person}", headers=HX)
        return len([text for text in seen if text.startswith("SELECT")])

    one = count()
    for number in range(3):
        boris.post(f"/timeline/contact/{person}/note", data={"what": "note", "text": str(number)}, headers=HX)
    assert count() == one


@pytest.mark.parametrize(("kind", "data", "what", "text"), [
    ("deal.stage_changed", {"before": "New", "after": "Talks"}, "Stage changed: New → Talks", ""),
    ("deal.created", {"title": "Roof", "amount": 1200000, "currency": "USD"}, "Deal created: Roof, $12,000", ""),
    ("deal.changed", {"changed": {"amount": [100, 20000], "title": ["", "Roof"], "expected_on": ["2025-01-31", None]},
                      "currency": "USD"}, "Deal changed",
     "Amount: $1 → $200\nName: Roof\nDecision expected: 31 Jan 2025 → empty"),
    ("deal.lost", {"reason": "Price", "text": "too dear"}, "Deal lost: Price", "too dear"),
    ("test.unheard", {"strange": {"deep": [1]}, "title": "T"}, "Something new: T", ""),
    ("gone.away", {}, "gone.away", "")])
def test_a_fact_is_told_by_what_it_holds(app: Flask, kind: str, data: dict, what: str, text: str) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        line = words.line(Event(kind=kind, data=data))
    assert (line.what, line.text.replace("\u00a0", " ")) == (what, text)


@pytest.mark.parametrize("before", range(140, 165, 4))
def test_where_a_long_text_is_cut_nothing_is_left_of_a_hidden_number(app: Flask, context: object, cast: Cast, before: int) -> None:
    text = "ж" * before + " +7 905 111-22-33 vera@firm.example"
    fact = Event(kind=deal_events.DEAL_CHANGED.code, actor_id=cast.boris, data={"changed": {"comment": ["", text]}})
    told = words.line(fact, frozenset({"client.phone", "client.email"})).text
    assert "жж" in told
    assert [one for one in ("905", "+7", "vera") if one in told] == []
