"""What somebody left in a Word file, and the same text without their marks."""

import datetime as dt

import pytest

from crm.documents import engine
from crm.documents.engine.container import unpack
from tests.documents.engine.word_file import R_NS, WORD, docx, p, run, table

INS = '<w:ins w:id="1" w:author="Ирина Юрист" w:date="2026-11-20T10:00:00Z">{}</w:ins>'
DEL = '<w:del w:id="2" w:author="Ирина Юрист" w:date="2026-11-20T10:00:00Z"><w:r><w:delText>{}</w:delText></w:r></w:del>'


def commented(*body: str, comments: str) -> bytes:
    """A file with a comments part."""
    part = (f'<?xml version="1.0"?><w:comments xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f'{comments}</w:comments>').encode()
    return docx(*body, parts={"word/comments.xml": part},
                relations=f'<Relationship Id="rIdC" Type="{R_NS}/comments" Target="comments.xml"/>',
                types=f'<Override PartName="/word/comments.xml" ContentType="{WORD}comments+xml"/>')


def test_put_in_and_taken_out_words_are_told_with_author_and_moment() -> None:
    found = engine.read_edited(docx(p("Срок ", DEL.format("5"), INS.format(run("10")), " дней")))
    assert [(note.kind, note.author, note.text) for note in found.notes] == [
        ("deleted", "Ирина Юрист", "5"), ("inserted", "Ирина Юрист", "10")]
    assert found.notes[0].at == dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
    assert engine.blocks(found.clean) == ["Срок 10 дней"]


def test_nothing_of_a_colleague_is_left_in_the_clean_file() -> None:
    comment = f'<w:comment w:id="7" w:author="Secret Lawyer" w:date="2026-11-20T10:00:00">{p("Too short a term")}</w:comment>'
    anchored = ('<w:commentRangeStart w:id="7"/>' + run("пяти дней") + '<w:commentRangeEnd w:id="7"/>'
                '<w:r><w:commentReference w:id="7"/></w:r>')
    data = commented(f"<w:p>{run('Не позднее ')}{anchored}</w:p>", p(DEL.format("hidden words")), comments=comment)
    found = engine.read_edited(data)
    assert [(note.kind, note.author, note.text, note.quote) for note in found.notes] == [
        ("comment", "Secret Lawyer", "Too short a term", "пяти дней"), ("deleted", "Ирина Юрист", "hidden words", "")]
    assert engine.read_edited(found.clean).notes == ()
    parts, _packed = unpack(found.clean)
    assert not any(word in blob for blob in parts.values() for word in (b"Secret", b"Too short", b"hidden", "Ирина".encode()))
    assert engine.blocks(found.clean) == ["Не позднее пяти дней"]


def test_rows_and_ends_of_paragraphs_that_were_taken_out_are_gone() -> None:
    gone = '<w:rPr><w:del w:id="3" w:author="a" w:date="2026-11-20T10:00:00Z"/></w:rPr>'
    row = table(("left", "1"), ("gone", "2")).replace(
        "<w:tr><w:tc><w:tcPr><w:tcW w:w=\"1000\" w:type=\"dxa\"/></w:tcPr><w:p><w:r><w:t xml:space=\"preserve\">gone",
        '<w:tr><w:trPr><w:del w:id="4" w:author="a"/></w:trPr><w:tc><w:p><w:r><w:t xml:space="preserve">gone')
    found = engine.read_edited(docx(p("one ", properties=gone), p("two"), row))
    assert engine.blocks(found.clean) == ["one two", "left │ 1"]


@pytest.mark.parametrize(("kind", "mark", "cell"), [("deleted", "del", DEL.format("{}")), ("inserted", "ins", INS.format(run("{}")))])
def test_a_row_of_a_table_that_came_or_went_is_one_remark(kind: str, mark: str, cell: str) -> None:
    def row(*texts: str) -> str:
        cells = "".join(f"<w:tc>{p(cell.format(text))}</w:tc>" for text in texts)
        return (f'<w:tr><w:trPr><w:{mark} w:id="4" w:author="Ирина Юрист" w:date="2026-11-20T10:00:00Z"/></w:trPr>{cells}</w:tr>')

    inside = table(("Стол", "1")).replace("</w:tbl>", row("Стул", "2 шт.", "100 руб.") + row("Шкаф", "", "200") + row("", "") + "</w:tbl>")
    found = engine.read_edited(docx(p(DEL.format("before")), inside, p(INS.format(run("after")))))
    assert [(note.kind, note.author, note.text) for note in found.notes] == [
        ("deleted", "Ирина Юрист", "before"), (kind, "Ирина Юрист", "Стул │ 2 шт. │ 100 руб."), (kind, "Ирина Юрист", "Шкаф │  │ 200"),
        ("inserted", "Ирина Юрист", "after")]


def test_words_changed_inside_a_new_row_are_told_beside_it() -> None:
    row = (f'<w:tr><w:trPr><w:ins w:id="4" w:author="a"/></w:trPr><w:tc>{p(INS.format(run("Стул")), DEL.format("складной"))}</w:tc></w:tr>')
    found = engine.read_edited(docx(table(("Стол",)).replace("</w:tbl>", row + "</w:tbl>")))
    assert [(note.kind, note.text) for note in found.notes] == [("inserted", "Стул"), ("deleted", "складной")]


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty_file"), (b"%PDF-1.4", "pdf"), (b"PK\x03\x04broken", "truncated"), (b"just words", "plain_text"),
    (docx("x", main_type="application/vnd.ms-word.document.macroEnabled.main+xml"), "macros"),
    (docx('<w:altChunk r:id="rId9"/>'), "alt_chunk"),
    (docx(p('<w:r><w:instrText>INCLUDETEXT "c:\\\\secret.txt"</w:instrText></w:r>')), "field_code"),
])
def test_what_could_be_no_template_is_no_edited_file_either(data: bytes, code: str) -> None:
    with pytest.raises(engine.TemplateError) as refused:
        engine.read_edited(data)
    assert code in {fault.code for fault in refused.value.faults}


def test_a_file_full_of_marks_is_read_as_far_as_somebody_would() -> None:
    marks = "".join(p(INS.format(run(f"word {number}"))) for number in range(1000))
    found = engine.read_edited(docx(marks))
    assert (len(found.notes), found.more) == (200, 800)


def test_the_same_file_gives_the_same_clean_bytes() -> None:
    data = docx(p("a", INS.format(run("b"))))
    assert engine.read_edited(data).clean == engine.read_edited(data).clean


@pytest.mark.parametrize("mark", ["del", "moveFrom"])
def test_a_paragraph_that_takes_in_the_words_before_it_stays_what_it_was(mark: str) -> None:
    gone = f'<w:pStyle w:val="Quote"/><w:rPr><w:{mark} w:id="3" w:author="a" w:date="2026-11-20T10:00:00Z"/></w:rPr>'
    found = engine.read_edited(docx(p("one ", properties=gone), p("two ", properties=gone), p(
        "three", properties='<w:pStyle w:val="Heading1"/>')))
    assert engine.blocks(found.clean) == ["one two three"]
    parts, _packed = unpack(found.clean)
    body = parts["word/document.xml"]
    assert (b"Heading1" in body, b"Quote" in body) == (True, False)
    assert body.index(b"Heading1") < body.index(b"one ") < body.index(b"two ") < body.index(b"three")
