"""Fields as other programs write them stay in the document as plain text: each is told, and what to write instead."""

import pytest

from crm.documents.engine import Fault, check
from tests.documents.engine.word_file import docx, p, run, table

FIELDS = {"client": {"name": "text", "inn": "text"}, "клиент": {"название": "text"}, "deal": {"total": "money"},
          "items": [{"name": "text"}]}
WORDS = {"client_name": "client.inn", "customer": "client", "company_name": "client.name", "клиент": "клиент.название"}


def told(*body: str, **options: str) -> list[Fault]:
    report = check(docx(*body, **options), FIELDS, synonyms=WORDS)
    assert report.ok
    return [one for one in report.warnings if one.code.startswith("other_program")]


def merge(name: str, shown: str) -> str:
    """A field of Word's own mail merge, spread over runs as Word does."""
    return (f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> MERGE</w:instrText></w:r>'
            f'<w:r><w:instrText>FIELD {name} </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>{run(shown)}'
            '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>')


@pytest.mark.parametrize(("typed", "ours"), [
    ("{client.name}", "client.name"), ("${client.name}", "client.name"), ("[[client.name]]", "client.name"),
    ("<<client.name>>", "client.name"), ("<<Client Name>>", "client.inn"), ("{d.client.name}", "client.name"),
    ("{{ client.inn }} {client.nme}", "client.name"), ("%CLIENT_NAME%", "client.inn"), ("${customerInn}", "client.inn"),
    ("«client_name»", "client.inn"), ("{клиент.название}", "клиент.название"), ("[[Клиент]]", "клиент.название"),
    ("{ client.name }", "client.name"), ("${d.client.inn}", "client.inn"), ("#{client.name}", "client.name")])
def test_a_field_of_another_program_is_told_with_ours(typed: str, ours: str) -> None:
    found = told("первый", f"Для {typed}, далее")
    assert [(one.code, one.place.paragraph, one.params.get("suggestion")) for one in found] == [
        ("other_program_perhaps", 2, "{{ " + ours + " }}")]
    assert found[0].tag in typed
    assert "{{ " + ours + " }}" in found[0].message(str)


def test_without_a_guess_it_is_told_how_fields_are_written() -> None:
    found = told(table(("а", "${driver_licence}")))
    assert [(one.code, one.tag, one.place.cell) for one in found] == [("other_program", "${driver_licence}", 2)]


def test_a_field_spread_over_runs_and_two_in_one_paragraph_are_told() -> None:
    found = told(p("${cli", "ent.name} и ", "[[client.inn]]"), header="{client.name}")
    assert [(one.tag, one.place.part) for one in found] == [
        ("${client.name}", "document"), ("[[client.inn]]", "document"), ("{client.name}", "header")]


@pytest.mark.parametrize(("field", "name", "ours"), [
    (merge("Client_Name", "«Client_Name»"), "Client_Name", "{{ client.inn }}"),
    (merge('"client name" \\* MERGEFORMAT', "«client name»"), "client name", "{{ client.inn }}"),
    (p('<w:fldSimple w:instr=" MERGEFIELD Клиент ">' + run("«Клиент»") + "</w:fldSimple>"), "Клиент", "{{ клиент.название }}"),
    (merge("zzqq", "«zzqq»"), "zzqq", None)])
def test_a_merge_field_of_word_is_told_once(field: str, name: str, ours: str | None) -> None:
    found = told("первый", field)
    assert [(one.place.paragraph, one.tag, one.params.get("suggestion")) for one in found] == [(2, f"MERGEFIELD {name}", ours)]


@pytest.mark.parametrize("text", [
    "ООО «Вертикаль» и «Клиент» заключили", "скидка 5% и НДС 20%", "от 10% до 15%", "«21» ноября 2026 г.", "[1] и [а]", "a << b >> c",
    "{_{ client.name }_}", "множество {1, 2, 3}", "{}", "{{ client.name }}", "{{ '{client.name}' }}", "[[]]", "100%-ная%", "{ }",
    "{% if client.name %}{{ client.inn }}{% endif %}", "{# {note} #}", "цена {{client.inn}}%, скидка {{client.inn}}%", "5 % АБВ % 7",
    "см. <<1>>", "[[12]]", "«____» ______ 2026 г.", "[[____]]", "{_____}"])
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert told(text) == []


def test_a_page_number_is_no_merge_field() -> None:
    assert told(p('<w:fldSimple w:instr=" PAGE ">' + run("1") + "</w:fldSimple>")) == []


def test_a_file_in_which_nothing_changes_says_so() -> None:
    report = check(docx("Уважаемый ${client.name}!"), FIELDS)
    assert report.ok
    assert [one.code for one in report.warnings] == ["other_program_perhaps", "no_tags"]
    assert "Nothing in this file will change from deal to deal" in report.warnings[1].message(str)
