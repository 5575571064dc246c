"""Documents for all deals of a list: whose, how far, what is left out and why, one archive."""

import io
import re
import zipfile
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import roles
from crm.accounts.models import User
from crm.core import dates
from crm.core.db import db, utcnow
from crm.core.jobs import run_one
from crm.deals.models import Deal
from crm.documents import operations
from crm.documents.models import Document, DocumentBatch, Template, TemplateVersion
from crm.documents.operations import batches
from crm.guard.models import Taken
from tests.cast import Cast, sign_in
from tests.documents.scene import make_scene, text_of
from tests.factories import make_deal


@pytest.fixture
def deals(app: Flask, cast: Cast) -> list[int]:
    """Four open deals of Boris and one of Gleb."""
    with app.app_context():
        first = make_scene(cast)
        made = [first, *(make_deal(first.pipeline, title=f"Сделка {number}", manager_id=cast.boris, company=first.company, amount=1000)
                         for number in range(3)), make_deal(first.pipeline, title="Чужая", manager_id=cast.gleb)]
        db.session.commit()
        return [deal.id for deal in made]


def begin(client: FlaskClient, query: str = "", **data: str) -> str:
    answer = client.post(f"/documents/many{query}", data={"kind": "quote", "locale": "ru", "dated": "2026-11-27", **data})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def work(app: Flask) -> None:
    with app.app_context():
        while run_one():
            pass
        db.session.remove()


def test_each_deal_of_one_s_own_list_gets_its_document_and_all_come_in_one_archive(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    assert "4 deals of the list" in boris.get("/documents/many").text
    page = begin(boris)
    assert 'hx-trigger="every 1s"' in boris.get(page).text
    work(app)
    shown = boris.get(page).text
    assert "4 documents are ready." in shown
    assert "every 1s" not in shown
    archive = zipfile.ZipFile(io.BytesIO(boris.get(f"{page}/archive.zip").data))
    texts = [text_of(archive.read(name)) for name in archive.namelist()]
    assert len(texts) == 4
    assert [sum(f"№ {number}/2026" in text for text in texts) for number in (1, 2, 3, 4, 5)] == [1, 1, 1, 1, 0]
    with app.app_context():
        assert {row.deal_id for row in db.session.scalars(sa.select(Document))} == set(deals[:4])
        assert db.session.scalar(sa.select(Taken.rows).where(Taken.user_id == cast.boris)) == 4


def test_the_filter_of_the_list_says_for_which(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    assert "/documents/many?q=" in boris.get("/deals?q=Сделка").text
    page = begin(boris, "?q=Сделка+1")
    work(app)
    assert "1 document is ready." in boris.get(page).text


def test_sent_twice_it_is_one_batch(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    assert begin(boris, once="same") == begin(boris, once="same")
    work(app)
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count(Document.id))) == 4


def test_nobody_else_sees_stops_or_takes_it(app: Flask, cast: Cast, deals: list[int]) -> None:
    page = begin(sign_in(app, "boris"))
    for who in ("vera", "owner"):
        client = sign_in(app, who)
        answers = client.get(page), client.get(f"{page}/archive.zip"), client.post(f"{page}/stop")
        assert [answer.status_code for answer in answers] == [404] * 3
    assert sign_in(app, "viewer").get("/documents/many").status_code == 403


def test_stopped_it_keeps_what_is_made(app: Flask, cast: Cast, deals: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 1)
    boris, seen = sign_in(app, "boris"), []
    page = begin(boris)
    really = batches.make_document

    def making(deal: Deal, **more: Any) -> Document:
        seen.append(deal.id)
        if len(seen) == 2:
            batch = db.session.scalars(sa.select(DocumentBatch)).one()
            operations.stop_batch(batch)
        return really(deal, **more)

    monkeypatch.setattr(batches, "make_document", making)
    work(app)
    shown = boris.get(page).text
    assert "2 documents are ready." in shown
    assert "You stopped it" in shown


def test_what_cannot_be_made_is_named_with_its_reason_and_the_rest_goes_on(
        app: Flask, cast: Cast, deals: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    really = batches.make_document

    def failing(deal: Deal, **more: Any) -> Document:
        made = really(deal, **more)
        if deal.id == deals[1]:
            raise operations.DocumentError("Out of paper.")
        return made

    monkeypatch.setattr(batches, "make_document", failing)
    boris = sign_in(app, "boris")
    page = begin(boris)
    work(app)
    shown = boris.get(page).text
    assert "3 documents are ready." in shown
    assert "Out of paper." in shown
    assert "Сделка 0" in shown
    with app.app_context():  # the number of the one that was given up is not lost
        assert sorted(db.session.scalars(sa.select(Document.number))) == [1, 2, 3]


def test_a_right_that_was_taken_away_meanwhile_counts(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    page = begin(boris)
    with app.app_context():
        db.session.get_one(Deal, deals[0]).manager_id = cast.gleb
        db.session.get_one(Deal, deals[1]).deleted_at = db.session.get_one(User, cast.boris).created_at
        db.session.commit()
    work(app)
    shown = boris.get(page).text
    assert "2 documents are ready." in shown
    assert shown.count("You may not make documents for this deal any more.") + shown.count("больше нельзя создавать документы") == 2
    assert "Оснащение класса" not in shown


def test_broken_off_it_goes_on_where_it_was(app: Flask, cast: Cast, deals: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "AT_ONCE", 3)
    page, really = begin(sign_in(app, "boris")), batches.make_document

    def dying(deal: Deal, **more: Any) -> Document:
        if deal.id == deals[0]:
            raise KeyboardInterrupt
        return really(deal, **more)

    monkeypatch.setattr(batches, "make_document", dying)
    with app.app_context():
        batch_id = int(page.rsplit("/", 1)[1])
        with pytest.raises(KeyboardInterrupt):
            operations.run_batch(batch_id)
        db.session.rollback()
        assert db.session.get_one(DocumentBatch, batch_id).done in (0, 3)
        monkeypatch.setattr(batches, "make_document", really)
        operations.run_batch(batch_id)
        numbers = sorted(db.session.scalars(sa.select(Document.number)))
        assert numbers == [1, 2, 3, 4]


def test_more_than_a_thousand_are_refused_with_a_sentence(
        app: Flask, cast: Cast, deals: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST", 3)
    monkeypatch.setattr(batches, "MOST", 3)
    boris = sign_in(app, "boris")
    assert "more than 3 deals" in boris.get("/documents/many").text
    answer = boris.post("/documents/many", data={"kind": "quote", "locale": "ru"})
    assert (answer.status_code, "more than 3 deals" in answer.text) == (422, True)


def test_without_a_template_each_deal_says_so(app: Flask, cast: Cast, deals: list[int]) -> None:
    with app.app_context():
        operations.install_templates(actor=None)
        db.session.execute(sa.update(Template).values(archived=True))
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count(TemplateVersion.id)))
        roles.set_level("manager", "own")
        db.session.commit()
    boris = sign_in(app, "boris")
    page = begin(boris)
    work(app)
    assert "0 documents are ready." in boris.get(page).text


def test_deals_that_have_one_already_are_listed_and_left_out_unless_wanted(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    begin(boris, "?q=Сделка+1", kind="act")
    work(app)
    asked = boris.get("/documents/many?kind=act").text
    assert f'value="{dates.today().isoformat()}"' in asked
    assert "1 deal has a document of this kind in force already" in asked
    assert re.search(r'href="/deals/\d+">Сделка 1</a>[^<]*<div class="sub">1/2026', asked)
    assert "in force already" not in boris.get("/documents/many?kind=quote").text
    page = begin(boris, kind="act")
    work(app)
    shown = boris.get(page).text
    assert "3 documents are ready." in shown
    assert "1/2026 of 27 Nov is in force already." in shown
    none_left = boris.post("/documents/many", data={"kind": "act", "locale": "ru", "dated": "2026-11-27"})
    assert (none_left.status_code, "Each of these deals has one already." in none_left.text) == (422, True)
    page = begin(boris, kind="act", again="y")
    work(app)
    assert "4 documents are ready." in boris.get(page).text


def test_what_stayed_empty_is_told_with_the_way_to_each_paper(app: Flask, cast: Cast, deals: list[int]) -> None:
    with app.app_context():
        bare = db.session.get_one(Deal, deals[1])
        bare.company = None
        for deal_id in (deals[0], *deals[2:]):
            db.session.get_one(Deal, deal_id).deleted_at = utcnow()
        db.session.commit()
    boris = sign_in(app, "boris")
    page = begin(boris)
    work(app)
    shown = boris.get(page).text
    with app.app_context():
        made = db.session.scalars(sa.select(Document)).one()
    assert "1 document has empty fields." in shown
    found = re.search(rf'href="/documents/{made.id}">[^<]*1/2026</a>[^<]*<div class="sub">[^<]*empty fields: (\d+)', shown)
    assert found is not None
    assert int(found[1]) > 2


def test_of_several_templates_one_may_be_chosen_for_all(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    page = boris.get("/documents/many?kind=contract&locale=ru").text
    chosen = re.search(r'<option value="([^"]+)">Contract of work</option>', page)
    assert chosen is not None
    assert 'name="template"' not in boris.get("/documents/many?kind=quote&locale=ru").text
    begin(boris, kind="contract", template=chosen[1])
    work(app)
    with app.app_context():
        made = db.session.scalars(sa.select(Document).order_by(Document.id)).all()
        assert {row.version.template.name for row in made if row.version} == {"Договор подряда"}


def test_the_page_looks_again_at_what_is_chosen_and_keeps_the_list(app: Flask, cast: Cast, deals: list[int]) -> None:
    boris = sign_in(app, "boris")
    answer = boris.post("/documents/many/look?q=Сделка", data={"kind": "act", "locale": "en", "dated": "2026-11-02", "once": "x"})
    assert answer.status_code == 303
    page = boris.get(answer.headers["Location"]).text
    assert "3 deals of the list" in page
    assert '<option selected value="act">' in page
    assert 'value="2026-11-02"' in page
