"""A template is tried on examples before it is taken: what could never make a document is a fault at its tag."""

from decimal import Decimal

import pytest

from crm.documents.engine import CompiledTemplate, Fault, RenderError, Report, check
from tests.documents.engine.word_file import docx, table, texts

FIELDS = {"deal": {"total": "money", "total_number": "number", "vat_number": "number", "title": "text"},
          "items": [{"name": "text", "total": "money", "total_number": "number"}]}
NUMBERS = {"deal.total": "deal.total_number", "items[].total": "items[].total_number"}
ROW = {"name": "Стол", "total": "1\u00a0000,00", "total_number": Decimal("1000.00")}
DEAL = {"total": "2\u00a0000,00", "total_number": Decimal(2000), "vat_number": Decimal(20), "title": "Класс"}
FULL = {"deal": DEAL, "items": [ROW] * 20}
PLAIN = {"deal": {**DEAL, "vat_number": Decimal(0)}, "items": [ROW]}


def tried(*body: str) -> Report:
    return check(docx(*body), FIELDS, numbers=NUMBERS, examples=(FULL, PLAIN))


def only(*body: str) -> Fault:
    report = tried(*body)
    assert len(report.faults) == 1, [fault.message(str) for fault in report.faults]
    return report.faults[0]


@pytest.mark.parametrize("tag", [
    "{{ deal.total + 1 }}", "{{ deal.total_number + deal.total }}", "{{ deal.total * 2 }}", "{{ 100 - deal.total }}",
    "{% if deal.total > 1000 %}много{% endif %}", "{% if deal.total == 1000 %}ровно{% endif %}", "{{ -deal.total }}",
    "{{ deal.total|float * 0.3 }}", "{{ deal.total|round(2) }}", "{{ deal.total + deal.total }}",
    "{{ (deal.total + 1)|round }}"])
def test_reckoning_with_a_text_names_the_number_to_use(tag: str) -> None:
    fault = only("первый", tag)
    assert (fault.code, fault.place.paragraph) == ("text_for_number", 2)
    assert (fault.params["name"], fault.params["suggestion"]) == ("deal.total", "deal.total_number")
    assert "deal.total_number" in fault.message(str)


def test_in_a_row_the_number_of_the_row_is_named() -> None:
    fault = only(table(("{%tr for i in items %}",), ("{{ i.total * 2 }}",), ("{%tr endfor %}",)))
    assert (fault.params["name"], fault.params["suggestion"], fault.place.row) == ("i.total", "i.total_number", 2)


def test_a_sum_over_texts_is_told() -> None:
    fault = only("{{ items|sum(attribute='total') }}")
    assert (fault.code, fault.params["name"], fault.params["suggestion"]) == ("text_for_number", "total", "total_number")
    assert tried("{{ items|sum(attribute='total_number') }}").ok


@pytest.mark.parametrize("tag", [
    "{{ deal.total + ' руб.' }}", "{{ deal.total ~ ' руб.' }}", "{{ deal.total_number * 0.3 }}", "{% if deal.total %}да{% endif %}",
    "{% if deal.total_number > 1000 %}много{% endif %}", "{{ 'Сумма ' + deal.total }}", "{% if deal.title == 'Класс' %}да{% endif %}",
    "{{ 1 / deal.vat_number if deal.vat_number else '' }}"])
def test_what_works_is_taken(tag: str) -> None:
    assert tried(tag).faults == ()


def test_any_other_text_in_a_sum_is_found_by_the_trial() -> None:
    fault = only("первый", "{{ deal.total_number + 1 }} и {{ deal.title + 1 }}")
    assert (fault.code, fault.place.paragraph, fault.tag) == ("not_a_number", 2, "{{ deal.title + 1 }}")
    cell = only(table(("а", "{% if deal.title > 5 %}да{% endif %}")))
    assert (cell.code, cell.place.table, cell.place.row, cell.place.cell) == ("not_a_number", 1, 1, 2)


def test_a_division_by_zero_is_found_where_it_happens() -> None:
    assert only("а", "{{ 1/0 if deal.title }}").code == "zero_division"
    fault = only("а", "б", "{{ 1 / deal.vat_number }}")  # on a deal without VAT only
    assert (fault.code, fault.place.paragraph) == ("zero_division", 3)


def test_each_part_and_each_of_two_faults_in_a_part_is_told() -> None:
    report = check(docx("{{ deal.title + 1 }}", "{{ 1/0 }}", header="{{ deal.title * 2 }}"), FIELDS, examples=(FULL, PLAIN))
    assert [(fault.code, fault.place.part, fault.place.paragraph) for fault in report.faults] == [
        ("not_a_number", "document", 1), ("zero_division", "document", 2), ("not_a_number", "header", 1)]


@pytest.mark.parametrize(("tag", "row"), [("{{ items[0].name }}", 1), ("{{ items[4].name }}", 5), ("{{ items[40].name }}", 41)])
def test_a_row_by_its_number_is_allowed_with_a_warning(tag: str, row: int) -> None:
    report = tried("первый", tag)
    assert report.faults == ()
    assert [(one.code, one.place.paragraph, one.params["number"]) for one in report.warnings] == [("row_by_number", 2, row)]
    assert "{% for item in items %}" in report.warnings[0].message(str)
    assert "items[].name" in report.fields_used


def test_the_first_rows_can_be_gone_through() -> None:
    report = tried("{% for i in items[:5] %}{{ i.name }}{% endfor %}")
    assert (report.faults, report.warnings) == ((), ())


def test_a_document_without_such_a_row_says_so_at_the_tag() -> None:
    template = CompiledTemplate(docx("первый", "{{ items[0].name }}", "{{ items[4].name }}"))
    with pytest.raises(RenderError) as caught:
        template.render(PLAIN)
    fault = caught.value.fault
    assert (fault.code, fault.place.paragraph, fault.params["number"]) == ("no_row", 3, 5)


def test_a_fault_of_many_reckoning_tags_is_at_the_one_that_failed() -> None:
    template = CompiledTemplate(docx("{{ b * 2 }}", "{{ b * 3 }}", "{{ b / a }}", "{_{ {{ b }} }_}"))
    with pytest.raises(RenderError) as caught:
        template.render({"a": 0, "b": 1})
    assert (caught.value.fault.code, caught.value.fault.place.paragraph) == ("zero_division", 3)
    assert texts(template.render({"a": 1, "b": 2})) == ["4", "6", "2.0", "{{ 2 }}"]
