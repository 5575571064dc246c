"""A client chooses on the page of a quote: the server reckons, the quote keeps what was chosen, the deal follows."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.accounts.models import User
from crm.core.db import db
from crm.deals import operations as deals
from crm.deals.models import Deal
from crm.deals.operations import LineInput
from crm.documents import operations
from crm.documents.models import Document
from crm.documents.routes import public
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, link_of, text_of
from tests.documents.test_answers import facts, key_of

LINES = tuple(LineInput(name=name, price=price, choice=choice, chosen=False, vat_rate=Decimal(22)) for name, price, choice in (
    ("Base", 100_000, None), ("Windows", 30_050, ""), ("Carpets", 20_000, ""), ("Standard", 500_000, "Package"),
    ("Premium", 900_000, "Package")))


class Scene:
    """A quote with a choice, behind its link; ids of its lines by name."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app, self.boris = app, sign_in(app, "boris")
        self.deal_id = committed(app, cast)
        with app.app_context():
            deal = self.deal()
            deals.set_lines(deal, LINES, actor=None)
            db.session.commit()
            self.ids = {line.name: line.id for line in deal.lines}
        self.page = self.boris.post(f"/deals/{self.deal_id}/documents", data={"kind": "quote", "locale": "en"}).headers["Location"]
        self.link = link_of(self.boris, self.page)

    def deal(self) -> Deal:
        return db.session.get_one(Deal, self.deal_id)

    def picks(self, names: Iterable[str]) -> dict[str, Any]:
        return {f"pick-{place}": str(self.ids[name]) for place, name in enumerate(names)}

    def accept(self, client: FlaskClient, *names: str, seen: int | str, key: str = "") -> TestResponse:
        return client.post(f"{self.link}/accept", data={
            "key": key or key_of(client, self.link), "name": "Olga", "seen": str(seen), **self.picks(names)})

    def state(self) -> tuple[int, set[str]]:
        with self.app.app_context():
            return self.deal().amount, {line.name for line in self.deal().lines if line.choice is not None and line.chosen}


@pytest.fixture
def scene(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setattr("crm.documents.pdf.program", lambda: None)
    for pace in (public.misses, public.openings, public.answers):
        pace.forget()
    return Scene(app, cast)


def the_document() -> Document:
    return db.session.scalars(sa.select(Document)).one()


def test_the_paper_says_what_is_in_the_total_and_what_may_be_chosen(app: Flask, scene: Scene) -> None:
    with app.app_context():
        text = text_of(operations.remake(the_document()))
        assert the_document().amount == 600_000
    inside, _head, beside = text.partition("To choose, not in the total")
    assert [name in inside for name in ("Base", "Standard (to choose: Package)", "6,000.00", "Windows")] == [True, True, True, False]
    assert [name in beside for name in ("Windows (optional)", "Carpets (optional)", "Premium (to choose: Package)", "Base")] == [
        True, True, True, False]


def test_discount_and_vat_of_what_may_be_chosen_stand_on_the_page_and_on_the_paper(
        app: Flask, cast: Cast, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crm.documents.pdf.program", lambda: None)
    boris, deal_id = sign_in(app, "boris"), committed(app, cast)
    with app.app_context():
        deals.set_lines(db.session.get_one(Deal, deal_id), (
            LineInput(name="Base", price=100_000, vat_rate=Decimal(22)),
            LineInput(name="Windows", price=30_000, choice="", chosen=False, discount=Decimal(5), vat_rate=Decimal(10)),
            LineInput(name="Carpets", price=20_000, choice="", chosen=False)), actor=None)
        db.session.commit()
    page = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "en"}).headers["Location"]
    shown = client.get(link_of(boris, page)).text
    assert "discount 5% · VAT 10%" in shown
    assert "No VAT" in shown
    beside = text_of(boris.get(f"{page}/word").data).partition("To choose, not in the total")[2].splitlines()
    windows, carpets = (next(line for line in beside if name in line) for name in ("Windows", "Carpets"))
    assert (windows, carpets) == ("Windows (discount 5%) (optional)", "Carpets (optional)")
    assert {"10%", "No VAT"} <= set(beside)


def test_other_papers_list_what_is_in_the_sum_alone(app: Flask, scene: Scene) -> None:
    with app.app_context():
        made = operations.make_document(scene.deal(), actor=None, template=operations.template_for(kind="invoice", locale="en", key=""))
        text = text_of(operations.remake(made))
    assert "Standard" in text
    assert not any(name in text for name in ("Windows", "Premium", "to choose"))


def test_the_client_chooses_and_the_deal_follows(app: Flask, scene: Scene, client: FlaskClient) -> None:
    assert scene.accept(client, "Premium", "Windows", seen=1_030_050).status_code == 303
    assert scene.state() == (1_030_050, {"Premium", "Windows"})
    with app.app_context():
        document = the_document()
        assert document.choice is not None
        assert (document.amount, document.choice["total"], document.accepted_by) == (1_030_050, 1_030_050, "Olga")
        assert [(one["name"], one["total"]) for one in document.choice["lines"]] == [("Windows", 30_050), ("Premium", 900_000)]
        told = facts("document.accepted")[0].data
        assert (told["amount"], "Premium" in told["text"], "Windows" in told["text"]) == (1_030_050, True, True)
    for page in (client.get(scene.link).text, scene.boris.get(scene.page).text):
        assert "Premium" in page.partition("Accepted")[2]
    assert "data-choices" not in client.get(scene.link).text


def test_another_choice_from_a_page_that_was_left_open_is_said_not_to_be_taken(app: Flask, scene: Scene, client: FlaskClient) -> None:
    assert scene.accept(client, "Premium", "Windows", seen=1_030_050).status_code == 303
    late = scene.accept(client, "Standard", seen=600_000, key="one")
    assert (late.status_code, "Olga has accepted this quote already" in late.text) == (422, True)
    assert scene.state() == (1_030_050, {"Premium", "Windows"})
    assert scene.accept(client, "Premium", "Windows", seen=1_030_050, key="two").status_code == 303


def test_without_javascript_the_server_shows_the_sum_before_it_is_accepted(scene: Scene, client: FlaskClient) -> None:
    first = scene.accept(client, "Premium", seen=600_000)
    assert first.status_code == 422
    assert "With your choice the total is ₽10,000. Look at it and accept once more." in first.text
    assert 'value="1000000" data-seen' in first.text
    assert scene.state() == (600_000, {"Standard"})
    assert scene.accept(client, "Premium", seen=1_000_000).status_code == 303


def test_the_total_is_reckoned_on_the_page_without_javascript(scene: Scene, client: FlaskClient) -> None:
    shown = client.get(f"{scene.link}", query_string={"seen": "1", **scene.picks(["Premium", "Carpets"])}).text
    assert 'value="1020000" data-seen' in shown
    assert 'value="600000" data-seen' in client.get(scene.link).text
    assert 'value="600000" data-seen' in client.get(scene.link, query_string={"seen": "1", **scene.picks(["Carpets"])}).text


@pytest.mark.parametrize(("names", "seen"), [
    ((), 100_000), (("Standard", "Premium"), 1_500_000), (("Windows",), 130_050), (("Standard", "Base"), 600_000), (("Premium",), "1"),
    (("Premium",), ""), (("Premium",), "-1000000"), (("Premium",), "1e6")])
def test_what_is_not_offered_is_not_accepted(
        app: Flask, scene: Scene, client: FlaskClient, names: tuple[str, ...], seen: int | str) -> None:
    assert scene.accept(client, *names, seen=seen).status_code == 422
    with app.app_context():
        assert the_document().accepted_at is None
    assert scene.state() == (600_000, {"Standard"})


def test_a_line_of_another_deal_is_not_offered(app: Flask, cast: Cast, scene: Scene, client: FlaskClient) -> None:
    other = committed(app, cast)
    with app.app_context():
        foreign = db.session.get_one(Deal, other).lines[0].id
    scene.ids["foreign"] = foreign
    assert scene.accept(client, "Standard", "foreign", seen=600_000).status_code == 422


def test_prices_of_the_quote_hold_and_a_deal_that_has_changed_stays(app: Flask, scene: Scene, client: FlaskClient) -> None:
    with app.app_context():
        for line in scene.deal().lines:
            line.price *= 2
        db.session.commit()
    assert scene.accept(client, "Premium", seen=1_000_000).status_code == 303
    assert scene.state()[1] == {"Standard"}
    with app.app_context():
        made = the_document()
        assert made.choice is not None
        assert (made.amount, made.choice["followed"]) == (1_000_000, False)
        assert "позиции сделки с тех пор изменились" in facts("document.accepted")[0].data["text"].lower()
    assert "do not follow" in scene.boris.get(scene.page).text
    assert scene.boris.post(f"{scene.page}/choice/back").status_code in (409, 422, 400)


def test_a_closed_deal_stays_as_it_was_sold(app: Flask, scene: Scene, client: FlaskClient) -> None:
    with app.app_context():
        deal = scene.deal()
        deals.move_deal(deal, deal.pipeline.stages[3], actor=db.session.get_one(User, deal.manager_id))
        db.session.commit()
    assert scene.accept(client, "Premium", seen=1_000_000).status_code == 303
    assert scene.state() == (600_000, {"Standard"})


def test_the_manager_takes_the_choice_back(app: Flask, scene: Scene, client: FlaskClient) -> None:
    scene.accept(client, "Premium", "Carpets", seen=1_020_000)
    assert "Undo the choice on the deal" in scene.boris.get(scene.page).text
    assert sign_in(app, "vera").post(f"{scene.page}/choice/back").status_code == 404
    assert scene.boris.post(f"{scene.page}/choice/back").status_code == 303
    assert scene.state() == (600_000, {"Standard"})
    with app.app_context():
        assert the_document().amount == 1_020_000
    assert "Undo the choice" not in scene.boris.get(scene.page).text


def test_a_quote_without_a_choice_is_accepted_as_before(app: Flask, cast: Cast, scene: Scene, client: FlaskClient) -> None:
    deal_id = committed(app, cast)
    page = scene.boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "en"}).headers["Location"]
    path = link_of(scene.boris, page)
    shown = client.get(path).text
    assert ("data-choices" in shown, "choices.js" in shown) == (False, False)
    assert client.post(f"{path}/accept", data={"key": key_of(client, path), "name": "Olga", "pick": "1"}).status_code == 303
    with app.app_context():
        made = db.session.scalars(sa.select(Document).order_by(Document.id.desc())).first()
        assert made is not None
        assert (made.choice, made.accepted_by) == (None, "Olga")
