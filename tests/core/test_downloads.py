"""The name of a downloaded file, for programs that know only the Latin one."""

import pytest
from flask import Flask
from werkzeug.http import parse_options_header

from crm.core.downloads import latin_name
from tests.cast import Cast, sign_in
from tests.documents.scene import committed


@pytest.mark.parametrize(("name", "latin"), [
    ("КП 1-2026 ООО «Рога & Копыта Юг».docx", "KP 1-2026 OOO Roga Kopyta Yug.docx"),
    ("Счёт № 5 ЗАО «ЩИТ».pdf", "Schet No 5 ZAO SHCHIT.pdf"),
    ("Straße Ärzte.csv", "Strasse Arzte.csv"),
    ("日本.docx", "file.docx"),
    ('a"b\r\nSet-Cookie: x; y.docx', "a b Set-Cookie x y.docx"),
    ("без точки", "bez tochki"),
])
def test_a_name_is_written_in_latin_letters(name: str, latin: str) -> None:
    assert latin_name(name) == latin


def test_a_quote_comes_under_both_names(app: Flask, cast: Cast) -> None:
    deal_id, boris = committed(app, cast), sign_in(app, "boris")
    place = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "ru", "dated": "2026-11-21"}).headers["Location"]
    said = boris.get(f"{place}/word").headers["Content-Disposition"]
    assert said.startswith('attachment; filename="KP 1-2026 OOO Roga Kopyta Yug.docx"; filename*=UTF-8')
    assert parse_options_header(said)[1]["filename"] == "КП 1-2026 ООО «Рога & Копыта Юг».docx"
