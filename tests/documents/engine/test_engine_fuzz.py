"""The small form of `make fuzz-documents`: spoiled templates are refused in words or make sound documents."""

import random

import pytest

from crm.documents.engine import TemplateError, annotate, check
from faults import fuzz, judging, mutating
from tests.documents.engine.word_file import docx

FILES = 240


@pytest.mark.parametrize("start", range(0, FILES, 60))
def test_spoiled_templates_give_no_traceback_and_no_unsound_document(start: int) -> None:
    pool = fuzz.own() | {name: data for name, data in fuzz.bases().items() if name in ("quote.docx", "contract.docx")}
    told = [fuzz.play(20261127 + number, pool) for number in range(start, start + 60)]
    assert [f"{how}: {fault}" for how, _data, found, _documents in told for fault in found] == []
    assert 10 < sum(bool(documents) for _how, _data, _found, documents in told) < 55


def test_the_judge_sees_what_word_would_call_corrupted() -> None:
    sound = docx("a")
    assert judging.flaws(sound) == []
    for broken, flaw in (("<w:tbl/>", "tbl without tr"), ("<w:tbl><w:tr><w:tc/></w:tr></w:tbl>", "tc without p"),
                         ("<w:p><w:r><w:t><w:br/></w:t></w:r></w:p>", "inside of text"), ("<w:p w:x='1' r:id='r7'/>", "relation r7")):
        assert any(flaw in one for one in judging.flaws(docx(broken))), flaw
    parts = mutating.parts_of(sound) | {"word/a.xml": b"<a>"}
    assert any("is no XML" in one for one in judging.flaws(mutating.packed(parts)))


def test_every_way_of_spoiling_spoils_something() -> None:
    for way, (change, _weight) in mutating.WAYS.items():
        changed = 0
        for seed in range(12):
            parts = mutating.parts_of(fuzz.own()["cells"])
            before = dict(parts)
            change(parts, random.Random(seed))
            changed += parts != before
        assert changed, way


def test_a_file_that_takes_no_comments_says_so() -> None:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/comments"
    line = f'<Relationship Id="r8" Type="{kind}" Target="comments.xml"/>'
    data = docx("{{ a", parts={"word/comments.xml": b"<x"}, relations=line)
    report = check(data, None)
    assert [fault.code for fault in report.faults] == ["not_closed_brace"]
    with pytest.raises(TemplateError) as caught:
        annotate(data, report, str)
    assert caught.value.faults[0].code == "not_marked"


def test_every_template_that_is_spoiled_is_sound_before() -> None:
    for name, data in fuzz.own().items():
        assert [fault.message(str) for fault in check(data, None).faults] == [], name
