"""A made document as HTML, and a faulty template with comments at its faults."""

import io

import pytest
from docx import Document

from crm.documents.engine import CompiledTemplate, Picture, TemplateError, annotate, check, to_html
from tests.documents.engine.word_file import R_NS, W_NS, WORD, docx, p, part, png, run, table, texts


def body(*blocks: str, **options: object) -> str:
    """The HTML of the body alone."""
    html = to_html(docx(*blocks, **options))  # type: ignore[arg-type]
    start = html.index('<div class="docx-body">') + len('<div class="docx-body">')
    return html[start : html.rindex("</div>")]


def test_text_is_escaped_and_has_no_styles_or_scripts() -> None:
    html = to_html(docx("<b>{{ a }}</b>".replace("<b>", "x<b> ").replace("</b>", ""), "<script>&".join("ab")))
    assert "a&lt;script&gt;&amp;b" in html
    assert "<script" not in html
    assert "style=" not in html
    assert " on" not in html


def test_bold_italic_and_alignment() -> None:
    block = p(
        run("жирно", "<w:b/>"),
        run(" и ", '<w:b w:val="0"/>'),
        run("косо", "<w:i/>"),
        properties='<w:jc w:val="both"/>',
    )
    assert body(block) == (
        '<p id="document-p0" class="docx-justify"><strong>жирно</strong> и <em>косо</em></p>'
    )


def test_styles_give_headings_alignment_and_bold() -> None:
    styles = (
        f'<w:styles xmlns:w="{W_NS}"><w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/>'
        '<w:pPr><w:jc w:val="center"/></w:pPr></w:style><w:style w:type="paragraph" w:styleId="b1">'
        '<w:name w:val="Strong one"/><w:basedOn w:val="b2"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b2"><w:name w:val="x"/>'
        "<w:rPr><w:b/></w:rPr></w:style></w:styles>"
    )
    got = body(
        p("Договор", properties='<w:pStyle w:val="a1"/>'),
        p("важно", properties='<w:pStyle w:val="b1"/>'),
        parts={"word/styles.xml": styles.encode()},
        relations=f'<Relationship Id="rIdS" Type="{R_NS}/styles" Target="styles.xml"/>',
        types=f'<Override PartName="/word/styles.xml" ContentType="{WORD}styles+xml"/>',
    )
    assert got == (
        '<h2 id="document-p0" class="docx-center">Договор</h2><p id="document-p1"><strong>важно</strong></p>'
    )


def test_numbers_of_a_contract_are_counted() -> None:
    levels = "".join(
        f'<w:lvl w:ilvl="{n}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for n, (form, text) in enumerate([("decimal", "%1."), ("decimal", "%1.%2."), ("russianLower", "%3)")])
    )
    numbering = (
        f'<w:numbering xmlns:w="{W_NS}"><w:abstractNum w:abstractNumId="7">{levels}</w:abstractNum>'
        '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num></w:numbering>'
    )
    blocks = [
        p("x", properties=f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="1"/></w:numPr>')
        for depth in (0, 1, 1, 2, 2, 0, 1)
    ]
    got = body(
        *blocks,
        parts={"word/numbering.xml": numbering.encode()},
        relations=f'<Relationship Id="rIdN" Type="{R_NS}/numbering" Target="numbering.xml"/>',
        types=f'<Override PartName="/word/numbering.xml" ContentType="{WORD}numbering+xml"/>',
    )
    numbers = [piece.split("</span>")[0] for piece in got.split('<span class="docx-number">')[1:]]
    assert numbers == ["1.", "1.1.", "1.2.", "а)", "б)", "2.", "2.1."]


def test_a_table_with_spans() -> None:
    def cell(text: str, properties: str) -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}</w:tc>"

    span, first, second = '<w:gridSpan w:val="2"/>', '<w:vMerge w:val="restart"/>', "<w:vMerge/>"
    rows = (
        "<w:tbl><w:tblPr><w:tblBorders><w:top w:val='single'/></w:tblBorders></w:tblPr>"
        "<w:tblGrid><w:gridCol w:w='3000'/><w:gridCol w:w='1000'/></w:tblGrid>"
        f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{cell('вместе', span)}</w:tr>"
        f"<w:tr>{cell('верх', first)}{cell('1', '')}</w:tr>"
        f"<w:tr>{cell('', second)}{cell('2', '')}</w:tr></w:tbl>"
    )
    assert body(rows) == (
        '<div class="docx-wide" tabindex="0"><table class="docx-lines"><colgroup><col class="docx-w-75">'
        '<col class="docx-w-25"></colgroup><tbody>'
        '<tr><th colspan="2" scope="col"><p id="document-p0">вместе</p></th></tr>'
        '<tr><td rowspan="2"><p id="document-p1">верх</p></td><td><p id="document-p2">1</p></td></tr>'
        '<tr><td><p id="document-p4">2</p></td></tr></tbody></table></div>'
    )


def test_headers_and_footers_stand_once() -> None:
    html = to_html(docx("текст", header="шапка", footer="подвал"))
    assert html == (
        '<article class="docx"><header class="docx-header"><p id="header1-p0">шапка</p></header>'
        '<div class="docx-body"><p id="document-p0">текст</p></div>'
        '<footer class="docx-footer"><p id="footer1-p0">подвал</p></footer></article>'
    )


def test_a_picture_is_a_data_uri_with_its_title() -> None:
    made = CompiledTemplate(docx("{{ a }}")).render({"a": Picture(png(), 25.4, title='Печать "А" 100%')})
    html = to_html(made)
    assert 'src="data:image/png;base64,' in html
    assert 'alt="Печать &#34;А&#34; 100%" width="96" height="96"' in html


@pytest.mark.parametrize(
    ("target", "is_link"),
    [
        ("https://example.com/?a=1&amp;b=2", True),
        ("mailto:a@b.ru", True),
        ("tel:+7495", True),
        ("javascript:alert(1)", False),
        ("file:///etc/passwd", False),
        ("data:text/html,x", False),
    ],
)
def test_only_harmless_links_are_links(target: str, is_link: bool) -> None:
    line = f'<Relationship Id="r9" Type="{R_NS}/hyperlink" Target="{target}" TargetMode="External"/>'
    html = body(p(f'<w:hyperlink r:id="r9">{run("сюда")}</w:hyperlink>'), relations=line)
    assert "сюда" in html
    assert ("<a href=" in html) is is_link
    assert ("javascript" in html, "file:" in html) == (False, False)


def test_footnotes_follow_the_text() -> None:
    block = p("текст", '<w:r><w:footnoteReference w:id="1"/></w:r>')
    html = to_html(docx(block, footnotes="сноска"))
    assert "текст<sup>1</sup>" in html
    assert '<ol class="docx-notes"><li><p id="footnotes-p0">сноска</p></li></ol>' in html


def test_every_place_of_a_fault_is_an_id_in_the_page() -> None:
    data = docx("{{ a }}", table(("{{ b }}", "x")), header="{{ c }}")
    html = to_html(data)
    anchors = [fault.place.anchor for fault in check(data, {}).faults]
    assert anchors == ["document-p0", "document-p1", "header1-p0"]
    assert [html.count(f'id="{anchor}"') for anchor in anchors] == [1, 1, 1]


def test_faults_become_comments_at_their_places() -> None:
    data = docx("хорошо", "{{ client.nme }}", table(("{% if a %}",)), header="{{ zzz }}")
    report = check(data, {"client": {"name": ""}, "a": ""})
    marked = annotate(data, report, str)
    comments = [comment.text for comment in Document(io.BytesIO(marked)).comments]
    assert comments == [
        "There is no field “client.nme”; perhaps “client.name” is meant.",
        "The tag “{% if a %}” is not closed: {% endif %} is missing.",
        "Header, paragraph 1: There is no field “zzz”. Choose one from the list of fields, or put ordinary text in its place.",
    ]
    assert [t for t in texts(marked) if t] == ["хорошо", "{{ client.nme }}", "{% if a %}"]
    second = part(marked).split("<w:p>")[2]
    assert "commentRangeStart" in second
    assert check(marked, {"client": {"name": ""}, "a": ""}).faults == report.faults


def test_a_tag_in_a_link_can_be_commented_too() -> None:
    data = docx(p(f'<w:hyperlink w:anchor="x">{run("{{ nope }}")}</w:hyperlink>'))
    marked = annotate(data, check(data, {}), str)
    assert len(list(Document(io.BytesIO(marked)).comments)) == 1


def test_a_file_that_cannot_be_opened_cannot_be_annotated() -> None:
    with pytest.raises(TemplateError):
        annotate(b"", check(b"", {}), str)
