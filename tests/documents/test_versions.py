"""The texts of a contract: an edited file comes in, what was said of the old text is said of that alone, versions are compared."""

import io
import re
import zipfile
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts.models import User
from crm.core.db import db
from crm.documents import engine, operations, pdf, queries
from crm.documents.models import Document, DocumentVersion, Remark
from tests.cast import Cast, add_colleague, sign_in
from tests.documents.engine.word_file import docx, p, run
from tests.documents.scene import committed, link_of, text_of

# a remark that leaves the words as they are
TAKEN_OUT = ('<w:p><w:del w:id="901" w:author="Ирина" w:date="2026-11-22T10:00:00Z"><w:r><w:delText>лишнее</w:delText></w:r></w:del>'
             "</w:p><w:sectPr")


@pytest.fixture
def boris(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setattr(pdf, "program", lambda: None)
    return sign_in(app, "boris")


@pytest.fixture
def page(app: Flask, cast: Cast, boris: FlaskClient) -> str:
    deal_id = committed(app, cast)
    return boris.post(f"/deals/{deal_id}/documents", data={"kind": "contract", "locale": "ru", "dated": "2026-11-21"}).headers["Location"]


def edited(word: bytes, change: Callable[[str], str]) -> bytes:
    """The file as somebody saved it after typing in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == "word/document.xml" else data)
    return out.getvalue()


def send(client: FlaskClient, page: str, data: bytes, seen: int = 1) -> tuple[int, str]:
    answer = client.post(f"{page}/upload", data={"seen": str(seen), "file": (io.BytesIO(data), "contract.docx")},
                         content_type="multipart/form-data")
    return answer.status_code, answer.text


def row(app: Flask) -> Document:
    with app.app_context():
        found = db.session.scalars(sa.select(Document).order_by(Document.id.desc())).first()
        assert found is not None
        db.session.expunge(found)
        return found


def mended(boris: FlaskClient, page: str) -> bytes:
    return edited(boris.get(f"{page}/word").data, lambda text: text.replace("ДОГОВОР", "ДОГОВОР ИСПРАВЛЕННЫЙ").replace(
        "Договор", "Договор исправленный"))


def test_an_edited_file_becomes_the_next_version_of_the_same_number(app: Flask, boris: FlaskClient, page: str) -> None:
    before = boris.get(f"{page}/word").data
    assert send(boris, page, mended(boris, page))[0] == 303
    document = row(app)
    assert (document.revision, document.by_hand, document.numbered) == (2, True, "1/2026")
    assert "исправленный" in text_of(boris.get(f"{page}/word").data).lower()
    assert boris.get(f"{page}/versions/1/word").data == before
    shown = boris.get(page).text
    assert "changed by hand" in shown
    assert "changed by hand" in boris.get("/documents").text
    assert boris.get(f"{page}/versions/3/word").status_code == 404


def test_comments_and_tracked_changes_in_it_are_read_as_remarks(app: Flask, boris: FlaskClient, page: str) -> None:
    tracked = ('<w:p><w:ins w:id="901" w:author="Ирина Юрист" w:date="2026-11-22T10:00:00Z"><w:r><w:t>Новый пункт договора.</w:t></w:r>'
               '</w:ins></w:p><w:sectPr')
    data = edited(boris.get(f"{page}/word").data, lambda text: text.replace("<w:sectPr", tracked, 1))
    assert send(boris, page, data)[0] == 303
    with app.app_context():
        remark = db.session.scalars(sa.select(Remark)).one()
        assert (remark.kind, remark.author, remark.text, remark.revision) == ("inserted", "Ирина Юрист", "Новый пункт договора.", 2)
    shown = boris.get(page).text
    assert "Ирина Юрист" in shown
    assert "<ins>Новый пункт договора.</ins>" in shown
    clean, source = (boris.get(f"{page}/versions/2/word{query}").data for query in ("", "?source=1"))
    assert source == data
    assert "Ирина".encode() not in zipfile.ZipFile(io.BytesIO(clean)).read("word/document.xml")


def test_the_same_text_again_is_no_version(app: Flask, boris: FlaskClient, page: str) -> None:
    status, text = send(boris, page, edited(boris.get(f"{page}/word").data, lambda text: text.replace("<w:sectPr", " <w:sectPr", 1)))
    assert (status, row(app).revision) == (422, 1)
    assert "Nothing was changed." in text


@pytest.mark.parametrize(("data", "sentence"), [
    (b"MZ\x90\x00\x03", "Word"), (b"PK\x03\x04....", "incomplete"), (docx('<w:altChunk r:id="rId9"/>'), "Another file"),
    (docx(p("")), "no words"), (b"", "Word"), (b"%PDF-1.7", "The edited contract has to be a Word document"),
])
def test_a_hostile_or_empty_file_is_refused_with_a_sentence(
        app: Flask, boris: FlaskClient, page: str, data: bytes, sentence: str) -> None:
    status, text = send(boris, page, data)
    assert (status, row(app).revision) == (422, 1)
    assert 'class="error"' in text
    assert sentence in text
    with app.app_context():
        assert db.session.scalars(sa.select(DocumentVersion)).all() == []


def test_two_who_edit_at_once_the_second_is_told(app: Flask, boris: FlaskClient, page: str) -> None:
    data = mended(boris, page)
    assert send(boris, page, data)[0] == 303
    status, text = send(boris, page, docx("Quite another text"), seen=1)
    assert (status, row(app).revision) == (409, 2)
    assert "Somebody has changed this document" in text
    assert 'name="seen" type="hidden" value="1"' in text


def kept(text: str) -> str:
    """The file that the form asks about, as it stands in the form."""
    found = re.search(r'name="kept" type="hidden" value="([^"]+)"', text)
    assert found is not None, text
    return found[1]


def test_a_file_of_another_text_is_asked_about_and_taken_at_the_second_press(app: Flask, boris: FlaskClient, page: str) -> None:
    status, text = send(boris, page, docx("Quite another text", "of nobody we know"))
    assert (status, row(app).revision) == (422, 1)
    assert "Only 0 % of the text is common to this file and the document." in text
    assert "Take it all the same" in text
    assert boris.post(f"{page}/upload", data={"seen": "1", "kept": kept(text)}).status_code == 303
    assert (row(app).revision, row(app).by_hand) == (2, True)
    assert "nobody we know" in text_of(boris.get(f"{page}/word").data)


def test_another_file_may_be_chosen_instead_and_only_one_s_own_answer_counts(
        app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    asked = kept(send(boris, page, docx("Quite another text"))[1])
    for wrong in (asked[:-3] + "abc", "0" * 64, ""):
        refused = boris.post(f"{page}/upload", data={"seen": "1", "kept": wrong})
        assert (refused.status_code, row(app).revision) == (422, 1)
        assert "Choose a Word file." in refused.text
    other = boris.post(f"/deals/{committed(app, cast)}/documents", data={"kind": "contract", "locale": "ru"}).headers["Location"]
    assert boris.post(f"{other}/upload", data={"seen": "1", "kept": asked}).status_code == 422
    answer = boris.post(f"{page}/upload", content_type="multipart/form-data", data={
        "seen": "1", "kept": asked, "file": (io.BytesIO(mended(boris, page)), "contract.docx")})
    assert answer.status_code == 303
    assert "исправленный" in text_of(boris.get(f"{page}/word").data).lower()


def test_the_contract_of_another_client_is_known_by_its_number(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    other = boris.post(f"/deals/{committed(app, cast)}/documents", data={"kind": "contract", "locale": "ru", "dated": "2026-11-21"})
    status, text = send(boris, page, boris.get(f"{other.headers['Location']}/word").data)
    assert status == 422
    assert "The number 1/2026 does not stand in this file" in text
    assert boris.post(f"{page}/upload", data={"seen": "1", "kept": kept(text)}).status_code == 303


def test_words_that_were_made_before_are_not_changed_by_hand(app: Flask, boris: FlaskClient, page: str) -> None:
    made = boris.get(f"{page}/word").data
    assert send(boris, page, edited(made, lambda text: text.replace("<w:sectPr", TAKEN_OUT, 1)))[0] == 303
    assert (row(app).revision, row(app).by_hand) == (2, False)
    assert send(boris, page, mended(boris, page), seen=2)[0] == 303
    assert row(app).by_hand
    assert send(boris, page, edited(made, lambda text: text.replace("<w:sectPr", " <w:sectPr", 1)), seen=3)[0] == 303
    assert (row(app).revision, row(app).by_hand) == (4, False)
    assert "The words are no longer the template’s." not in boris.get(page).text


def test_agreed_is_said_of_the_text_that_was_read(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    with app.app_context():
        add_colleague("lawyer")
    lawyer = sign_in(app, "lawyer")
    assert lawyer.post(f"{page}/agree", data={"seen": "1"}).status_code == 303
    assert row(app).state == "agreed"
    assert send(boris, page, mended(boris, page))[0] == 303
    assert row(app).state == "draft"
    assert "Version 1 was agreed." in boris.get(page).text
    refused = boris.post(f"{page}/link")
    assert refused.status_code == 422
    assert "The lawyer has not agreed this document yet." in refused.text


def test_the_client_keeps_reading_what_was_sent_until_the_new_text_is_sent(app: Flask, boris: FlaskClient, page: str) -> None:
    client = app.test_client()
    path = link_of(boris, page)
    assert row(app).state == "sent"
    assert send(boris, page, mended(boris, page))[0] == 303
    assert row(app).state == "draft"
    assert "исправленный" not in client.get(path).text.lower()
    assert "исправленный" not in text_of(client.get(f"{path}/file").data).lower()
    assert boris.post(f"{page}/sent", data={"seen": "2"}).status_code == 303
    assert "исправленный" in client.get(path).text.lower()
    assert "исправленный" in text_of(client.get(f"{path}/file").data).lower()


def test_two_versions_are_shown_word_by_word(app: Flask, boris: FlaskClient, page: str) -> None:
    assert "The words of these two versions are the same." in boris.get(f"{page}/compare").text
    send(boris, page, mended(boris, page))
    shown = boris.get(f"{page}/compare?old=1&new=2").text
    assert re.search(r"<ins>исправленный\s*</ins>", shown.lower())
    assert "paragraphs unchanged</summary>" in shown
    assert "</del>" in boris.get(f"{page}/compare?old=2&new=1").text
    assert boris.get(f"{page}/compare?old=1&new=9").status_code == 404


def test_a_stranger_s_versions_and_comparison_are_not_there(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    send(boris, page, mended(boris, page))
    gleb = sign_in(app, "gleb")
    for path in ("/compare", "/versions/1/word", "/upload", "/remarks", "/scan"):
        assert gleb.get(f"{page}{path}").status_code == 404


def test_the_template_filled_anew_follows_the_deal_under_the_same_number(app: Flask, cast: Cast, boris: FlaskClient, page: str) -> None:
    nothing = boris.post(f"{page}/fill-anew", data={"seen": "1"})
    assert "the text would be the same" in nothing.text
    assert 'id="versions"' in nothing.text
    with app.app_context():
        document = db.session.scalars(sa.select(Document)).one()
        assert document.deal.company is not None
        document.deal.company.legal_name = "ООО «Переименовано»"
        db.session.commit()
    assert boris.post(f"{page}/fill-anew", data={"seen": "1"}).status_code == 303
    assert "Переименовано" in text_of(boris.get(f"{page}/word").data)
    assert (row(app).revision, row(app).by_hand, row(app).numbered) == (2, False, "1/2026")


def test_an_invoice_of_a_part_is_not_filled_anew_with_the_whole_deal(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    deal_id = committed(app, cast)
    with app.app_context():
        operations.set_rules(["invoice"], actor=db.session.get_one(User, cast.owner))
        db.session.commit()
    wanted = {"kind": "invoice", "locale": "ru", "dated": "2026-11-21", "part": "percent", "percent": "30"}
    page = boris.post(f"/deals/{deal_id}/documents", data=wanted).headers["Location"]
    amount, text = row(app).amount, boris.get(f"{page}/word").data
    assert "Upload the edited file" in boris.get(page).text
    assert "Fill in anew" not in boris.get(page).text
    with app.app_context():
        db.session.get_one(Document, row(app).id).deal.company.legal_name = "ООО «Переименовано»"
        db.session.commit()
    refused = boris.post(f"{page}/fill-anew", data={"seen": "1"})
    assert (refused.status_code, row(app).revision, row(app).amount) == (422, 1, amount)
    assert "An invoice keeps its sum." in refused.text
    assert boris.get(f"{page}/word").data == text


def test_the_pdf_of_a_new_version_is_made_by_a_converter_elsewhere_too(
        app: Flask, boris: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "PDF_CONVERTER", "http://converter.example")
    assert send(boris, page, mended(boris, page))[0] == 303
    with app.app_context():
        assert queries.pdf_job(row(app)) is not None


def test_a_document_of_an_older_template_says_so(app: Flask, boris: FlaskClient, page: str) -> None:
    assert "older template" not in boris.get(page).text
    with app.app_context():
        version = db.session.scalars(sa.select(Document)).one().version
        assert version is not None
        template_id, digest = version.template_id, version.digest
    head, data = sign_in(app, "head"), edited(boris.get(f"{page}/word").data, lambda text: text)
    assert digest
    answer = head.post(f"/templates/{template_id}/upload", data={"file": (io.BytesIO(data), "new.docx")},
                       content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    assert "older template" in boris.get(page).text


def test_a_quote_has_one_text(app: Flask, cast: Cast, boris: FlaskClient) -> None:
    deal_id = committed(app, cast)
    quote = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"}).headers["Location"]
    assert "Documents of this kind have one text." in send(boris, quote, docx(p(run("Other words"))))[1]
    assert engine.blocks(boris.get(f"{quote}/word").data) != ["Other words"]
