"""Which template is proposed for which deal, and taking up what came with the program."""

import io
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import offering, operations, queries
from crm.documents.models import Template
from crm.documents.shipped import of_kind
from tests.cast import Cast, sign_in
from tests.documents.engine.word_file import docx
from tests.documents.scene import committed, make_scene


def own(name: str, cast: Cast, **terms: Any) -> Template:
    """A template of the business's own for these deals."""
    actor = db.session.get_one(User, cast.owner)
    version = operations.upload(docx(f"{name} {{{{ client.name }}}}"), kind="quote", locale="ru", name=name, file_name="x.docx",
                                actor=actor)
    template = db.session.get_one(Template, version.template_id)
    operations.offer(template, actor=actor, **terms)
    operations.put_away(template, away=False)
    return template


def names(deal: Deal) -> list[str]:
    return [one.name for one in queries.choices("quote", "ru", deal)]


def test_what_asks_for_most_is_proposed_then_the_newest_own_then_what_came_along(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    own("for all", cast)
    own("pipeline", cast, pipelines=[deal.pipeline_id])
    own("pipeline and VAT", cast, pipelines=[deal.pipeline_id], vat="with")
    own("another pipeline", cast, pipelines=[deal.pipeline_id + 1])
    own("without VAT", cast, vat="without")
    own("later, for all", cast)
    assert names(deal) == ["pipeline and VAT", "pipeline", "later, for all", "for all", "КП"]


@pytest.mark.parametrize(("terms", "offered"), [
    ({"clients": ["company"]}, True), ({"clients": ["entrepreneur", "person"]}, False), ({"vat": "with"}, True),
    ({"vat": "without"}, False), ({}, True)])
def test_each_term_decides(context: Session, cast: Cast, terms: dict[str, Any], offered: bool) -> None:
    deal = make_scene(cast)
    assert offering.fits({**terms, "stages": [deal.stage_id]}, deal) is offered
    assert not offering.fits({**terms, "stages": [deal.stage_id + 1]}, deal)


def test_a_deal_without_lines_has_the_company_s_vat_and_a_person_is_a_client(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    deal.lines, deal.company = [], None
    assert (offering.vat_mode(deal), offering.client_kind(deal)) == ("with", "person")
    deal.contact = None
    context.flush()
    assert offering.client_kind(deal) == ""


def test_where_none_is_meant_for_the_deal_all_are_offered(context: Session, cast: Cast) -> None:
    deal = make_scene(cast)
    for template in operations.install_templates(actor=None):
        template.terms = {"vat": "without"}
    assert names(deal) == ["КП"]


def test_the_wizard_proposes_it_and_the_deed_without_a_choice_takes_it(app: Flask, cast: Cast) -> None:
    deal_id, boris = committed(app, cast), sign_in(app, "boris")
    with app.app_context():
        own("theirs", cast, clients=["person"])
        meant = own("meant", cast, clients=["company"])
        db.session.commit()
        meant_id = meant.id
    page = boris.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text
    assert f'<option value="{meant_id}" selected>meant' in page
    assert "theirs" not in page
    boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru"})
    with app.app_context():
        assert queries.made_from(meant_id) == 1


@pytest.fixture
def head(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "head")


def test_the_studio_says_for_which_deals(app: Flask, head: FlaskClient, cast: Cast) -> None:
    deal_id = committed(app, cast)
    with app.app_context():
        template_id, pipeline_id = own("mine", cast).id, db.session.get_one(Deal, deal_id).pipeline_id
        db.session.commit()
    sent = {"pipelines": str(pipeline_id), "clients": ["person", "company"], "vat": "without"}
    assert head.post(f"/templates/{template_id}/offer", data=sent).status_code == 303
    page = head.get(f"/templates/{template_id}").text
    assert re.findall(r"<input checked[^>]*value=\"(\w+)\"", page) == [str(pipeline_id), "company", "person"]
    assert '<option selected value="without">' in page
    assert head.post(f"/templates/{template_id}/offer", data={"clients": "martian"}).status_code == 400
    with app.app_context():
        assert db.session.get_one(Template, template_id).terms == {
            "pipelines": [pipeline_id], "clients": ["person", "company"], "vat": "without"}


def uploaded(head: FlaskClient, name: str) -> str:
    """The page of a new template of one's own."""
    answer = head.post("/templates/upload", content_type="multipart/form-data", data={
        "kind": "quote", "locale": "ru", "name": name, "file": (io.BytesIO(docx(f"{name} {{{{ client.name }}}}")), "x.docx")})
    assert answer.status_code == 303, answer.text
    return answer.headers["Location"]


def test_the_first_own_template_is_offered_a_further_one_when_somebody_says_so(
        app: Flask, head: FlaskClient, cast: Cast) -> None:
    deal_id = committed(app, cast)
    wizard = f"/deals/{deal_id}/documents/new?kind=quote&locale=ru"
    first = head.get(uploaded(head, "Первое")).text
    assert "The template is in use: version 1." in first
    assert re.search(r"<strong>Первое</strong>\s*<span[^>]*>for all deals", first)
    assert "selected>Первое" in head.get(wizard).text
    page = uploaded(head, "Второе")
    second = head.get(page).text
    assert "It is not offered yet." in second
    assert re.search(r"Первое</a>\s*<span[^>]*>for all deals", second)
    assert "Второе" not in head.get(wizard).text
    assert head.post(f"{page}/away?back=1").headers["Location"] == page
    assert re.search(r"<strong>Второе</strong>\s*<span[^>]*>for all deals", head.get(page).text)
    assert "selected>Второе" in head.get(wizard).text


def test_a_rule_turns_a_further_template_on_and_a_new_version_of_one_put_away_does_not(
        app: Flask, head: FlaskClient, cast: Cast) -> None:
    deal_id = committed(app, cast)
    wizard = f"/deals/{deal_id}/documents/new?kind=quote&locale=ru"
    uploaded(head, "Первое")
    page = uploaded(head, "Второе")
    head.post(f"{page}/offer", data={"vat": ""})
    assert "Второе" not in head.get(wizard).text
    head.post(f"{page}/offer", data={"clients": "company", "vat": ""})
    shown = head.get(page).text
    assert re.search(r"<strong>Второе</strong>\s*<span[^>]*>Clients: Company", shown)
    assert re.search(r"Первое</a>\s*<span[^>]*>for all other deals", shown)
    assert "selected>Второе" in head.get(wizard).text
    head.post(f"{page}/away")
    answer = head.post(f"{page}/upload", content_type="multipart/form-data",
                       data={"file": (io.BytesIO(docx("Третье {{ client.name }}")), "x.docx")})
    assert answer.status_code == 303
    assert "Второе" not in head.get(wizard).text


def test_what_came_with_the_program_can_be_taken_up_beside_one_s_own(app: Flask, head: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        template = own("mine", cast)
        for row in db.session.scalars(sa.select(Template).where(Template.kind == "quote", Template.id != template.id)):
            db.session.delete(row)
        db.session.commit()
    assert "not in use" in head.get("/templates").text
    for _twice in range(2):
        assert head.post("/templates/shipped/ru/quote").status_code == 303
    with app.app_context():
        found = queries.choices("quote", "ru")
        assert [one.name for one in found] == ["mine", "КП"]
        assert found[1].digest == of_kind("quote", "ru")[0].digest
    assert head.post("/templates/shipped/ru/no-such").status_code == 404
