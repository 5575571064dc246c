"""PDFs made elsewhere: a server of the test's own speaks as Gotenberg does, over a real line."""

import base64
import io
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.formparser import parse_form_data

from crm.core import files, jobs
from crm.core.db import db
from crm.core.jobs import Job
from crm.documents import converter, pdf
from crm.documents.models import Document
from crm.settings import SettingError, load
from tests.cast import sign_in
from tests.documents.engine.word_file import docx
from tests.documents.test_pdf import two_documents


class Gotenberg(BaseHTTPRequestHandler):
    """Answers with what it was sent inside a PDF's first line; `answers` says what it does instead."""

    answers: ClassVar[list[tuple[int, bytes]]] = []
    seen: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        """One file to convert."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        _stream, _form, sent = parse_form_data({
            "REQUEST_METHOD": "POST", "CONTENT_TYPE": self.headers["Content-Type"], "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body)})
        word = sent["files"].read()
        self.seen.append({"path": self.path, "name": sent["files"].filename, "word": word,
                          "authorization": self.headers.get("Authorization")})
        status, made = self.answers.pop(0) if self.answers else (200, b"%PDF-1.7 of " + word[:2])
        self.send_response(status)
        self.send_header("Content-Length", str(len(made)))
        self.end_headers()
        self.wfile.write(made)

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@pytest.fixture
def address() -> Iterator[str]:
    Gotenberg.answers.clear()
    Gotenberg.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Gotenberg) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_each_word_file_goes_there_whole_and_comes_back_as_a_pdf(address: str) -> None:
    words = {"a": docx("Рога & Копыта"), "b": docx("x" * 200_000)}
    assert converter.convert(f"http://{address}", words) == {"a": b"%PDF-1.7 of PK", "b": b"%PDF-1.7 of PK"}
    assert [seen["word"] for seen in Gotenberg.seen] == list(words.values())
    assert {(seen["path"], seen["name"], seen["authorization"]) for seen in Gotenberg.seen} == {
        ("/forms/libreoffice/convert", "document.docx", None)}


def test_a_name_and_a_password_are_sent_and_a_path_stands_before(address: str) -> None:
    converter.convert(f"http://anna:s%2Fecret@{address}/office/", {"a": b"PK"})
    assert Gotenberg.seen[0]["path"] == "/office/forms/libreoffice/convert"
    assert base64.b64decode(Gotenberg.seen[0]["authorization"].removeprefix("Basic ")) == b"anna:s/ecret"


def test_a_file_that_it_refuses_is_missing_and_the_others_are_made(address: str) -> None:
    Gotenberg.answers[:] = [(400, b"not a Word file")]
    assert list(converter.convert(f"http://{address}", {"bad": b"x", "good": b"PK"})) == ["good"]


@pytest.mark.parametrize(("answer", "said"), [
    ((503, b"busy"), "answered 503"), ((401, b"who?"), "answered 401"), ((302, b""), "answered 302"),
    ((200, b"<html>a proxy's page</html>"), "answered 200 without a PDF")])
def test_an_answer_that_is_no_pdf_is_a_fault_without_the_password(address: str, answer: tuple[int, bytes], said: str) -> None:
    Gotenberg.answers[:] = [answer]
    with pytest.raises(converter.ConverterError, match=said) as caught:
        converter.convert(f"http://anna:secret@{address}", {"a": b"PK"})
    assert "secret" not in str(caught.value)


def test_all_that_wait_go_there_though_libreoffice_is_here(real_app: Flask, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(real_app.config, "PDF_CONVERTER", f"http://{address}")
    ids = two_documents(real_app)
    with real_app.app_context():
        while jobs.run_one():
            pass
        made = [db.session.get_one(Document, one) for one in ids]
        assert [files.read(one.pdf_digest or "") for one in made] == [b"%PDF-1.7 of PK"] * 2
    assert sign_in(real_app, "boris").get(f"/documents/{ids[0]}/pdf").data == b"%PDF-1.7 of PK"


def test_nobody_there_is_told_on_the_page_and_tried_again(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(real_app.config, "PDF_CONVERTER", "http://127.0.0.1:1")  # nobody listens at port 1
    monkeypatch.setattr(pdf, "program", lambda: None)
    ids = two_documents(real_app)
    with real_app.app_context():
        while jobs.run_one():
            pass
        assert "the converter at 127.0.0.1:1 does not answer" in str(db.session.scalars(sa.select(Job.error)).first())
    page = sign_in(real_app, "boris").get(f"/documents/{ids[0]}").text
    assert "The PDF could not be made." in page
    assert "LibreOffice is not installed" not in page


@pytest.mark.parametrize("wrong", ["gotenberg:3000", "ftp://host", "http://", "http://host:x", "http://host/?a=1", "http://a:p/w@host"])
def test_an_address_that_is_none_ends_the_start_with_a_sentence(wrong: str) -> None:
    with pytest.raises(SettingError, match="PDF_CONVERTER"):
        load({"PDF_CONVERTER": wrong})
