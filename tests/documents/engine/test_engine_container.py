"""Files that are not templates: each is refused by name, quickly, before anything is unpacked."""

import time
import tracemalloc
from collections.abc import Callable

import pytest

from crm.documents.engine import CompiledTemplate, TemplateError, check, to_html
from tests.documents.engine.bad_files import bomb, flat, liar, many, ole, sum_of_parts, twice
from tests.documents.engine.word_file import R_NS, WORD, docx, p, part, rels, root, zipped


def code(data: bytes) -> str:
    """The only fault of a file, which both doors have to give."""
    report = check(data, {"a": ""})
    assert len(report.faults) == 1, [f.message(str) for f in report.faults]
    with pytest.raises(TemplateError) as caught:
        CompiledTemplate(data)
    assert [f.code for f in caught.value.faults] == [report.faults[0].code]
    return report.faults[0].code


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty_file"),
        ("Договор № ___\nот ___".encode(), "plain_text"),
        ("Договор".encode("cp1251"), "plain_text"),
        (b"{\\rtf1 hello}", "rtf"),
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x00\x01\x02", "not_docx"),
        (ole("WordDocument"), "old_doc"),
        (ole("EncryptedPackage"), "password"),
        (b"PK\x03\x04 and nothing more", "truncated"),
        (b"PK" + b"x" * 32_000_000, "too_big_file"),
        (zipped({"a.txt": b"x"}), "not_docx"),
        (zipped({"mimetype": b"application/vnd.oasis"}), "other_office"),
        (docx("{{ a }}", main_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
        (
            docx(
                "{{ a }}",
                main_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            ),
            "other_office",
        ),
        (docx("{{ a }}", parts={"word/vbaProject.bin": b"x"}), "macros"),
        (docx("{{ a }}", parts={"word/activeX/activeX1.xml": b"<a/>"}), "active_x"),
        (
            docx("{{ a }}", parts={"word/settings.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}),
            "doctype",
        ),
        (
            docx("{{ a }}", parts={"word/document.xml": b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>'}),
            "doctype",
        ),
        (docx("{{ a }}", parts={"word/document.xml": b"<w:document"}), "damaged"),
        (
            docx("{{ a }}", parts={"word/document.xml": b"<a xmlns='http://purl.oclc.org/ooxml/w'/>"}),
            "strict_ooxml",
        ),
        (docx("{{ a }}", parts={"word/document.xml": b"<a xmlns='urn:x'/>"}), "odd_xml"),
        (docx("{{ a }}", parts={"../evil.xml": b"<a/>"}), "odd_entry"),
        (docx("{{ a }}", parts={"word/a\\b.xml": b"<a/>"}), "odd_entry"),
        (docx("{{ a }}", "<w:altChunk r:id='rId5'/>"), "alt_chunk"),
    ],
)
def test_a_file_that_is_no_template_is_named(data: bytes, expected: str) -> None:
    assert code(data) == expected


def test_a_doctype_in_another_encoding_is_found_too() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert code(docx("x", parts={"word/document.xml": text.encode("utf-16")})) == "doctype"


def test_a_cut_file_and_a_changed_byte_are_told_apart() -> None:
    whole = docx("{{ a }}", parts={"word/filler.xml": bytes(range(256)) * 40})
    assert code(whole[: len(whole) // 2]) == "truncated"
    at = whole.index(b"word/document.xml") + 17 + 20
    assert code(whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :]) == "damaged"


@pytest.mark.parametrize(
    "relation",
    [
        f'<Relationship Id="r9" Type="{R_NS}/image" Target="http://evil.ru/a.png" TargetMode="External"/>',
        f'<Relationship Id="r9" Type="{R_NS}/image" Target="file:///etc/passwd" TargetMode="External"/>',
        f'<Relationship Id="r9" Type="{R_NS}/oleObject" Target="\\\\host\\share" TargetMode="External"/>',
        f'<Relationship Id="r9" Type="{R_NS}/image" Target="http://evil.example/a.png"/>',
    ],
)
def test_what_is_loaded_from_outside_is_refused(relation: str) -> None:
    assert code(docx("{{ a }}", relations=relation)) == "external"


def test_a_template_outside_is_refused_with_its_own_advice() -> None:
    target = 'Target="file:///C:/n.dotm" TargetMode="External"'
    line = f'<Relationship Id="r1" Type="{R_NS}/attachedTemplate" {target}/>'
    data = docx("{{ a }}", parts={"word/_rels/settings.xml.rels": rels(line)})
    assert code(data) == "outside_template"


def test_hyperlinks_may_lead_outside() -> None:
    line = (
        f'<Relationship Id="r9" Type="{R_NS}/hyperlink" Target="https://example.com" TargetMode="External"/>'
    )
    assert check(docx("{{ a }}", relations=line), {"a": ""}).ok


@pytest.mark.parametrize(
    "instruction",
    [
        ["DDEAUTO c:\\\\windows\\\\cmd.exe"],
        ["INCLU", "DETEXT ", "x.docx"],
        [' includepicture "http://x"'],
        ["LINK Excel"],
    ],
)
def test_fields_that_read_other_files_are_refused(instruction: list[str]) -> None:
    texts = "".join(f"<w:r><w:instrText>{t}</w:instrText></w:r>" for t in instruction)
    begin, middle, end = (
        f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate", "end")
    )
    data = docx("один", p(begin, texts, middle, end), "{{ a }}")
    assert code(data) == "field_code"
    assert check(data, None).faults[0].place.paragraph == 2


def test_a_simple_field_and_a_nested_one_are_looked_into() -> None:
    assert code(docx("{{ a }}", p('<w:fldSimple w:instr="DDE a b"/>'))) == "field_code"
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "end"))
    inner = f"{begin}<w:r><w:instrText>QUOTE 68 68 69</w:instrText></w:r>{end}"
    assert code(docx("{{ a }}", p(f"{begin}{inner}{end}"))) == "field_code"


def test_a_page_number_is_an_ordinary_field() -> None:
    begin, middle, end = (
        f'<w:r><w:fldChar w:fldCharType="{k}"/></w:r>' for k in ("begin", "separate", "end")
    )
    field = p(f"{begin}<w:r><w:instrText> PAGE </w:instrText></w:r>{middle}", "1", f"{end}")
    assert check(docx("{{ a }}", footer=field), {"a": ""}).ok


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (bomb, "zip_bomb"),
        (many, "too_many_parts"),
        (sum_of_parts, "zip_bomb"),
        (flat, "zip_bomb"),
        (twice, "odd_entry"),
        (liar, "damaged"),
    ],
)
def test_a_bomb_is_refused_quickly_and_cheaply(make: Callable[[], bytes], expected: str) -> None:
    data = make()
    tracemalloc.start()
    began = time.process_time()
    found = [f.code for f in check(data, {"a": ""}).faults]
    spent, memory = time.process_time() - began, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == [expected]
    assert (spent < 1.0, memory < 20_000_000) == (True, True)


def test_a_locked_entry_is_a_password() -> None:
    data = bytearray(docx("x"))
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    assert code(bytes(data)) == "password"


def test_all_hostile_relations_are_told_at_once() -> None:
    lines = "".join(
        f'<Relationship Id="r{i}" Type="{R_NS}/image" Target="http://x/{i}" TargetMode="External"/>'
        for i in range(3)
    )
    assert [f.params["target"] for f in check(docx("x", relations=lines), None).faults] == [
        "http://x/0",
        "http://x/1",
        "http://x/2",
    ]


def test_to_html_refuses_the_same_files() -> None:
    with pytest.raises(TemplateError):
        to_html(b"")


def test_the_document_may_have_another_name() -> None:
    data = zipped(
        {
            "[Content_Types].xml": part(docx("x"), "[Content_Types].xml")
            .replace("document.xml", "main2.xml")
            .encode(),
            "_rels/.rels": part(docx("x"), "_rels/.rels").replace("document.xml", "main2.xml").encode(),
            "word/main2.xml": root("document", f"<w:body>{p('{{ a }}')}</w:body>"),
        }
    )
    assert WORD
    assert part(CompiledTemplate(data).render({"a": "да"}), "word/main2.xml").count("да") == 1


STYLES = f'<Relationship Id="rIdS" Type="{R_NS}/styles" Target="styles.xml"/>'
STYLES_TYPE = f'<Override PartName="/word/styles.xml" ContentType="{WORD}styles+xml"/>'


def test_a_broken_part_without_tags_is_found_too() -> None:
    data = docx("{{ a }}", relations=STYLES, types=STYLES_TYPE, parts={"word/styles.xml": b"<w:styles"})
    assert code(data) == "damaged"
    assert "word/styles.xml" in check(data, None).faults[0].message(str)


def test_a_part_that_is_named_but_not_there_is_told() -> None:
    assert code(docx("{{ a }}", relations=STYLES)) == "missing_part"


def test_a_picture_that_is_not_there_is_forgiven_as_word_forgives_it() -> None:
    line = f'<Relationship Id="rIdP" Type="{R_NS}/image" Target="media/NULL.png"/>'
    assert check(docx("{{ a }}", relations=line), {"a": ""}).ok


def test_a_document_of_endless_elements_is_not_read() -> None:
    body = "".join(f'<w:p w:rsidR="{number * 2654435761 % 2**32:08X}"/>' for number in range(510_000))
    data = docx(body, "{{ a }}")
    began = time.process_time()
    assert code(data) == "too_long"
    assert time.process_time() - began < 2.0


@pytest.mark.parametrize("text", ['<w:hyperlink r:id="rId77"><w:r/></w:hyperlink>', '<w:r><w:object r:embed="rId77"/></w:r>'])
def test_a_link_or_picture_without_its_relation_is_damage(text: str) -> None:
    assert code(docx("{{ a }}", p(text))) == "damaged"


def test_a_header_without_its_relation_is_damage() -> None:
    body = '<w:p><w:pPr><w:sectPr><w:headerReference w:type="default"/></w:sectPr></w:pPr></w:p>'
    assert code(docx("{{ a }}", body)) == "damaged"


def test_a_part_of_another_type_than_its_relation_says_is_damage() -> None:
    odd = STYLES_TYPE.replace("application", "applicaIion")
    assert code(docx("{{ a }}", relations=STYLES, types=odd, parts={"word/styles.xml": b"<w:styles xmlns:w='x'/>"})) == "damaged"


@pytest.mark.parametrize("inside", [root("settings", ""), root("document", "<w:sectPr/>")])
def test_a_document_that_is_something_else_or_has_no_body_is_refused(inside: bytes) -> None:
    assert code(docx("x", parts={"word/document.xml": inside})) == "odd_xml"


def test_parts_in_each_others_place_are_refused() -> None:
    assert code(docx("{{ a }}", relations=STYLES, types=STYLES_TYPE, parts={"word/styles.xml": root("settings", "")})) == "odd_xml"
    assert code(docx("{{ a }}", parts={"word/_rels/document.xml.rels": b"<Properties xmlns='urn:x'/>"})) == "odd_xml"
