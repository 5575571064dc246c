"""Our logo, stamp and signature: taken, refused with a sentence, in documents, and in those that were made for good."""

import io
import struct
import zipfile
import zlib

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.core.db import db
from crm.documents import operations
from crm.documents.models import Template
from tests.cast import Cast, sign_in
from tests.documents.engine.word_file import docx
from tests.documents.scene import make_scene

PAGE = "/settings/numbers/"


def png(side: int = 8, colour: int = 0) -> bytes:
    """A small square picture."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = b"".join(b"\0" + bytes([colour]) * side for _row in range(side))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def send(app: Flask, who: str, name: str, data: bytes) -> tuple[int, str]:
    answer = sign_in(app, who).post(f"{PAGE}pictures/{name}", data={"file": (io.BytesIO(data), "x.png")})
    return answer.status_code, answer.text


def pictures_in(word: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name.startswith("word/media/picture")}


def test_a_picture_is_taken_shown_and_taken_off(app: Flask, cast: Cast) -> None:
    assert send(app, "owner", "stamp", png())[0] == 303
    owner = sign_in(app, "owner")
    shown = owner.get(f"{PAGE}pictures/stamp")
    assert (shown.mimetype, shown.data, shown.headers["X-Content-Type-Options"]) == ("image/png", png(), "nosniff")
    assert "<img src" in owner.get(PAGE).text
    assert owner.post(f"{PAGE}pictures/stamp?off=1").status_code == 303
    assert owner.get(f"{PAGE}pictures/stamp").status_code == 404
    assert "<img src" not in owner.get(PAGE).text


@pytest.mark.parametrize(("data", "sentence"), [
    (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Save it as PNG"), (b"%PDF-1.7", "not PNG, JPEG or GIF"),
    (png(3001), "1 MB or 3000 pixels"), (png() + b"\0" * 1_100_000, "1 MB or 3000 pixels"), (b"", "not PNG")])
def test_what_no_document_can_carry_is_refused_with_a_sentence(app: Flask, cast: Cast, data: bytes, sentence: str) -> None:
    status, page = send(app, "owner", "logo", data)
    assert (status, sentence in page) == (422, True)
    assert send(app, "boris", "logo", png())[0] == 403
    assert send(app, "owner", "poster", png())[0] == 404


def test_documents_carry_what_was_ours_when_they_were_made(context: Session, cast: Cast) -> None:
    owner, deal = db.session.get_one(User, cast.owner), make_scene(cast)
    text = "{% if company.logo %}{{ company.logo }}{% endif %} {{ компания.печать }} {{ image(company.signature, 20) }}"
    version = operations.upload(docx(text), kind="quote", locale="en", name="Ours", file_name="x.docx", actor=owner)
    template = db.session.get_one(Template, version.template_id)
    without = operations.make_document(deal, template=template, actor=owner)
    operations.set_picture("logo", png(8, 1), actor=owner)
    operations.set_picture("stamp", png(8, 2), actor=owner)
    operations.set_picture("signature", png(8, 3), actor=owner)
    signed = operations.make_document(deal, template=template, actor=owner)
    operations.take_off("logo", actor=owner)
    operations.set_picture("stamp", png(8, 9), actor=owner)
    assert pictures_in(operations.remake(without)) == {}
    assert sorted(pictures_in(operations.remake(signed)).values()) == sorted([png(8, 1), png(8, 2), png(8, 3)])
    assert accounts.the_organization().pictures.keys() == {"stamp", "signature"}
