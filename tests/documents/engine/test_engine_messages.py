"""Every fault is a whole sentence in both languages."""

from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from crm.documents.engine import Fault, Place, check
from crm.documents.engine.messages import SENTENCES
from tests.documents.engine.word_file import docx, table

CATALOGUE = Path(__file__).resolve().parents[3] / "translations/documents_engine/ru/LC_MESSAGES/messages.po"
NAMES = (
    "limit part target field close open right near character word suggestion opener where eater name example "
    "detail font text sign number rows item words"
)
ALL = dict.fromkeys(NAMES.split(), "х")


@lru_cache
def russian() -> dict[str, str]:
    with CATALOGUE.open("rb") as file:
        return {str(entry.id): str(entry.string) for entry in read_po(file, locale="ru") if entry.id}


def translate(msgid: str) -> str:
    return russian()[msgid]


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_is_a_sentence_in_both_languages(code: str) -> None:
    fault = Fault(code, Place("header", paragraph=2), "{{ тег }}", ALL)
    english, in_russian = fault.message(str), fault.message(translate)
    assert english.startswith("Header, paragraph 2: ")
    assert in_russian.startswith("Верхний колонтитул, абзац 2: ")
    for sentence in (english, in_russian):
        assert "%(" not in sentence
        assert "%%" not in sentence
        assert sentence.endswith(".")
    assert in_russian.count("“") == 0


def test_the_sentence_of_the_study_is_said_in_russian() -> None:
    report = check(docx("а", "{{ client.nme }}", table(("{% if a %}",))), {"client": {"name": ""}, "a": ""})
    assert [fault.message(translate) for fault in report.faults] == [
        "Абзац 2: Нет поля «client.nme»; возможно, это «client.name».",
        "Таблица 1, строка 1, ячейка 1: Тег «{% if a %}» не закрыт: не хватает {% endif %}.",
    ]


def test_a_fault_of_the_whole_file_has_no_place() -> None:
    assert (
        check(b"", {}).faults[0].message(translate)
        == "Файл пустой. Сохраните документ в Word ещё раз и загрузите его."
    )
