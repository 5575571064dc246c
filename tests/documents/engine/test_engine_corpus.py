"""Files made by others: the same XML as docxtpl where the template is accepted, and never a traceback."""

import io
import random
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from crm.documents.engine import CompiledTemplate, Dialect, RenderError, TemplateError, check, to_html
from tests.documents.engine.others import (
    FILES,
    FOLDER,
    FORMATTED,
    REFUSED,
    TEXT_PARTS,
    by_docxtpl,
    canonical,
    context_of,
    short,
)
from tests.documents.engine.word_file import docx, names, p, part, run, table

needs_files = pytest.mark.skipif(not FILES, reason=f"no sample files in {FOLDER}: set SAMPLE_DATA")


def assert_equal(data: bytes, context: dict[str, Any], filters: dict[str, Any] | None = None) -> None:
    ours = CompiledTemplate(data, Dialect(filters=filters or {})).render(context)
    theirs = by_docxtpl(data, context, filters or {})
    compared = [name for name in names(theirs) if TEXT_PARTS.fullmatch(name)]
    assert compared
    for name in compared:
        assert canonical(part(ours, name)) == canonical(part(theirs, name)), name


@needs_files
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", FILES, ids=short)
def test_every_file_either_compiles_or_is_reported(path: Path) -> None:
    data = path.read_bytes()
    report = check(data, None)
    if report.ok:
        template = CompiledTemplate(data)
        try:
            made = template.render(context_of(iter(report.fields_used)))
        except RenderError as error:
            pytest.fail(str(error))
        assert to_html(made).startswith('<article class="docx">')
    else:
        assert all(fault.message(str) for fault in report.faults)
        with pytest.raises(TemplateError):
            CompiledTemplate(data)


@needs_files
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("path", [f for f in FILES if short(f) not in FORMATTED | REFUSED], ids=short)
def test_the_result_equals_docxtpls(path: Path) -> None:
    data = path.read_bytes()
    filters = {"my_filterA": lambda a, b: f"{a}{b}", "my_filterB": lambda a, b: f"{a}/{b}"}
    report = check(data, None, filters=filters)
    if not report.ok:
        pytest.skip(f"refused: {report.faults[0].code}")
    assert_equal(data, context_of(iter(report.fields_used)), filters)


@needs_files
def test_the_sample_files_are_refused_for_the_right_reason() -> None:
    expected = {
        "MishaTverd__fuel_template_zero_bytes": "empty_file",
        "blackredwhitee__KP_template_v4": "foreign_row",
        "boorav4ik__dogovor": "damaged",
        "hkpqw__contract_template": "plain_text",
        "hostile__bug53475-password-is-pass": "password",
        "hostile__truncated62886": "truncated",
        "template_error_tpl": "not_opened",
        "escape_tpl_auto": "call",
        "custom_jinja_filters_tpl": "unknown_filter",
    }
    found = {short(f): report.faults[0].code for f in FILES if not (report := check(f.read_bytes(), None)).ok}
    assert found == expected


OWN = {
    "split runs": (p(run("{"), run("{ a"), run(" }", "<w:b/>"), run("} и {{ b }}")),),
    "inline condition over runs": (
        p(run("{% if a"), run(" %}да"), run("{% else %}нет{% endif %}", "<w:i/>")),
    ),
    "inline condition over paragraphs": ("{% if a %}раз", "два{% endif %}"),
    "paragraph blocks": ("{%p for r in rows %}", "{{ r.x }} {{ loop.index }}", "{%p endfor %}", "конец"),
    "rows": (table(("{%tr for r in rows %}", ""), ("{{ r.x }}", "{{ r.y }}"), ("{%tr endfor %}", "")),),
    "rows with a condition": (
        table(
            ("{%tr for r in rows %}", ""),
            ("{%tr if loop.first %}", ""),
            ("{{ r.x }}", "1"),
            ("{%tr else %}", ""),
            ("{{ r.y }}", "2"),
            ("{%tr endif %}", ""),
            ("{%tr endfor %}", ""),
        ),
    ),
    "cells": (table(("{%tc for r in rows %}", "{{ r.x }}", "{%tc endfor %}")),),
    "merged cells": (
        table(("{%tr for r in rows %}", ""), ("{% vm %}{{ a }}", "{{ r.x }}"), ("{%tr endfor %}", "")),
    ),
    "colour": (table(("{% cellbg a %}x",)),),
    "span": (table(("{% colspan 2 %}x",), ("1", "2")),),
    "joined lines": (p("раз {% if a -%}"), p("два"), p("{%- endif %} три")),
    "run blocks": (p(run("{%r if a %}"), run("да", "<w:b/>"), run("{%r endif %}")),),
    "comments": ("{# заметка #}раз", "{#p вся строка #}", "два"),
    "braces": ("{_{ a }_} {_% if %_} {{ a }}",),
    "comparison": ("{% if n > 1 and n < 5 %}{{ n }}{% endif %}",),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", OWN)
def test_our_own_templates_equal_docxtpls(name: str) -> None:
    rows = [{"x": "<1>", "y": "а&б"}, {"x": "2", "y": "в"}]
    assert_equal(docx(*OWN[name]), {"a": "значение", "b": "другое", "rows": rows, "n": 3})


def test_noise_never_gives_a_traceback() -> None:
    """Templates put together at random, and whole files with changed bytes: a report, or a document."""
    chance = random.Random(20261122)
    words = [
        "{{ a }}",
        "{{ r.x }}",
        "{% if a %}",
        "{% endif %}",
        "{%p if a %}",
        "{%p endif %}",
        "{%tr for r in rows %}",
        "{%tr endfor %}",
        "{%tc for r in rows %}",
        "{%tc endfor %}",
        "{% else %}",
        "текст",
        "{{",
        "}}",
        "{%",
        "%}",
        "{",
        "}",
        "{% vm %}",
        "{% hm %}",
        "{% colspan 2 %}",
        "{{r a }}",
        "{#",
        "#}",
        "«",
        "{%r if a %}",
        "{%r endif %}",
        "{% for r in rows %}",
        "{% endfor %}",
        "{{ a|upper }}",
        "{{ rows|length }}",
    ]
    accepted = 0
    for _ in range(250):
        blocks = []
        for _ in range(chance.randint(1, 3)):
            texts = [
                "".join(chance.choices(words, k=chance.randint(1, 2))) for _ in range(chance.randint(1, 4))
            ]
            blocks.append(table(tuple(texts)) if chance.random() < 0.4 else p(*texts))
        data = docx(*blocks)
        if check(data, None).ok:
            made = CompiledTemplate(data).render({"a": "1", "rows": [{"x": 1}, {"x": 2}], "r": {"x": 3}})
            etree.fromstring(part(made).encode())
            accepted += 1
    assert accepted > 10
    whole = bytearray(docx("{{ a }}", table(("{{ a }}", "x")), header="{{ a }}"))
    for _ in range(250):
        noisy = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            noisy[chance.randrange(len(noisy))] = chance.randrange(256)
        data = bytes(noisy)
        assert check(data, None).ok == _compiles(data)


def _compiles(data: bytes) -> bool:
    try:
        CompiledTemplate(data)
    except TemplateError:
        return False
    return True


def test_noise_inside_the_xml_never_gives_a_traceback() -> None:
    """Pieces of the document's XML taken out or doubled, in a sound zip."""
    chance = random.Random(1)
    whole = part(docx("{{ a }} {% if a %}x{% endif %}", table(("{% vm %}", "{{ a }}"))))
    pieces = re.split(r"(?=<)", whole)
    for _ in range(200):
        cut = list(pieces)
        at = chance.randrange(3, len(cut))
        cut[at : at + 1] = [] if chance.random() < 0.5 else [cut[at]] * 2
        data = docx("x", parts={"word/document.xml": "".join(cut).encode()})
        assert check(data, None).ok == _compiles(data)


def test_the_made_file_is_a_sound_zip() -> None:
    data = CompiledTemplate(docx("{{ a }}")).render({"a": "x" * 300_000})
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist()[0] == "[Content_Types].xml"
