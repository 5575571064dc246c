"""The check of a template: every fault by code, at its place, with the tag and the best guess."""

import time

import pytest

from crm.documents.engine import CompiledTemplate, Fault, TemplateError, check, empty_fields
from crm.documents.engine.lint import MAX_FAULTS
from tests.documents.engine.bad_files import BROKEN, FIELDS
from tests.documents.engine.word_file import docx, p, run, table


def faults(*body: str, **options: str) -> list[Fault]:
    return list(check(docx(*body, **options), FIELDS, {"qr"}).faults)


def only(*body: str, **options: str) -> Fault:
    found = faults(*body, **options)
    assert len(found) == 1, [fault.message(str) for fault in found]
    return found[0]


def test_a_good_template_has_no_faults_and_names_its_fields() -> None:
    body = table(("{%tr for item in items %}",), ("{{ item.name }} {{ loop.index }}",), ("{%tr endfor %}",))
    report = check(
        docx("{{ client.inn }} {{ qr(deal.number) }}", body, header="{{ deal['total'] }}"), FIELDS, {"qr"}
    )
    assert report.faults == ()
    assert report.ok
    assert report.fields_used == ("client.inn", "deal.number", "deal.total", "items", "items[].name")


@pytest.mark.parametrize(
    ("tag", "suggestion"),
    [
        ("{{ client.nme }}", "client.name"),
        ("{{ Client.Name }}", "client.name"),
        ("{{ dаta }}", "data"),
        ("{{ client.аddress.city }}", "client.address.city"),
        ("{{ CLIENT_INN }}", "client.inn"),
        ("{{ inn }}", "client.inn"),
        ("{{ clent.adress.street }}", "client.address.street"),
    ],
)
def test_an_unknown_field_gets_a_guess(tag: str, suggestion: str) -> None:
    fault = only("первый", f"второй {tag}")
    assert (fault.code, fault.params["suggestion"]) == ("unknown_field_perhaps", suggestion)
    assert (fault.place.part, fault.place.paragraph, fault.tag) == ("document", 2, tag)


@pytest.mark.parametrize(
    ("tag", "suggestion"),
    [
        ("{{ CUSTOMER_INN }}", "client.inn"),
        ("{{ buyerInn }}", "client.inn"),
        ("{{ number_of_deal }}", None),
        ("{{ DEAL_NUMBER }}", "deal.number"),
        ("{{ number_deal }}", "deal.number"),
        ("{{ street }}", "client.address.street"),
        ("{{ whole_sum }}", "deal.total"),
        ("{{ client_rs }}", None),
        ("{{ CLIENT_YEAR }}", None),
    ],
)
def test_a_guess_goes_by_words_and_is_never_a_group(tag: str, suggestion: str | None) -> None:
    words = {"customer": "client", "buyer": "client", "whole_sum": "deal.total"}
    found = check(docx(tag), FIELDS, synonyms=words).faults
    assert [fault.params.get("suggestion") for fault in found] == [suggestion]


def test_an_unknown_field_without_a_guess_is_named() -> None:
    assert (only("{{ zzzzqqq }}").code, only("{{ zzzzqqq }}").params["name"]) == ("unknown_field", "zzzzqqq")


def test_a_field_of_a_row_is_checked_through_the_loop() -> None:
    body = table(("{%tr for i in items %}", ""), ("a", "{{ i.prise }}"), ("{%tr endfor %}", ""))
    fault = only("начало", body)
    place = fault.place
    assert fault.params == {"name": "i.prise", "suggestion": "i.price"}
    assert (place.table, place.row, place.cell, place.paragraph) == (1, 2, 2, None)


def test_a_loop_variable_ends_with_its_loop() -> None:
    codes = [f.code for f in faults("{% for i in items %}{{ i.name }}{% endfor %}", "{{ i.quantity }}")]
    assert codes == ["unknown_field"]


def test_sorted_rows_keep_their_fields() -> None:
    fault = only("{% for i in items|sort(attribute='price')|reverse %}{{ i.nam }}{% endfor %}")
    assert fault.params["suggestion"] == "i.name"


@pytest.mark.parametrize(
    ("body", "code"),
    BROKEN,
)
def test_each_kind_of_fault_in_a_paragraph(body: str, code: str) -> None:
    fault = only("первый", body)
    assert fault.code == code
    assert fault.place.paragraph == 2
    assert fault.message(str).startswith("Paragraph 2: ")


def test_the_classic_attack_is_refused_by_name() -> None:
    codes = {f.code for f in faults("{{ cycler.__init__.__globals__.os.popen('id').read() }}")}
    assert codes == {"private_name", "call"}


def test_an_unclosed_brace_does_not_swallow_the_next_paragraph() -> None:
    found = faults("{{ client.name", "Дальше {{ client.inn }} и {{ client.knn }}")
    assert [(f.code, f.place.paragraph) for f in found] == [
        ("not_closed_brace", 1),
        ("unknown_field_perhaps", 2),
    ]


def test_an_unclosed_brace_before_another_tag_is_told_apart() -> None:
    found = faults("{{ client.name и {{ client.inn }}")
    assert [(f.code, f.tag) for f in found] == [("not_closed_brace", "{{ client.name и")]


def test_a_crossing_end_points_to_the_opener() -> None:
    fault = only("{% for i in items %}", "{% if i.name %}", "{% endfor %}")
    assert (fault.code, fault.place.paragraph, fault.params["where"].paragraph) == ("crossed", 3, 2)
    assert "Paragraph 2" in fault.message(str)


def test_an_unclosed_opener_is_told_at_its_own_place() -> None:
    fault = only("а", "б", "в", "{% if client.name %}", "д")
    assert (fault.code, fault.place.paragraph, fault.tag) == ("not_closed", 4, "{% if client.name %}")


def test_two_paragraph_tags_in_one_paragraph() -> None:
    assert "two_block_tags" in {f.code for f in faults("{%p if client.name %}да{%p endif %}")}


def test_a_value_in_the_row_of_its_loop_would_vanish() -> None:
    body = table(("{%tr for i in items %}", "{{ i.name }}"), ("{%tr endfor %}", ""))
    assert only(body).code == "lost_tag"


def test_a_loop_opened_in_a_row_and_closed_outside() -> None:
    body = table(("{%tr for i in items %}",), ("{{ i.name }}",))
    fault = only(body, "{%p endfor %}")
    assert (fault.code, fault.place.row, fault.params["where"].paragraph) == ("uneven", 1, 1)


def test_a_condition_across_cells_is_uneven() -> None:
    assert only(table(("{% if client.name %}а{% else %}",)), "{% endif %}").code == "uneven"


def test_a_condition_from_one_cell_to_the_next_balances() -> None:
    # the cells close what they reopen, so this is legal, as in docxtpl
    assert faults(table(("{% if client.name %}а", "б{% endif %}"))) == []


def test_a_tag_through_a_whole_link_is_fine_and_half_in_a_link_is_told() -> None:
    link = f'<w:hyperlink w:anchor="x">{run("client.na")}</w:hyperlink>'
    assert faults(p("{{ ", link, "me }}")) == []
    assert (
        only(p("{{ cli", f'<w:hyperlink w:anchor="x">{run("ent.name }}")}</w:hyperlink>')).code
        == "broken_tag"
    )


def test_an_endless_tag_is_refused() -> None:
    assert only("{{ data" + " + data" * 3000 + " }}").code == "long_tag"
    assert only("{{ " + "(" * 150 + "data" + ")" * 150 + " }}").code in ("long_tag", "syntax")


def test_a_brace_at_the_border_of_paragraphs() -> None:
    assert "loose_brace" in {f.code for f in faults("скобка {", "{ и ещё")}


def test_places_in_headers_and_footnotes() -> None:
    found = faults("x", header="{{ a1 }}", footer=p("1") + p("{{ b1 }}"), footnotes="{{ c1 }}")
    assert [f.message(str).split(":")[0] for f in found] == [
        "Header, paragraph 1",
        "Footer, paragraph 2",
        "Footnotes, paragraph 1",
    ]


def test_a_value_in_the_instruction_of_a_field_is_refused() -> None:
    field = (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r>'
        '<w:instrText>PAGE {{ client.name }}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )
    assert only(field + p("{{ client.inn }}")).code == "outside_text"


def test_the_same_fault_in_a_text_box_is_told_once() -> None:
    box = f"<w:txbxContent>{p('{{ client.zzz9 }}')}</w:txbxContent>"
    space = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    body = (
        f'<w:p><w:r><mc:AlternateContent {space}><mc:Choice Requires="wps">{box}</mc:Choice>'
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert only(body).code == "unknown_field"


def test_an_optional_field_is_a_warning() -> None:
    report = check(docx("{{ zzz|default('—') }}{% if yyy is defined %}а{% endif %}"), FIELDS)
    assert report.faults == ()
    assert [w.code for w in report.warnings] == ["unknown_optional", "unknown_optional"]


def test_text_beside_a_paragraph_tag_is_a_warning() -> None:
    report = check(docx("{%p if client.name %} важно", "x", "{%p endif %}"), FIELDS)
    assert [(w.code, w.params["text"]) for w in report.warnings] == [("text_lost", "важно")]


def test_a_file_without_tags_is_a_warning() -> None:
    report = check(docx("просто текст"), FIELDS)
    assert (report.ok, [w.code for w in report.warnings]) == (True, ["no_tags"])


def test_fonts_are_listed_and_cambria_is_warned_of() -> None:
    body = p(
        run("{{ data }}", '<w:rFonts w:ascii="Cambria" w:hAnsi="Arial"/>'),
        run("x", '<w:rFonts w:ascii="Papyrus"/>'),
    )
    report = check(docx(body), FIELDS)
    assert report.fonts == ("Arial", "Cambria", "Papyrus")
    assert [(w.code, w.params["font"]) for w in report.warnings] == [
        ("font_without_cyrillic", "Cambria"),
        ("font_replaced", "Papyrus"),
    ]


def test_cyrillic_field_names_work() -> None:
    report = check(docx("{{ клиент.инн }} {{ клиент.ин }}"), {"клиент": {"инн": ""}})
    assert [f.code for f in report.faults] == ["unknown_field_perhaps"]
    assert report.fields_used == ("клиент.инн",)


def test_check_and_compile_agree() -> None:
    for body in (
        "{{ a }}",
        "{{ a",
        "{% if a %}",
        "{%p if a %}{%p endif %}",
        "{{ a() }}",
        "{% for x in a %}{% endfor %}",
    ):
        data = docx(body)
        accepted = check(data, None).ok
        try:
            CompiledTemplate(data)
        except TemplateError:
            assert not accepted, body
        else:
            assert accepted, body


def test_empty_fields_are_what_to_ask_for() -> None:
    used = ("client.inn", "client.name", "deal.total", "items", "items[].name", "items[].price", "nobody.x")
    context = {
        "client": {"inn": "", "name": "А"},
        "deal": {"total": 0},
        "items": [{"name": "x", "price": 1}, {"name": None, "price": 2}],
        "nobody": None,
    }
    assert empty_fields(context, used) == ("client.inn", "items[].name", "nobody.x")


@pytest.mark.parametrize("body", ["{" * 60_000, "{{ a" * 15_000, "}}" * 30_000, "{%" * 30_000, "{{{%" * 15_000])
def test_a_text_of_braces_is_refused_quickly_and_in_few_words(body: str) -> None:
    data = docx(body)
    check(docx("{{ data }}"), FIELDS)
    began = time.process_time()
    report = check(data, FIELDS)
    assert time.process_time() - began < 2.0
    assert 0 < len(report.faults) <= MAX_FAULTS


def test_thousands_of_tags_in_one_paragraph_are_read_in_bearable_time() -> None:
    data = docx(p(*["{{ data }}"] * 3000))
    began = time.process_time()
    assert check(data, FIELDS).ok
    assert time.process_time() - began < 5.0


def test_a_foreign_list_in_a_table_is_told_how_lists_in_tables_go() -> None:
    found = faults(table(("{{#loop}}", "{{ data }}", "{{/loop}}")))
    assert [f.code for f in found] == ["foreign_row", "foreign_row"]
    assert "{%tr for item in items %}" in found[0].message(str)
