"""What goes out to a client is in the name of our company: nobody reads in it who wrote the template, or who edited the text."""

import io
import zipfile

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.core.db import db
from crm.documents import engine, operations
from crm.documents.engine import CompiledTemplate
from crm.documents.models import Document
from tests.cast import Cast, sign_in
from tests.documents.engine.word_file import WORD, docx, p, part, rels, run, texts
from tests.documents.scene import committed

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
CORE = (b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        b'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>For Secret Ltd</dc:title><dc:creator>Secret Author</dc:creator>'
        b"<cp:lastModifiedBy>Secret Editor</cp:lastModifiedBy></cp:coreProperties>")
APP = f'<Properties xmlns="{OFFICE}/extended-properties"><Manager>Secret Boss</Manager><Company>Secret Ltd</Company></Properties>'.encode()
CUSTOM = f'<Properties xmlns="{OFFICE}/custom-properties"><property name="mail">secret@example.com</property></Properties>'.encode()
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships/metadata"
TIES = rels("".join(f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>' for at, (kind, target) in enumerate((
    (f"{OFFICE}/relationships/officeDocument", "word/document.xml"), (f"{PACKAGE}/core-properties", "docProps/core7.xml"),
    (f"{OFFICE}/relationships/extended-properties", "docProps/app.xml"),
    (f"{OFFICE}/relationships/custom-properties", "docProps/custom.xml")))))
INSERTED = f'<w:ins w:id="1" w:author="Secret Lawyer" w:date="2026-11-20T10:00:00Z">{run("put in")}</w:ins>'


def file(*body: str) -> bytes:
    """A Word file that tells of several people."""
    return docx(*body, parts={"_rels/.rels": TIES, "docProps/core7.xml": CORE, "docProps/app.xml": APP, "docProps/custom.xml": CUSTOM})


def everything(word: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def test_the_author_is_who_uses_the_template_and_nobody_else_is_named() -> None:
    data = engine.in_name_of(file(p("{{ a }} ", INSERTED)), 'ООО «Рога & "Копыта" <Юг>»\x01')
    made = CompiledTemplate(data).render({"a": "1"})
    assert "Secret" not in everything(made)
    assert "secret@" not in everything(made)
    assert "<dc:creator>ООО «Рога &amp; \"Копыта\" &lt;Юг&gt;»</dc:creator>" in part(made, "docProps/core7.xml")
    assert texts(made) == ["1 put in"]
    assert data == engine.in_name_of(data, 'ООО «Рога & "Копыта" <Юг>»')


def test_a_property_that_the_text_shows_stays() -> None:
    field = '<w:r><w:instrText xml:space="preserve"> DOCPROPERTY mail </w:instrText></w:r>'
    assert "secret@example.com" in everything(engine.in_name_of(file(p(field)), "Ours"))


def test_a_file_without_properties_gets_none() -> None:
    data = docx("{{ a }}", types=f'<Override PartName="/word/none.xml" ContentType="{WORD}none+xml"/>')
    assert texts(CompiledTemplate(engine.in_name_of(data, "Ours")).render({"a": "1"})) == ["1"]


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr("crm.documents.pdf.program", lambda: None)
    return sign_in(app, "boris")


def test_a_document_of_one_s_own_template_is_ours_and_the_same_bytes_again(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    deal_id = committed(app, cast)
    answer = sign_in(app, "head").post("/templates/upload", content_type="multipart/form-data", data={
        "kind": "contract", "locale": "ru", "name": "Наш", "file": (io.BytesIO(file("Договор {{ document.number }}")), "x.docx")})
    assert answer.status_code == 303
    page = boris.post(f"/deals/{deal_id}/documents", data={"kind": "contract", "locale": "ru"}).headers["Location"]
    made = boris.get(f"{page}/word").data
    assert "Secret" not in everything(made)
    assert "<dc:creator>ООО «Тест»</dc:creator>" in part(made, "docProps/core7.xml")
    with app.app_context():
        assert operations.remake(db.session.scalars(sa.select(Document)).one()) == made
    changed = file("Договор 1/2026", INSERTED)
    sent = boris.post(f"{page}/upload", content_type="multipart/form-data",
                      data={"seen": "1", "file": (io.BytesIO(changed), "contract.docx")})
    assert sent.status_code == 303, sent.text
    edited = boris.get(f"{page}/word").data
    assert "Secret" not in everything(edited)
    assert "<cp:lastModifiedBy>ООО «Тест»</cp:lastModifiedBy>" in part(edited, "docProps/core7.xml")
