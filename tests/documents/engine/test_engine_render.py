"""Making documents: what values become, and what Word must always find."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from lxml import etree
from markupsafe import Markup

from crm.documents.engine import CompiledTemplate, Dialect, Picture, RenderError, TemplateError
from tests.documents.engine.word_file import docx, names, p, part, png, run, table, texts


def made(*body: str, **context: object) -> list[str]:
    return texts(CompiledTemplate(docx(*body)).render(context))


def test_markup_in_a_value_stays_text() -> None:
    name = 'Рога & Копыта <ООО> "R&D" x<y то'
    assert made("Клиент {{ name }}.", name=name) == [f"Клиент {name}."]


def test_control_characters_are_dropped() -> None:
    assert made("{{ a }}", a="один\x0b\x00\x07\ufffe\ud800два") == ["одиндва"]


def test_newlines_and_tabs_become_words_own() -> None:
    data = CompiledTemplate(docx("{{ a }}")).render({"a": "x & y\r\nz\tt\rq"})
    assert texts(data) == ["x & y\nz\tt\nq"]
    assert part(data).count("<w:br/>") == 2
    assert part(data).count("<w:tab/>") == 1


def test_newlines_survive_a_filter_that_escapes() -> None:
    assert made("{{ a|e }}", a="x<\ny") == ["x<\ny"]


def test_a_value_marked_as_safe_is_text_all_the_same() -> None:
    class Rich:
        def __html__(self) -> str:
            return "<w:p/>"

        def __str__(self) -> str:
            return "<rich>\n"

    assert made("{{ a }}{{ b }}", a=Markup("<b>&amp;</b>"), b=Rich()) == ["<b>&</b><rich>\n"]


def test_none_is_nothing_and_so_is_what_lies_below_it() -> None:
    assert made("[{{ a }}{{ b.c.d }}]", a=None, b=None) == ["[]"]


def test_zero_false_and_decimals_are_printed() -> None:
    assert made("{{ a }} {{ b }} {{ c }}", a=0, b=False, c=Decimal("1.50")) == ["0 False 1.50"]


def test_a_key_wins_over_a_method_of_the_mapping() -> None:
    assert made("{{ o.items }} {{ o.keys }}", o={"items": "вещи", "keys": "ключи"}) == ["вещи ключи"]


def test_a_missing_value_names_the_field_and_its_paragraph() -> None:
    with pytest.raises(RenderError) as caught:
        made("первый", "второй {{ client.inn }}", client={})
    fault = caught.value.fault
    assert (fault.code, fault.params["name"], fault.place.paragraph) == ("missing_value", "inn", 2)


def test_rows_conditions_and_paragraph_blocks() -> None:
    body = table(
        ("Товар", "Цена"),
        ("{%tr for i in items %}", ""),
        ("{{ i.name }}", "{{ i.price }}"),
        ("{%tr endfor %}", ""),
    )
    items = [{"name": "Чай", "price": 10}, {"name": "Кофе", "price": 20}]
    got = made("{%p if items %}", "есть", "{%p else %}", "нет", "{%p endif %}", body, items=items)
    assert got == ["есть", "Товар", "Цена", "Чай", "10", "Кофе", "20"]


def test_a_tag_split_over_runs_is_one_tag() -> None:
    broken = p(
        run("{"), run("{ cli"), "<w:proofErr w:type='spellStart'/>", run("ent.name", "<w:b/>"), run(" }}!")
    )
    assert made(broken, client={"name": "Анна"}) == ["Анна!"]


def test_tracked_insertions_count_and_deletions_do_not() -> None:
    body = p(
        "<w:del w:id='1'><w:r><w:delText>{{ old }}</w:delText></w:r></w:del>",
        f"<w:ins w:id='2'>{run('{{ new }}')}</w:ins>",
    )
    assert made(body, new="новое") == ["новое"]


def test_a_bookmark_a_page_break_mark_and_a_hyphen_inside_a_tag_do_no_harm() -> None:
    body = p(
        run("{{ cli"),
        "<w:bookmarkStart w:id='0' w:name='a'/><w:bookmarkEnd w:id='0'/>",
        "<w:r><w:lastRenderedPageBreak/><w:t>ent</w:t><w:noBreakHyphen/><w:t> }}</w:t></w:r>",
    )
    assert made(body, client="Анна") == ["Анна"]


@pytest.mark.parametrize(
    "tag",
    [
        "{{ a|default(“нет”) }}",
        "{{ a|default(«нет») }}",
        "{{ a|default(„нет“) }}",
        "{{ a|default(‘нет’) }}",
        "{{\u00a0a|default('нет')\u00a0}}",
        "{{ a\u200b|default('нет') }}",
        "{{ a|default('нет')\u202f}}",
    ],
)
def test_words_own_quotes_and_spaces_are_tolerated_inside_a_tag(tag: str) -> None:
    assert made(tag) == ["нет"]


def test_quotes_inside_a_string_are_kept() -> None:
    assert made("{{ 'ООО «Ромашка» & “К”' }}") == ["ООО «Ромашка» & “К”"]


def test_comparisons_typed_by_word_work() -> None:
    assert made("{% if a ≥ 2 %}много{% endif %}{% if a > 1 and a <= 3 %}!{% endif %}", a=2) == ["много!"]


def test_braces_can_be_written_as_docxtpl_writes_them() -> None:
    assert made("{_{ a }_} {_% b %_}") == ["{{ a }} {% b %}"]


def test_headers_footers_and_footnotes_are_filled() -> None:
    template = CompiledTemplate(docx("x", header="H {{ a }}", footer="F {{ a }}", footnotes="N {{ a }}"))
    data = template.render({"a": "1"})
    found = [texts(data, f"word/{n}.xml") for n in ("header1", "footer1", "footnotes")]
    assert found == [["H 1"], ["F 1"], ["N 1"]]


def test_a_cell_left_empty_gets_a_paragraph() -> None:
    cell = "<w:p><w:r><w:t>{%p if a %}</w:t></w:r></w:p>" + p("x") + p("{%p endif %}")
    xml = part(CompiledTemplate(docx(table((cell, "б")))).render({"a": 0}))
    assert '<w:tcW w:w="1000" w:type="dxa"/></w:tcPr><w:p/></w:tc>' in xml


def test_a_table_left_without_rows_gives_way_to_a_paragraph() -> None:
    body = table(("{%tr for i in items %}",), ("{{ i }}",), ("{%tr endfor %}",))
    xml = part(CompiledTemplate(docx(body)).render({"items": []}))
    assert "<w:tbl>" not in xml
    assert "<w:body><w:p/><w:sectPr>" in xml


def test_a_list_of_cells_fits_the_grid() -> None:
    body = table(("{%tc for c in columns %}", "{{ c }}", "{%tc endfor %}"))
    xml = etree.fromstring(part(CompiledTemplate(docx(body)).render({"columns": list("абвгд")})).encode())
    widths = [e.get(f"{{{e.nsmap['w']}}}w") for e in xml.iter("{*}gridCol")]
    assert widths == ["600"] * 5


def test_cells_merge_downwards_with_vm() -> None:
    body = table(("{%tr for i in items %}", ""), ("{% vm %}{{ group }}", "{{ i }}"), ("{%tr endfor %}", ""))
    xml = part(CompiledTemplate(docx(body)).render({"items": [1, 2, 3], "group": "г"}))
    assert (xml.count('w:val="restart"'), xml.count('w:val="continue"')) == (1, 2)


def test_a_colour_for_a_cell_is_bare_text() -> None:
    body = table(("{% cellbg colour %}x",))
    xml = part(CompiledTemplate(docx(body)).render({"colour": 'FF"0\n<b>'}))
    etree.fromstring(xml.encode())
    assert 'w:fill="FF&#34;0 &lt;b&gt;"' in xml


def test_equal_data_make_equal_bytes() -> None:
    data = docx("{{ a }} {{ pic }}", table(("{%tr for i in l %}",), ("{{ i }}",), ("{%tr endfor %}",)))
    context = {"a": "я", "pic": Picture(png(), 20), "l": [1, 2]}
    assert CompiledTemplate(data).render(context) == CompiledTemplate(data).render(dict(context))


def test_eight_threads_never_mix_documents() -> None:
    body = table(("{%tr for i in items %}",), ("{{ i }} {{ who }}",), ("{%tr endfor %}",))
    template = CompiledTemplate(docx("{{ who }} {{ stamp }}", body))

    def make(number: int) -> bool:
        stamp = Picture(png(2 + number % 3), 10)
        data = template.render({"who": f"№{number}", "items": range(number % 7), "stamp": stamp})
        expected = [f"№{number} "] + [f"{i} №{number}" for i in range(number % 7)]
        pictures = [n for n in names(data) if n.startswith("word/media/")]
        return texts(data) == (expected if number % 7 else [*expected, ""]) and len(pictures) == 1

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(make, range(1600))) == [True] * 1600


def test_a_compiled_template_does_not_change() -> None:
    with pytest.raises(AttributeError):
        CompiledTemplate(docx("x"))._limit = (0, 0)  # type: ignore[misc]


def test_a_dotx_becomes_a_docx() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml."
    data = CompiledTemplate(docx("{{ a }}", main_type=kind + "template.main+xml")).render({"a": 1})
    assert kind + "document.main+xml" in part(data, "[Content_Types].xml")
    assert texts(data) == ["1"]


def test_comments_of_colleagues_do_not_reach_the_client() -> None:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
    space = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    data = docx(
        p(
            "<w:commentRangeStart w:id='0'/>",
            "цена {{ a }}",
            "<w:commentRangeEnd w:id='0'/>",
            "<w:r><w:commentReference w:id='0'/></w:r>",
        ),
        parts={"word/comments.xml": b'<w:comments xmlns:w="x"><w:comment >secret</w:comment></w:comments>'},
        relations=f'<Relationship Id="rIdC" Type="{space}/comments" Target="comments.xml"/>',
        types=f'<Override PartName="/word/comments.xml" ContentType="{kind}"/>',
    )
    made_file = CompiledTemplate(data).render({"a": 5})
    assert "word/comments.xml" not in names(made_file)
    assert "comment" not in "".join(part(made_file, n) for n in names(made_file)).lower()
    assert texts(made_file) == ["цена 5"]


def test_functions_and_filters_of_the_program_work() -> None:
    dialect = Dialect({"double": lambda n: n * 2}, {"money": lambda n: f"{n:.2f} ₽"})
    template = CompiledTemplate(docx("{{ double(a)|money }}"), dialect)
    assert texts(template.render({"a": 4})) == ["8.00 ₽"]


def test_numbers_multiply_and_texts_do_not() -> None:
    assert made("{{ a * 2 }} {{ b * c }} {{ 7 % 4 }}", a=3, b=Decimal("1.5"), c=2) == ["6 3.0 3"]
    with pytest.raises(RenderError) as caught:
        made("{{ a * 1000000000 }}", a="x")
    assert (caught.value.fault.code, caught.value.fault.place.paragraph) == ("not_a_number", 1)


def test_a_division_by_zero_is_named_at_its_tag() -> None:
    with pytest.raises(RenderError) as caught:
        made("{{ a }}", "{{ b / a }}", a=0, b=Decimal(5))
    fault = caught.value.fault
    assert (fault.code, fault.place.paragraph, fault.tag) == ("zero_division", 2, "{{ b / a }}")


def test_a_percent_of_a_text_is_refused() -> None:
    with pytest.raises(RenderError):
        made("{{ b % a }}", a=1, b="%1000000000d")


@pytest.mark.parametrize("tag", ["{{ 1 / a }}", "{{ a|round(999999999, 'ceil') ~ b.c.d }}", "{{ 'x' + a }}"])
def test_a_value_that_cannot_be_reckoned_is_a_fault(tag: str) -> None:
    with pytest.raises(RenderError):
        made(tag, a=0, b={})


def test_a_document_that_grows_too_large_is_stopped() -> None:
    body = "{% for i in rows %}{% for j in rows %}{{ word }}{% endfor %}{% endfor %}"
    with pytest.raises(RenderError) as caught:
        made(body, rows=range(600), word="x" * 100)
    assert caught.value.fault.code == "too_large"


def test_loops_that_print_nothing_are_stopped_too() -> None:
    body = "{% for i in r %}{% for j in r %}{% for k in r %}{% endfor %}{% endfor %}{% endfor %}"
    with pytest.raises(RenderError) as caught:
        made(body, r=range(1000))
    assert caught.value.fault.code == "too_many_steps"


def test_the_callers_list_cannot_be_touched() -> None:
    with pytest.raises(TemplateError):
        CompiledTemplate(docx("{{ items.clear() }}"))


def test_objects_give_nothing_away() -> None:
    class Row:
        password = "secret"

    with pytest.raises(RenderError) as caught:
        made("{{ o.password }}", o=Row())
    assert caught.value.fault.params["name"] == "password"


def test_a_picture_brings_its_file_relation_and_type() -> None:
    template = CompiledTemplate(docx("Логотип {{ image(logo, 40) }}!", header="{{ logo }}"))
    data = template.render({"logo": Picture(png(4, 2), 20, title='Лого "А"')})
    media = [n for n in names(data) if n.startswith("word/media/")]
    assert len(media) == 1
    assert texts(data) == ["Логотип !"]
    assert 'Extension="png"' in part(data, "[Content_Types].xml")
    for rels in ("word/_rels/document.xml.rels", "word/_rels/header1.xml.rels"):
        assert f'Target="{media[0].removeprefix("word/")}"' in part(data, rels)
    assert '<wp:extent cx="1440000" cy="720000"/>' in part(data)
    assert '<wp:extent cx="720000" cy="360000"/>' in part(data, "word/header1.xml")


def test_a_picture_never_leaves_the_text_area() -> None:
    data = CompiledTemplate(docx("{{ a }}")).render({"a": Picture(png(6000 // 100, 60), 5000)})
    width = (11906 - 1701 - 850) * 635
    assert f'<wp:extent cx="{width}" cy="{width}"/>' in part(data)


def test_a_floating_picture_lies_behind_the_text() -> None:
    data = CompiledTemplate(docx("{{ a }}")).render({"a": Picture(png(), 30, floating=True)})
    assert 'behindDoc="1"' in part(data)


def test_no_picture_prints_nothing() -> None:
    assert made("[{{ image(a) }}]", a=None) == ["[]"]


@pytest.mark.parametrize(
    ("blob", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg_picture"),
        (b"RIFF....WEBP", "bad_picture"),
        (b"\x89PNG\r\n\x1a\n", "bad_picture"),
        (b"\xff\xd8\xff\xe0\x00", "bad_picture"),
        (b"", "bad_picture"),
        (b"\x89PNG" + b"0" * 6_000_000, "big_picture"),
    ],
)
def test_a_picture_that_word_cannot_show_is_named(blob: bytes, code: str) -> None:
    with pytest.raises(RenderError) as caught:
        made("{{ a }}", a=Picture(blob, 10))
    assert caught.value.fault.code == code
