"""PDF by the LibreOffice of this machine, in one run for all that wait."""

import shutil
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts.models import User
from crm.core import files, jobs
from crm.core.db import db
from crm.core.jobs import Job
from crm.documents import pdf
from crm.documents.models import Document
from crm.documents.operations import ask_for_pdf, make_document, template_for
from tests.cast import make_cast, sign_in
from tests.documents.engine.word_file import R_NS, docx, rels
from tests.documents.scene import make_scene

needs_libreoffice = pytest.mark.skipif(not pdf.program(), reason="LibreOffice is not installed")


def two_documents(app: Flask) -> list[int]:
    with app.app_context():
        deal = make_scene(make_cast())
        actor = db.session.get_one(User, deal.manager_id)
        made = [make_document(deal, template=template_for(kind=kind, locale="ru", key=""), actor=actor)
                for kind in ("quote", "invoice")]
        for document in made:
            ask_for_pdf(document)
        db.session.commit()
        return [document.id for document in made]


@needs_libreoffice
def test_all_that_wait_are_made_in_one_run(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[int] = []
    convert = pdf.convert
    monkeypatch.setattr(pdf, "convert", lambda words: runs.append(len(words)) or convert(words))
    ids = two_documents(real_app)
    with real_app.app_context():
        while jobs.run_one():
            pass
        made = [db.session.get_one(Document, one) for one in ids]
        assert [files.read(one.pdf_digest or "")[:5] for one in made] == [b"%PDF-", b"%PDF-"]
        assert db.session.scalars(sa.select(Job)).all() == []
    assert runs == [2]
    boris = sign_in(real_app, "boris")
    answer = boris.get(f"/documents/{ids[0]}/pdf")
    assert answer.mimetype == "application/pdf"
    assert ".pdf" in answer.headers["Content-Disposition"]
    assert f'href="/documents/{ids[0]}/pdf"' in boris.get(f"/documents/{ids[0]}").text


@needs_libreoffice
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed")
def test_the_pdf_says_what_the_word_file_says(tmp_path: Path) -> None:
    made = pdf.convert_here({"a": docx("Всего: 1 234,50 руб. за «Рога & Копыта»")})
    (tmp_path / "a.pdf").write_bytes(made["a"])
    text = subprocess.run(["pdftotext", tmp_path / "a.pdf", "-"], capture_output=True, check=True).stdout.decode()
    assert text.strip() == "Всего: 1 234,50 руб. за «Рога & Копыта»"


@needs_libreoffice
def test_a_document_never_reads_files_of_the_server(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret of the server")
    link = rels(f'<Relationship Id="rIdOut" Type="{R_NS}/subDocument" TargetMode="External" '
                f'Target="{(tmp_path / "secret.txt").as_uri()}"/>')
    hostile = docx('<w:subDoc r:id="rIdOut"/>', "text", parts={"word/_rels/document.xml.rels": link})
    made = pdf.convert_here({"a": hostile})
    assert b"secret of the server" not in made["a"]


def test_a_failure_is_told_and_can_be_tried_again(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(words: dict[str, bytes]) -> dict[str, bytes]:
        raise pdf.PdfError("no memory")

    monkeypatch.setattr(pdf, "program", lambda: "/usr/bin/soffice")
    monkeypatch.setattr(pdf, "convert", broken)
    ids = two_documents(real_app)
    with real_app.app_context():
        while jobs.run_one():
            pass
    boris = sign_in(real_app, "boris")
    page = boris.get(f"/documents/{ids[0]}").text
    assert "The PDF could not be made." in page
    boris.post(f"/documents/{ids[0]}/pdf")
    with real_app.app_context():
        job = db.session.scalars(sa.select(Job).where(Job.key == f"pdf-{ids[0]}")).one()
        assert (job.error, job.attempts) == (None, 0)


def test_one_lost_word_file_does_not_hold_up_the_others(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "convert", lambda words: dict.fromkeys(words, b"%PDF-"))
    ids = two_documents(real_app)
    with real_app.app_context():
        lost = db.session.get_one(Document, ids[0]).digest
        (files.folder() / lost[:2] / lost).unlink()
        db.session.remove()
        while jobs.run_one():
            pass
        assert [db.session.get_one(Document, one).pdf_digest is not None for one in ids] == [False, True]


def test_a_program_that_hangs_is_stopped_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "soffice"
    script.write_text('#!/bin/sh\nsleep 30 &\necho $! > "%s"\nwait\n' % (tmp_path / "child"))
    script.chmod(0o755)
    monkeypatch.setattr(pdf, "program", lambda: str(script))
    monkeypatch.setattr(pdf, "TIMEOUT", 0.3)
    monkeypatch.setattr(pdf, "PER_FILE", 0)
    with pytest.raises(pdf.PdfError, match="took too long"):
        pdf.convert_here({"a": b"x"})
    stat = Path(f"/proc/{(tmp_path / 'child').read_text().strip()}/stat")
    for _ in range(10_000):  # a killed process may still be listed for a moment
        if not stat.exists() or stat.read_text().split(")")[1].split()[0] == "Z":
            break
    else:
        pytest.fail("the started program still runs")


