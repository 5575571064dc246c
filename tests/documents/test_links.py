"""The client's page: who opens it, what counts as read, what a guesser learns."""

import datetime as dt
import re

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import Organization
from crm.core.db import db, utcnow
from crm.core.events import Event
from crm.deals.models import Deal
from crm.documents import pdf
from crm.documents.models import DocumentLink
from crm.documents.routes import public
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, link_of, text_of


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


@pytest.fixture
def page(app: Flask, cast: Cast, boris: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a made quote, for our own people."""
    monkeypatch.setattr(pdf, "program", lambda: None)
    public.misses.forget()
    public.openings.forget()
    deal_id = committed(app, cast)
    return boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"}
                      ).headers["Location"]


@pytest.fixture
def path(boris: FlaskClient, page: str) -> str:
    return link_of(boris, page)


def opened(app: Flask) -> tuple[int, int]:
    """(openings counted, facts on the timeline)."""
    with app.app_context():
        total = db.session.scalar(sa.select(sa.func.sum(DocumentLink.opened)))
        facts = db.session.scalars(sa.select(Event.id).where(Event.kind == "document.opened")).all()
        return int(total or 0), len(facts)


def key_of(client: FlaskClient, path: str) -> str:
    found = re.search(r'data-opened-key="([^"]+)"', client.get(path).text)
    assert found is not None
    return found.group(1)


def test_a_stranger_reads_the_document_in_its_own_language(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    for part in ('<html lang="ru"', "КП 1/2026", "«Рога &amp; Копыта»", "Борис Ёлкин", "Скачать"):
        assert part in answer.text
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    file = client.get(f"{path}/file")
    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "Стол <30 мм> & стул" in text_of(file.data)


def test_fetching_the_page_counts_nothing(app: Flask, client: FlaskClient, path: str) -> None:
    client.get(path)
    client.head(path)
    client.get(f"{path}/file")
    client.get(f"{path}/opened")
    assert opened(app) == (0, 0)


def test_the_shown_page_counts_once_however_often_it_says_so(app: Flask, client: FlaskClient, path: str) -> None:
    key = key_of(client, path)
    answers = [client.post(f"{path}/opened", data={"key": key}).status_code for _twice in range(2)]
    assert (answers, opened(app)) == ([204, 204], (1, 1))


def test_another_showing_counts_but_does_not_repeat_itself_on_the_timeline(app: Flask, client: FlaskClient,
                                                                           path: str) -> None:
    for _times in range(3):
        client.post(f"{path}/opened", data={"key": key_of(client, path)})
    assert opened(app) == (3, 1)


def test_an_opening_of_the_future_silences_no_later_one(app: Flask, client: FlaskClient, path: str) -> None:
    """The clock was 400 days ahead for an hour: what is opened today is told today, and the link lasts no longer than any."""
    with time_machine.travel(utcnow() + dt.timedelta(days=20)):
        client.post(f"{path}/opened", data={"key": key_of(client, path)})
    with app.app_context():
        db.session.execute(sa.update(DocumentLink).values(ends_at=utcnow() + dt.timedelta(days=430)))
        db.session.commit()
    client.post(f"{path}/opened", data={"key": key_of(client, path)})
    assert opened(app) == (2, 2)
    with app.app_context():
        link = db.session.scalars(sa.select(DocumentLink)).one()
        assert link.opened_at is not None
        assert link.opened_at <= utcnow()
        assert link.ends_at <= utcnow() + dt.timedelta(days=30)


def test_an_opening_stands_on_the_timelines_of_deal_company_and_person(app: Flask, client: FlaskClient,
                                                                       path: str) -> None:
    client.post(f"{path}/opened", data={"key": key_of(client, path)})
    with app.app_context():
        event = db.session.scalars(sa.select(Event).where(Event.kind == "document.opened")).one()
        deal = db.session.scalars(sa.select(Deal)).one()
        assert {(link.card, link.card_id) for link in event.links} >= {
            ("deal", deal.id), ("company", deal.company_id), ("contact", deal.contact_id)}
        assert (event.actor_id, event.data["title"]) == (None, "КП 1/2026")


def test_our_own_people_do_not_count_as_the_client(app: Flask, boris: FlaskClient, path: str) -> None:
    assert boris.post(f"{path}/opened", data={"key": key_of(boris, path)}).status_code == 204
    assert opened(app) == (0, 0)


def test_an_opening_without_the_key_of_a_shown_page_is_refused(app: Flask, client: FlaskClient, path: str) -> None:
    assert [client.post(f"{path}/opened", data=data).status_code for data in ({}, {"key": "x" * 5000})] == [422, 422]
    assert opened(app) == (0, 0)


def test_an_opening_needs_no_session_although_tokens_are_checked(app: Flask, client: FlaskClient, path: str) -> None:
    key = key_of(client, path)
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert client.post(f"{path}/opened", data={"key": key}).status_code == 204
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
    assert opened(app) == (1, 1)


def test_unknown_ended_recalled_and_switched_off_links_look_alike(app: Flask, boris: FlaskClient, client: FlaskClient,
                                                                  page: str, path: str) -> None:
    def seen(address: str) -> tuple[int, str]:
        answer = client.get(address)
        same = re.sub(r'(name="csrf[-_]token" (?:content|value))="[^"]*"|[0-9a-f]{12}', r"\1", answer.text.replace(address, ""))
        return answer.status_code, same

    alive = client.get(path).status_code
    unknown = seen("/q/1-" + "0" * 43)
    with app.app_context():
        db.session.scalars(sa.select(DocumentLink)).one().ends_at = utcnow() - dt.timedelta(seconds=1)
        db.session.commit()
    ended = seen(path)
    second = link_of(boris, page)
    with app.app_context():
        link_id = db.session.scalars(sa.select(sa.func.max(DocumentLink.id))).one()
    assert client.get(second).status_code == 200
    boris.post(f"{page}/link/{link_id}/recall")
    recalled = seen(second)
    third = link_of(boris, page)
    with app.app_context():
        db.session.scalars(sa.select(Organization)).one().modules_off = ["links"]
        db.session.commit()
    off = seen(third)
    assert (alive, unknown[0]) == (200, 404)
    assert unknown == ended == recalled == off
    assert [client.post(f"{address}/opened", data={"key": "k"}).status_code for address in (path, second, third)] == [
        404, 404, 404]


def test_a_dead_link_says_whom_to_ask_and_leads_nowhere(app: Flask, client: FlaskClient, boris: FlaskClient, page: str,
                                                        path: str) -> None:
    with app.app_context():
        link_id = db.session.scalars(sa.select(DocumentLink.id)).one()
    boris.post(f"{page}/link/{link_id}/recall")
    dead = [client.get(address, headers={"Accept-Language": "en"})
            for address in (path, "/q/1-never", "/q/", f"{path}/file", f"{path}/more/of/it")]
    assert {answer.status_code for answer in dead} == {404}
    assert len({answer.text for answer in dead}) == 1
    assert "This link no longer works" in dead[0].text
    assert "Ask whoever sent it to you for a new one." in dead[0].text
    for way in ("<a ", "<button", "<form", "Try again", "home page", "ООО «Тест»", "Voronka"):
        assert way not in dead[0].text
    assert dead[0].headers["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert dead[0].headers["Cache-Control"] == "private, no-store"


def test_the_link_of_a_deal_in_the_bin_opens_nothing(app: Flask, client: FlaskClient, path: str) -> None:
    with app.app_context():
        db.session.scalars(sa.select(Deal)).one().deleted_at = utcnow()
        db.session.commit()
    assert client.get(path).status_code == 404


def test_only_a_hash_of_the_secret_is_kept(app: Flask, path: str) -> None:
    token = path.removeprefix("/q/")
    with app.app_context():
        link = db.session.scalars(sa.select(DocumentLink)).one()
        assert len(link.token_hash) == 64
        assert token.partition("-")[2] not in link.token_hash
        assert dt.timedelta(days=29) < link.ends_at - utcnow() <= dt.timedelta(days=30)
        data = [event.data for event in db.session.scalars(sa.select(Event))]
    assert token not in repr(data)


def test_asking_for_a_link_again_gives_the_same_one(app: Flask, boris: FlaskClient, page: str, path: str) -> None:
    assert link_of(boris, page) == path
    with app.app_context():
        assert len(db.session.scalars(sa.select(DocumentLink)).all()) == 1


def test_a_guesser_is_slowed_down(client: FlaskClient, path: str) -> None:
    answers = [client.get(f"/q/{number}-guess").status_code for number in range(31)]
    assert answers == [404] * 30 + [429]
    assert client.get(path).status_code == 429
    public.misses.forget()
    assert client.get(path).status_code == 200


def test_several_processes_share_the_number(app: Flask, client: FlaskClient, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WORKERS", 4)
    answers = [client.get(f"/q/{number}-guess").status_code for number in range(9)]
    assert answers == [404] * 8 + [429]


def test_our_people_see_when_the_client_opened_it(app: Flask, client: FlaskClient, boris: FlaskClient, page: str,
                                                  path: str) -> None:
    assert "opened today" not in boris.get("/documents").text
    client.post(f"{path}/opened", data={"key": key_of(client, path)})
    with app.app_context():
        deal_id = db.session.scalars(sa.select(Deal.id)).one()
    assert "opened today" in boris.get(f"/deals/{deal_id}/documents").text
    assert "times in total: 1" in boris.get(page).text


def test_the_card_of_the_link_says_until_when_the_quote_itself_holds(boris: FlaskClient, page: str, path: str) -> None:
    assert re.search(r"It works until [^<]*The quote itself holds until 5 Dec\.", boris.get(page).text)
