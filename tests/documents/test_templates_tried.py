"""An uploaded template is tried before it is taken: one from which nothing could be made never comes into use."""

import datetime as dt
import html
import io
import re

import pytest
from docx import Document as Word
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.core import files
from crm.core.db import db
from crm.core.i18n import LOCALES
from crm.deals.models import Deal
from crm.documents.catalogue import field_tree
from crm.documents.context import LANG
from crm.documents.engine.fields import paths
from crm.documents.examples import examples, numbers
from crm.documents.models import Template
from crm.documents.operations import install_templates, look, make_document, remake, upload
from crm.documents.shipped import Shipped, all_shipped
from tests.cast import Cast, sign_in
from tests.documents.engine.word_file import docx, table
from tests.documents.scene import committed, text_of
from tests.documents.test_templates_upload import rows, send


@pytest.fixture
def head(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "head")


@pytest.mark.parametrize(("tag", "sentence"), [
    ("{{ deal.total + 1 }}", "Put “deal.total_number” in its place."),
    ("{{ сделка.итого * 2 }}", "Put “сделка.итого_число” in its place."),
    ("{{ deal.total_number + deal.total }}", "Put “deal.total_number” in its place."),
    ("{% if deal.total > 1000 %}много{% endif %}", "Put “deal.total_number” in its place."),
    ("{{ deal.net + 1 }}", "met a text where a number has to be"),
    ("{{ 1/0 if deal.total }}", "divided by zero"),
    ("{{ 100 / deal.vat_number }}", "divided by zero")])
def test_what_no_document_could_be_made_from_is_refused_at_its_place(app: Flask, head: FlaskClient, tag: str, sentence: str) -> None:
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    body = table(("{{ deal.title }}", tag))
    answer = send(head, docx("Первый", body), path=f"/templates/{template_id}/upload")
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Table 1, row 1, cell 2" in answer.text
    assert rows(app) == (len(all_shipped()),) * 2  # the version before stays in use
    with app.app_context():
        template = db.session.get_one(Template, template_id)
        assert template.current is template.versions[0]


def test_a_row_by_its_number_is_taken_with_a_warning_and_told_where_there_is_none(app: Flask, cast: Cast, head: FlaskClient) -> None:
    deal_id = committed(app, cast)  # three lines
    page = head.get(send(head, docx("Первый", "{{ items[0].name }}", "{{ items[4].name }}")).headers["HX-Redirect"]).text
    assert "Paragraph 2: “{{ items[0].name }}” names row 1 of a list" in page
    shown = head.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text
    assert "Paragraph 3: “{{ items[4].name }}” asks for row 5 of a list that has fewer." in shown


@pytest.mark.parametrize("one", all_shipped(), ids=lambda one: one.file_name)
def test_the_templates_of_the_product_can_be_made(context: Session, one: Shipped) -> None:
    report = look(one.data, one.kind, one.locale)
    assert [fault.message(str) for fault in report.faults] == []


def test_each_example_can_fill_every_field(context: Session) -> None:
    tags = [p for p in paths(field_tree()) if "[]" not in p and p not in ("items", "options", "позиции", "варианты")]
    body = "{% for i in items %}{{ i.name }}{{ i.total_number * 2 }}{% for p in i.parts %}{{ p.name }}{% endfor %}{% endfor %}"
    for lang in LOCALES:
        assert look(docx(*("{{ " + tag + " }}" for tag in tags), body), "quote", lang).faults == ()
        assert len(examples(lang)[0]["items"]) > len(examples(lang)[1]["items"]) == 1


def test_every_number_beside_a_text_is_a_field() -> None:
    known = set(paths(field_tree()))
    assert numbers()["items[].parts[].quantity"] == "items[].parts[].quantity_number"
    assert (set(numbers()) | set(numbers().values())) - known == set()


def test_the_comments_say_what_the_page_says_for_a_new_version_too(app: Flask, head: FlaskClient) -> None:
    with app.app_context():
        template_id = next(one.id for one in install_templates(actor=None) if one.kind == "contract")
        db.session.commit()
    page = send(head, docx("{{ CLIENT_NAME }}"), path=f"/templates/{template_id}/upload").text
    assert "client.legal_name" in page
    action = html.unescape(re.findall(r'formaction="([^"]+)"', page)[0])
    commented = head.post(action, data={"file": (io.BytesIO(docx("{{ CLIENT_NAME }}")), "our.docx")})
    assert "client.legal_name" in next(iter(Word(io.BytesIO(commented.data)).comments)).text


def test_a_reckoned_number_is_printed_in_the_language_of_the_paper(context: Session, deal: Deal) -> None:
    data = docx("Аванс {{ deal.total_number * 0.3 }}, остаток {{ (deal.total_number * 0.7)|round(1) }}, {{ items|length + 1 }} строки")
    for locale, printed in (("ru", "Аванс 123\u00a0061,18, остаток 287\u00a0142,8, 4 строки"),
                            ("en", "Аванс 123,061.18, остаток 287,142.8, 4 строки")):
        version = upload(data, kind="quote", locale=locale, name="Аванс", file_name="a.docx", actor=context.get_one(User, deal.manager_id))
        document = make_document(deal, template=version.template, actor=None, dated=dt.date(2026, 11, 21))
        made = files.read(document.digest)
        assert text_of(made) == printed
        assert remake(document) == made


def test_a_paper_made_before_numbers_were_written_so_comes_out_as_it_was(context: Session, deal: Deal) -> None:
    data = docx("Аванс {{ deal.total_number * 0.3 }}")
    version = upload(data, kind="quote", locale="ru", name="Аванс", file_name="a.docx", actor=context.get_one(User, deal.manager_id))
    document = make_document(deal, template=version.template, actor=None, dated=dt.date(2026, 11, 21))
    document.context = {name: value for name, value in document.context.items() if name != LANG}
    assert text_of(remake(document)) == "Аванс 123061.179"


def test_the_page_of_a_template_guesses_as_the_check_did(head: FlaskClient) -> None:
    page = head.get(send(head, docx("{{ deal.total }} %CLIENT_NAME%"), kind="contract").headers["HX-Redirect"]).text
    assert "perhaps {{ client.legal_name }} is meant" in page
