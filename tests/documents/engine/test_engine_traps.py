"""The traps of Word templates one by one: what is said about each, where, in both languages; and that nothing runs."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from crm.documents.engine import CompiledTemplate, Fault, RenderError, TemplateError, check, empty_fields, to_html
from tests.documents.engine.bad_files import ATTACKS, BROKEN, FIELDS, HOSTILE, attached, field, reads, related
from tests.documents.engine.test_engine_messages import translate
from tests.documents.engine.word_file import docx, p, part, run, table, texts

IN_TABLES_ONLY = {"not_in_table"}
TAGS = [(body, code) for body, code in BROKEN if code not in IN_TABLES_ONLY]


def said(data: bytes) -> list[tuple[str, str, str]]:
    """(code, English sentence, Russian sentence) of each fault."""
    return [(fault.code, fault.message(str), fault.message(translate)) for fault in check(data, FIELDS, {"qr"}).faults]


def is_said(data: bytes, code: str, english: str, russian: str) -> None:
    found = said(data)
    assert code in [one[0] for one in found]
    for _code, in_english, in_russian in found:
        assert in_english.startswith(english), in_english
        assert in_russian.startswith(russian), in_russian
        assert re.search("[а-я]", in_russian)


@pytest.mark.parametrize(("body", "code"), BROKEN)
def test_a_fault_in_a_paragraph_is_placed_in_both_languages(body: str, code: str) -> None:
    is_said(docx("первый", body, "третий"), code, "Paragraph 2: ", "Абзац 2: ")


@pytest.mark.parametrize(("body", "code"), TAGS)
def test_a_fault_in_a_cell_is_placed_in_both_languages(body: str, code: str) -> None:
    data = docx("первый", table(("а", "б"), ("в", body)), table(("г",)))
    is_said(data, code.replace("foreign_tag", "foreign_row"), "Table 1, row 2, cell 2: ", "Таблица 1, строка 2, ячейка 2: ")


@pytest.mark.parametrize(("body", "code"), BROKEN)
def test_a_fault_in_a_header_and_in_a_footnote_is_placed_in_both_languages(body: str, code: str) -> None:
    is_said(docx("x", header=p("x") + p(body)), code, "Header, paragraph 2: ", "Верхний колонтитул, абзац 2: ")
    is_said(docx("x", footnotes=body), code, "Footnotes, paragraph 1: ", "Сноски, абзац 1: ")


@pytest.mark.parametrize(("body", "code"), BROKEN)
def test_a_tag_that_word_has_cut_into_runs_is_placed_the_same(body: str, code: str) -> None:
    pieces = [run(piece) for piece in re.findall(".{1,3}", body)]
    spelled = '<w:proofErr w:type="spellStart"/>'.join(pieces)
    is_said(docx("первый", p("<w:bookmarkStart w:id='1' w:name='b'/>" + spelled), "третий"), code, "Paragraph 2: ", "Абзац 2: ")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_with_a_sentence_in_both_languages(name: str) -> None:
    make, code = HOSTILE[name]
    found = said(make())
    assert found
    assert not code or found[0][0] == code
    for _code, english, russian in found:
        assert english.endswith(".")
        assert russian.endswith(".")
        assert re.search("[а-я]", russian)
    if name.startswith("a tag: "):
        assert {one[1].split(":")[0] for one in found} == {"Paragraph 2"}
        assert {one[2].split(":")[0] for one in found} == {"Абзац 2"}


@pytest.mark.parametrize("tag", ATTACKS.values(), ids=list(ATTACKS))
def test_an_attack_is_refused_without_a_field_list_too(tag: str) -> None:
    with pytest.raises(TemplateError):
        CompiledTemplate(docx(tag))


EVENTS = ("open", "socket", "subprocess", "os", "exec", "compile", "ctypes", "urllib")
WATCHED: list[str] = []
_on = threading.local()


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if getattr(_on, "on", False) and event.split(".", 1)[0] in EVENTS:
        WATCHED.append(f"{event} {args!r:.80}")


@cache
def _listen() -> None:
    """Once: a hook stays until the process ends, and is silent outside of `watched`."""
    sys.addaudithook(_hear)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Every file, socket, process and piece of Python that this thread opens, starts or compiles."""
    _listen()
    WATCHED.clear()
    _on.on = True
    try:
        yield WATCHED
    finally:
        _on.on = False


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_opens_nothing_and_starts_nothing(name: str) -> None:
    data = HOSTILE[name][0]()
    check(data, FIELDS, {"qr"})  # what is imported late is imported now
    with watched() as heard:
        assert not check(data, FIELDS, {"qr"}).ok
        with pytest.raises(TemplateError):
            CompiledTemplate(data)
    assert heard == []


def test_the_watch_hears_what_it_has_to(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with watched() as heard:
        (tmp_path / "a").read_text()
    assert len(heard) == 1


class _Listener(BaseHTTPRequestHandler):
    asked: list[str] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(404)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


def test_nothing_is_fetched_from_a_server_that_would_answer() -> None:
    _Listener.asked = []
    server = HTTPServer(("127.0.0.1", 0), _Listener)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    makers: list[Callable[[str], bytes]] = [
        reads, attached, lambda to: related("image", to), lambda to: related("oleObject", to), lambda to: field(f'INCLUDEPICTURE "{to}"')]
    try:
        for make in makers:
            data = make(address)
            assert not check(data, None).ok
            for door in (CompiledTemplate, to_html):
                with suppress(TemplateError):
                    door(data)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert _Listener.asked == []


def test_a_file_named_in_the_xml_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("тайна")
    report = check(reads((tmp_path / "secret").as_uri()), None)
    assert [fault.code for fault in report.faults] == ["doctype"]
    assert "тайна" not in " ".join(fault.message(translate) for fault in report.faults)


def test_a_tag_in_the_title_of_the_file_is_not_run() -> None:
    title = b'<x xmlns="urn:x">{{ cycler.__init__.__globals__.os.popen("id").read() }}</x>'
    data = docx("{{ a }}", parts={"docProps/core.xml": title})
    made = CompiledTemplate(data).render({"a": "1"})
    assert part(made, "docProps/core.xml").encode() == title


def test_a_footnote_and_a_link_inside_a_tag_do_no_harm() -> None:
    note = '<w:r><w:footnoteReference w:id="1"/></w:r>'
    link = f'<w:hyperlink w:anchor="x">{run("nt.na")}</w:hyperlink>'
    data = docx(p(run("{{ cli"), note, run("ent.name }}")), p("{{ clie", link, "me }}"), footnotes="сноска")
    assert check(data, FIELDS).faults == ()
    made = CompiledTemplate(data).render({"client": {"name": "Анна"}})
    assert texts(made) == ["Анна", "Анна"]


def test_what_is_empty_is_told_before_a_document_is_made() -> None:
    report = check(docx("{{ client.inn }} {{ client.name }}"), FIELDS)
    context = {"client": {"inn": None, "name": "ООО"}}
    assert empty_fields(context, report.fields_used) == ("client.inn",)
    assert texts(CompiledTemplate(docx("[{{ client.inn }}]")).render(context)) == ["[]"]


@pytest.mark.parametrize("tag", ["{{ a * 500000000 }}", "{{ a % b }}", "{{ a / c }}", "{{ a + 1 }}", "{{ rows[0]['x'] * 9 }}"])
def test_what_only_the_data_show_stops_the_document_with_a_sentence(tag: str) -> None:
    data = docx("первый", tag)
    with pytest.raises(RenderError) as caught:
        CompiledTemplate(data).render({"a": "x", "b": 1, "c": 0, "rows": [{"x": "я"}]})
    fault: Fault = caught.value.fault
    assert fault.message(str).endswith(".")
    assert fault.message(translate).startswith("Абзац 2: ")
