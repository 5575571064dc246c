"""Word templates: what is taken, what is refused and how, versions, trial, fields."""

import io
import re
import zipfile

import pytest
import sqlalchemy as sa
from docx import Document as Word
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from crm.core import files
from crm.core.db import db
from crm.core.i18n import LOCALES
from crm.documents import pdf
from crm.documents.models import Document, NumberSeries, Template, TemplateVersion
from crm.documents.operations import install_templates
from crm.documents.shipped import all_shipped, shipped
from tests.cast import Cast, sign_in
from tests.documents.engine.word_file import docx
from tests.documents.scene import committed, text_of
from tests.factories import make_deal, make_pipeline

GOOD = docx("КП № {{ document.number }} для {{ клиент.название }}: {{ deal.total }}")
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def bomb() -> bytes:
    """A small zip that unpacks to 300 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as part:
            for _round in range(30):
                part.write(b" " * 10_000_000)
    return out.getvalue()


def with_macros() -> bytes:
    return docx("{{ client.name }}", parts={"word/vbaProject.bin": b"VBA"})


BAD = {
    "text": (b"Just a text", "This is plain text under a Word name."),
    "empty": (b"", "The file is empty."),
    "locked": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "The file is locked with a password."),
    "old": (OLE + b"\0" * 600, "The file is in the old .doc format."),
    "cut": (GOOD[: len(GOOD) // 2], "The file is incomplete"),
    "bomb": (bomb(), "The file unpacks to far more than a document holds"),
    "macros": (with_macros(), "The file contains macros."),
    "broken tag": (docx("Для {{ client.name"), "has no end"),
    "unclosed block": (docx("{% if client.inn %}ИНН"), "is not closed"),
    "foreign tag": (docx("{#items}{price}{/items}", "{{#each items}}"), "{{#each items}}"),
    "unknown field": (docx("{{ client.nme }}"), "perhaps “client.name” is meant"),
    "sandbox": (docx("{{ ''.__class__.__mro__ }}"), "__"),
    "picture of another kind": (b"%PDF-1.7", "This is a PDF."),
}


@pytest.fixture
def head(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "head")


def send(client: FlaskClient, data: bytes, name: str = "our.docx", path: str = "/templates/upload", *, part: bool = True,
         **fields: str) -> TestResponse:
    form = {"kind": "quote", "locale": "ru", "name": "Наше КП", "file": (io.BytesIO(data), name), **fields}
    return client.post(path, data=form, content_type="multipart/form-data",
                       headers={"HX-Request": "true"} if part else {})


def rows(app: Flask) -> tuple[int, int]:
    with app.app_context():
        return tuple(db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0  # type: ignore[return-value]
                     for model in (Template, TemplateVersion))


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("part", [True, False])
def test_a_bad_file_gets_a_sentence_and_nothing_is_stored(app: Flask, head: FlaskClient, kind: str, part: bool) -> None:
    data, sentence = BAD[kind]
    with app.app_context():
        kept = sorted(path.name for path in files.folder().rglob("*") if path.is_file())
    answer = send(head, data, part=part)
    assert answer.status_code == 422
    assert sentence in answer.text.replace("&#39;", "'")
    assert "Traceback" not in answer.text
    assert rows(app) == (0, 0)
    with app.app_context():
        assert sorted(path.name for path in files.folder().rglob("*") if path.is_file()) == kept


def test_the_sentences_come_in_the_readers_language(app: Flask, head: FlaskClient, cast: Cast) -> None:
    from crm.accounts.models import User
    with app.app_context():
        db.session.get_one(User, cast.head).locale = "ru"
        db.session.commit()
    answer = send(head, docx("Первый", "{{ client.nme }}"))
    assert answer.status_code == 422
    assert re.search(r'<a href="#document-p1">[А-Яа-я ]+ 2</a>', answer.text)
    assert "client.name" in answer.text


def test_no_file_and_a_huge_one_are_refused(app: Flask, head: FlaskClient) -> None:
    assert "Choose a Word file." in send(head, b"", name="").text
    answer = send(head, b"PK\x03\x04" + b"\0" * (25 * 1024 * 1024))
    assert (answer.status_code, "larger than 25 MB" in answer.text) == (422, True)
    answer = send(head, b"\0" * (27 * 1024 * 1024))
    assert (answer.status_code, "a file at most 25 MB" in answer.text) == (413, True)
    assert "at most 25 MB" in head.get("/templates/upload").text
    assert rows(app) == (0, 0)


def test_what_has_to_be_filled_is_marked_and_said(app: Flask, head: FlaskClient) -> None:
    page = head.get("/templates/upload").text
    for label in ("Name", "Word file (.docx)"):
        assert f'>{label} <span class="need" aria-hidden="true">*</span></label>' in page
    answer = head.post(
        "/templates/upload", content_type="multipart/form-data", headers={"HX-Request": "true"},
        data={"kind": "quote", "locale": "ru", "name": " ", "file": (io.BytesIO(GOOD), "our.docx")})
    assert (answer.status_code, "Type a name for the template." in answer.text) == (422, True)
    assert rows(app) == (0, 0)
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    page = head.get(f"/templates/{template_id}/upload").text
    assert page.count('<span class="need"') == 1  # a new version keeps the name


def test_the_persons_own_file_comes_back_with_comments_at_the_faults(app: Flask, head: FlaskClient) -> None:
    answer = send(head, docx("Первый", "{{ client.nme }}"), path="/templates/annotated")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=our.docx")
    comments = list(Word(io.BytesIO(answer.data)).comments)
    assert [comment.text for comment in comments] == ["There is no field “client.nme”; perhaps “client.name” is meant."]
    assert send(head, b"text", path="/templates/annotated").status_code == 422
    assert rows(app) == (0, 0)


def test_an_accepted_file_becomes_a_template_beside_the_shipped_ones(app: Flask, head: FlaskClient) -> None:
    answer = send(head, GOOD)
    assert answer.status_code == 204
    assert rows(app) == (len(all_shipped()) + 1,) * 2
    page = head.get(answer.headers["HX-Redirect"]).text
    assert "Наше КП" in page
    assert '<mark class="swap">{{ document.number }}</mark>' in page


def test_the_newest_version_is_used_and_the_old_one_can_be_taken_again(app: Flask, head: FlaskClient) -> None:
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    second, third = (docx(text) for text in ("вторая {{ deal.total }}", "третья {{ deal.total }}"))
    for data in (second, third, third):  # the same bytes: a file made anew holds another moment
        assert send(head, data, path=f"/templates/{template_id}/upload").status_code == 204
    with app.app_context():
        template = db.session.get_one(Template, template_id)
        assert [version.number for version in template.versions] == [1, 2, 3]  # the same file again is no version
        assert template.current is template.versions[-1]
    head.post(f"/templates/{template_id}/versions/2/back")
    with app.app_context():
        template = db.session.get_one(Template, template_id)
        assert template.current is not None
        assert (template.current.number, template.current.digest) == (4, template.versions[1].digest)
    assert text_of(head.get(f"/templates/{template_id}/versions/2").data) == "вторая {{ deal.total }}"


def test_a_refused_version_leaves_the_old_one_in_use(app: Flask, head: FlaskClient) -> None:
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    assert send(head, docx("{{ nothing }}"), path=f"/templates/{template_id}/upload").status_code == 422
    assert rows(app) == (len(all_shipped()),) * 2


def test_the_business_own_template_makes_the_document(app: Flask, cast: Cast, head: FlaskClient,
                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "program", lambda: None)
    deal_id = committed(app, cast)
    send(head, GOOD)
    page = head.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text
    assert re.findall(r'<option value="\d+"( selected)?>([^<]+)', page) == [(" selected", "Наше КП"), ("", "КП")]
    made = head.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"})
    text = text_of(head.get(f"{made.headers['Location']}/word").data)
    assert text == "КП № 1/2026 для ООО «Рога & Копыта <Юг>»: 410\u00a0203,93"


def test_a_template_out_of_use_is_not_offered(app: Flask, cast: Cast, head: FlaskClient) -> None:
    deal_id = committed(app, cast)
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        db.session.commit()
    head.post(f"/templates/{template_id}/away")
    page = head.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text
    assert 'aria-current="true">Russian' not in page  # the English one is left
    head.post(f"/templates/{template_id}/away?back=1")
    assert 'aria-current="true">Russian' in head.get(f"/deals/{deal_id}/documents/new?kind=quote&locale=ru").text


def test_a_trial_on_a_deal_takes_no_number(app: Flask, cast: Cast, head: FlaskClient) -> None:
    deal_id = committed(app, cast)
    send(head, GOOD)
    with app.app_context():
        template_id = db.session.scalars(sa.select(Template.id).where(Template.name == "Наше КП")).one()
    page = head.get(f"/templates/{template_id}?deal={deal_id}").text
    assert "КП № … для ООО «Рога &amp; Копыта &lt;Юг&gt;»: 410\u00a0203,93" in page
    with app.app_context():
        assert db.session.scalars(sa.select(Document)).all() == []
        assert db.session.scalars(sa.select(NumberSeries)).all() == []


def test_any_deal_is_found_to_try_a_template_on(app: Flask, cast: Cast, head: FlaskClient) -> None:
    deal_id = committed(app, cast)
    with app.app_context():
        template_id = install_templates(actor=None)[0].id
        pipeline = make_pipeline()
        for number in range(40):
            make_deal(pipeline, title=f"Newer {number}", manager_id=cast.boris)
        db.session.commit()
    page = head.get(f"/templates/{template_id}").text
    assert 'data-picker-url="/templates/deals"' in page
    assert len(re.findall(r'role="option"', head.get("/templates/deals").text)) == 10
    for words in ("оснащение", "РОГА копыта", "Newer 3"):
        found = re.findall(r'data-id="(\d+)"', head.get(f"/templates/deals?q={words}").text)
        assert (str(deal_id) in found) == ("Newer" not in words)
        assert found
    assert "ООО «Рога &amp; Копыта &lt;Юг&gt;»" in head.get(f"/templates/{template_id}?deal=&deal_text=оснащение").text  # without scripts
    tried = head.get(f"/templates/{template_id}?deal={deal_id}").text
    assert f'name="deal" id="deal" value="{deal_id}" data-submit-on-change' in tried
    assert 'value="ООО «Рога &amp; Копыта &lt;Юг&gt;»"' in tried
    assert f'href="/templates/{template_id}">Show the tags</a>' in tried


def test_only_those_with_the_right_come_here(app: Flask, cast: Cast) -> None:
    boris = sign_in(app, "boris")
    pages = ("/templates", "/templates/upload", "/templates/fields", "/templates/deals")
    assert [boris.get(path).status_code for path in pages] == [403] * 4
    assert send(boris, GOOD).status_code == 403
    assert rows(app) == (0, 0)


def test_the_shipped_files_can_be_fetched_to_begin_from(head: FlaskClient) -> None:
    for locale in LOCALES:
        found = shipped("contract", locale)
        assert found is not None
        assert head.get(f"/templates/shipped/{locale}/contract.docx").data == found.data
    assert head.get("/templates/shipped/poem-ru.docx").status_code == 404


def test_fields_are_found_in_both_languages_and_copied_as_tags(head: FlaskClient) -> None:
    part = head.get("/templates/fields?q=ИНН", headers={"HX-Request": "true"}).text
    assert 'data-copy="{{ client.inn }}"' in part
    assert 'data-copy="{{ клиент.инн }}"' in part
    assert "{{ item.price }}" in head.get("/templates/fields?q=price").text
    assert "No such field." in head.get("/templates/fields?q=shoe").text


def test_a_template_with_a_script_in_its_text_stays_text(head: FlaskClient) -> None:
    answer = send(head, docx("x <script>alert(1)</script> {{ nothing }}"))
    assert answer.status_code == 422
    assert "<script>alert" not in answer.text
    assert "x &lt;script&gt;alert(1)" in answer.text
