"""Numbers by the owner's pattern, without gaps or repeats; cancelled documents keep theirs."""

import datetime as dt

import pytest
import sqlalchemy as sa
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals import requirements
from crm.deals.models import Deal
from crm.documents import numbering, operations, queries
from crm.documents.models import Document
from crm.documents.numbering import Rule
from crm.documents.routes import public
from tests.cast import Cast, sign_in
from tests.documents.scene import committed, link_of, make_scene, text_of

DAY = dt.date(2026, 3, 9)


@pytest.fixture
def english(context: Session) -> None:
    """Sentences in the language of the tests."""
    g.locale = "en"


@pytest.mark.parametrize(("pattern", "number"), [
    ("{N}/{YYYY}", "7/2026"), ("КП-{YY}-{NNNN}", "КП-26-0007"), ("{YYYY}{MM}/{NN}", "202603/07"), ("№{NNN}-Д", "№007-Д")])
def test_a_pattern_writes_the_number(pattern: str, number: str) -> None:
    assert Rule(pattern).write(7, DAY) == number


@pytest.mark.parametrize(("pattern", "yearly", "sentence"), [
    ("{YYYY}", True, "Put {N} where the number goes"), ("{N}-{NN}/{YY}", True, "Put {N} where the number goes"),
    ("A-{N}", True, "Without the year"), ("{N}/{MM}", True, "Without the year"), ("{n}/{YYYY}", True, "Use letters"),
    ("{N}/{YYYY}{", True, "Use letters"), ("{N}" + "x" * 40, False, "Use letters"), ("", False, "Put {N}")])
def test_a_pattern_that_cannot_be_is_refused(english: None, pattern: str, yearly: bool, sentence: str) -> None:
    assert sentence in numbering.problem(pattern, yearly=yearly)


@pytest.mark.parametrize(("pattern", "yearly"), [("A-{N}", False), ("{N}/{YY}", True), ("{NNNNNNNN}", False)])
def test_these_are_fine(pattern: str, yearly: bool) -> None:
    assert numbering.problem(pattern, yearly=yearly) == ""


def make(deal: Deal, kind: str = "quote", dated: dt.date = DAY) -> Document:
    return operations.make_document(deal, template=operations.template_for(kind=kind, locale="en", key=""), actor=None, dated=dated)


def set_rule(cast: Cast, kind: str = "quote", pattern: str = "{N}/{YYYY}", *, yearly: bool = True, following: int | None = None) -> None:
    operations.set_number_rule(kind, pattern=pattern, yearly=yearly, following=following, year=DAY.year,
                               actor=db.session.get_one(User, cast.owner))


def test_the_number_stands_on_the_paper_in_the_list_and_in_the_name_of_the_file(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    set_rule(cast, pattern="Q/{YY}-{NNN}")
    document = make(deal)
    assert (document.numbered, document.file_name.startswith("Quote Q-26-001")) == ("Q/26-001", True)
    assert "Q/26-001" in text_of(operations.remake(document))
    assert make(deal, "contract").numbered == "1/2026"


def test_a_changed_pattern_goes_on_where_the_old_one_stopped(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    made = [make(deal).numbered]
    set_rule(cast, pattern="Q-{N}", yearly=False)
    made += [make(deal).numbered, make(deal, dated=dt.date(2027, 1, 2)).numbered]
    set_rule(cast, pattern="{N}/{YYYY}")
    made += [make(deal).numbered, make(deal, dated=dt.date(2027, 5, 5)).numbered, make(deal, dated=dt.date(2028, 1, 1)).numbered]
    assert made == ["1/2026", "Q-2", "Q-3", "3/2026", "4/2027", "1/2028"]


def test_numbers_go_on_from_the_owner_s_but_never_back(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    set_rule(cast, following=118)
    assert queries.next_number("quote", queries.number_rule("quote"), DAY) == 118
    assert [make(deal).numbered, make(deal).numbered] == ["118/2026", "119/2026"]
    with pytest.raises(operations.DocumentError) as refused:
        set_rule(cast, following=119)
    assert refused.value.field == "following"
    context.rollback()


def test_a_cancelled_document_keeps_its_number_and_is_none_for_a_stage(context: Session, cast: Cast) -> None:
    deal, owner = make_scene(cast), db.session.get_one(User, cast.owner)
    first = make(deal)
    operations.cancel_document(first, actor=owner)
    assert [one.code for one in requirements.missing(deal, ["document_quote"])] == ["document_quote"]
    assert make(deal).numbered == "2/2026"
    operations.revive_document(first, actor=owner)
    assert (first.cancelled_at, first.numbered) == (None, "1/2026")


def test_a_cancelled_document_s_link_opens_nothing_until_it_is_in_force_again(app: Flask, cast: Cast, client: FlaskClient) -> None:
    public.misses.forget()
    boris, deal_id = sign_in(app, "boris"), committed(app, cast)
    page = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "en"}).headers["Location"]
    path = link_of(boris, page)
    assert boris.post(f"{page}/cancel").status_code == 303
    assert "Cancelled" in boris.get(page).text
    assert "cancelled" in boris.get("/documents").text
    assert client.get(path).status_code == 404
    assert boris.post(f"{page}/cancel?back=1").status_code == 303
    assert client.get(path).status_code == 200


def test_an_accepted_quote_is_not_cancelled(context: Session, cast: Cast) -> None:
    document = make(make_scene(cast))
    document.accepted_at = document.created_at
    with pytest.raises(operations.DocumentError):
        operations.cancel_document(document, actor=db.session.get_one(User, cast.owner))


def test_the_owner_sets_the_pattern_on_its_page(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    assert owner.post("/settings/numbers/quote", data={"pattern": "Q-{NNNN}", "following": "50"}).status_code == 303
    page = owner.get("/settings/numbers/").text
    assert "Q-0050" in page
    assert "counts on from year to year" in page
    for data, sentence in (({"pattern": "Q", "yearly": "1"}, "Put {N} where the number goes"),
                           ({"pattern": "{N}", "following": "7"}, "has been given already")):
        answer = owner.post("/settings/numbers/quote", data=data)
        assert (answer.status_code, sentence in answer.text) == (422, True)
    assert owner.get("/settings/numbers/no-such").status_code == 404
    assert sign_in(app, "boris").get("/settings/numbers/").status_code == 403
    with app.app_context():
        assert db.session.scalars(sa.select(Document)).all() == []
