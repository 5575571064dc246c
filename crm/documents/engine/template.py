"""A Word template compiled once: many documents from it, from many threads, byte for byte repeatable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from jinja2 import Template
from jinja2.exceptions import TemplateSyntaxError
from lxml import etree

from crm.documents.engine import pictures
from crm.documents.engine.container import MEGABYTE, Packed, pack, pack_pieces, write
from crm.documents.engine.dialect import PLAIN, RENDERING, Dialect, Rendering
from crm.documents.engine.expressions import Words
from crm.documents.engine.failing import FAILURES, explain, line_of, on_own_lines
from crm.documents.engine.faults import Fault, Place, RenderError, TemplateError
from crm.documents.engine.lint import MAX_TAG, Lint
from crm.documents.engine.package import CONTENT_TYPES, Package, W, open_package, rels_name
from crm.documents.engine.pictures import EMU_PER_MM, Gallery
from crm.documents.engine.proof import ProofError, prove
from crm.documents.engine.reading import TextPart, read
from crm.documents.engine.reckoning import ask_at_prints
from crm.documents.engine.repair import fit_grids, may_empty, refill
from crm.documents.engine.tags import Tag

MAX_OUTPUT: Final = 20 * MEGABYTE
_HEAD: Final = "<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
_NO_RELATIONS: Final = (
    _HEAD
    + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_BATCH: Final = 512
_DRAWING_ID: Final = re.compile(r'(<wp:docPr\b[^>]*?\bid=")[^"]*')
_ESCAPED_BRACES: Final = (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}"))
A4_TEXT: Final = (165 * EMU_PER_MM, 240 * EMU_PER_MM)
_TWIP_EMU: Final = 635


@dataclass(frozen=True, slots=True)
class _Compiled:
    """One part with tags: its program, and what has to be looked after when it has run."""

    name: str
    program: Template
    has_holes: bool
    many_cells: bool
    has_drawings: bool
    lines: Mapping[int, str]

    @property
    def plain(self) -> bool:
        """Whether what the program prints goes into the document as it comes."""
        return not (self.has_holes or self.many_cells or self.has_drawings)


class CompiledTemplate:
    """A template ready to make documents. Nothing in it changes once it is made: share it between threads."""

    __slots__ = ("_compiled", "_limit", "_order", "_packed", "_tags", "_ties")

    _compiled: Mapping[str, _Compiled]
    _packed: Mapping[str, Packed]
    _ties: Mapping[str, str]
    _order: tuple[str, ...]
    _tags: tuple[tuple[Place, Tag], ...]
    _limit: tuple[int, int]

    def __init__(self, data: bytes, dialect: Dialect = PLAIN) -> None:
        """Read and compile a .docx (or .dotx). Raises TemplateError with all faults that were found."""
        package = open_package(data)
        parts = read(package)
        lint = Lint(dialect.environment, Words(None, dialect.function_names, dialect.filter_names))
        hostile = [fault for part in parts for fault in part.hostile]
        for part in parts:
            lint.part(part.paragraphs)
        if hostile or lint.faults:
            raise TemplateError((*hostile, *lint.faults))
        self._fill(package, parts, lint, dialect)

    def _fill(self, package: Package, parts: list[TextPart], lint: Lint, dialect: Dialect) -> None:
        put = super().__setattr__
        compiled = {part.name: compile_part(part, dialect) for part in parts if part.has_braces}
        tied = {CONTENT_TYPES, *(rels_name(name) for name in compiled)}
        changed = {part.name: part.blob() for part in parts if part.changed and part.name not in compiled}
        blobs = {**package.parts, **changed}
        put("_compiled", compiled)
        # what is as it was in the file is copied as it lies there, still deflated
        kept = {name: lying for name, lying in package.packed.items() if name not in changed}
        put("_packed", {name: kept.get(name) or pack(name, blob) for name, blob in blobs.items()
                        if name not in compiled})  # fmt: skip
        put("_ties", {name: etree.tostring(etree.fromstring(blobs[name]), encoding="unicode")
                      for name in tied if name in blobs})  # fmt: skip
        put("_order", (CONTENT_TYPES, *(name for name in package.parts if name != CONTENT_TYPES)))
        put("_tags", tuple(lint.tags))
        put("_limit", text_area(next(part.root for part in parts if part.name == package.main)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a compiled template does not change")

    def render(self, context: Mapping[str, Any]) -> bytes:
        """The document for these data, as bytes of a .docx; equal data make equal bytes.

        `context` holds plain data: mappings, lists, texts, numbers, `Picture`. Raises RenderError when a
        value is missing or cannot be reckoned, or when the document grows beyond twenty megabytes.
        """
        gallery = Gallery(self._limit)
        rendering = Rendering(gallery.place)
        token = RENDERING.set(rendering)
        try:
            made = {name: self._run(part, context, gallery) for name, part in self._compiled.items()}
        finally:
            RENDERING.reset(token)
        made |= self._tie(gallery)
        return write(made.get(name) or self._packed[name] for name in (*self._order, *self._new(made)))

    def _new(self, made: Mapping[str, Packed]) -> list[str]:
        known = set(self._order)
        return [name for name in made if name not in known]

    def _run(self, part: _Compiled, context: Mapping[str, Any], gallery: Gallery) -> Packed:
        gallery.part = part.name
        try:
            if part.plain:
                return pack_pieces(part.name, (batch.encode() for batch in batches(part.program, context)))
            xml = "".join(batches(part.program, context))
        except FAILURES as error:
            said = part.lines.get(line_of(error, part.program), "")
            raise RenderError(explain(error, said, self._tags)) from error
        if part.has_holes:
            xml = refill(xml)
        if part.has_drawings:
            xml = _renumber(xml)
        return pack(part.name, fit_grids(xml) if part.many_cells else xml.encode("utf-8"))

    def _tie(self, gallery: Gallery) -> dict[str, Packed]:
        """The parts that pictures add or change: themselves, relations, content types."""
        made: dict[str, Packed] = {}
        if not gallery.files:
            return made
        folder = "media/"
        for part, known in gallery.relations.items():
            name = rels_name(part)
            depth = part.count("/")
            lines = pictures.relation_lines(known, "/word/" + folder if depth != 1 else folder)
            made[name] = _with_lines(name, self._ties.get(name, _NO_RELATIONS), lines)
            base = "word/" if depth != 1 else part.rsplit("/", 1)[0] + "/"
            for file in known:
                made[base + folder + file] = pack(base + folder + file, gallery.files[file])
        types = self._ties[CONTENT_TYPES]
        lines = pictures.content_type_lines(gallery.files, types)
        made[CONTENT_TYPES] = _with_lines(CONTENT_TYPES, types, lines)
        return made


def compile_part(part: TextPart, dialect: Dialect) -> _Compiled:
    """Patch, prove and compile one part. Raises TemplateError when it could come out broken."""
    has_holes = may_empty(part.elements_gone())
    many_cells = part.kind == "document" and part.has_lists_of_cells
    source, lines = lay_out(part)
    program = program_of(source, part, dialect)
    has_drawings = part.kind == "document" and "<wp:docPr" in source
    return _Compiled(part.name, program, has_holes, many_cells, has_drawings, lines)


def lay_out(part: TextPart) -> tuple[str, Mapping[int, str]]:
    """The source of a part's program, and what the tag on each of its lines says. The part is retyped by this: once only."""
    # docxtpl takes a quarter of a second to import, and only an upload needs it
    from docxtpl import DocxTemplate

    source, lines = on_own_lines(str(DocxTemplate.patch_xml(None, part.source())))
    for typed, meant in _ESCAPED_BRACES:
        source = source.replace(typed, "{{ '" + meant + "' }}")
    return source, lines


def program_of(source: str, part: TextPart, dialect: Dialect) -> Template:
    """The program of a part, proved well-formed. Raises TemplateError."""
    environment = dialect.environment
    try:
        tree = environment.parse(source)
        prove(tree)
        if dialect.reckoned is not None:
            ask_at_prints(tree, environment)
        code = environment.compile(tree)
    except (TemplateSyntaxError, ProofError, RecursionError, SyntaxError) as error:
        raise TemplateError((_explained(error, part),)) from error
    return Template.from_code(environment, code, environment.globals)


def _explained(error: Exception, part: TextPart) -> Fault:
    """A fault that only the whole part shows."""
    if isinstance(error, RecursionError):
        return Fault("long_tag", Place(part.kind, part.name), part.first_tag(), {"limit": MAX_TAG})
    code = error.code if isinstance(error, ProofError) else "unbalanced"
    return Fault(code, Place(part.kind, part.name), part.first_tag() if code == "outside_text" else "")


def batches(program: Template, context: Mapping[str, Any]) -> Iterator[str]:
    """Run a program, stopping as soon as the output is larger than allowed."""
    pieces = program.root_render_func(program.new_context(dict(context)))
    yield _HEAD
    size = 0
    while batch := "".join(islice(pieces, _BATCH)):
        size += len(batch)
        if size > MAX_OUTPUT:
            raise RenderError(Fault("too_large", params={"limit": MAX_OUTPUT // MEGABYTE}))
        yield batch


def _renumber(xml: str) -> str:
    """Drawings of a repeated row share an id; count them all through, as docxtpl does."""
    number = iter(range(1001, 10_000_000))
    return _DRAWING_ID.sub(lambda found: f"{found.group(1)}{next(number)}", xml)


def _with_lines(name: str, xml: str, lines: str) -> Packed:
    """A list part with more lines before its end."""
    head = "" if xml.startswith("<?xml") else _HEAD
    if xml.rstrip().endswith("/>") and "</" not in xml:
        root = xml[1:].split(maxsplit=1)[0]
        xml = f"{xml.rstrip()[:-2]}></{root}>"
    at = xml.rindex("</")
    return pack(name, f"{head}{xml[:at]}{lines}{xml[at:]}".encode())


def text_area(root: Any) -> tuple[int, int]:
    """Width and height between the margins of a document's last section, in EMU; A4's when not given."""
    section = next((s for s in reversed(list(root.iter(W + "sectPr")))), None)
    size = None if section is None else section.find(W + "pgSz")
    margins = None if section is None else section.find(W + "pgMar")
    if size is None or margins is None:
        return A4_TEXT
    try:
        wide = int(size.get(W + "w")) - int(margins.get(W + "left")) - int(margins.get(W + "right"))
        high = int(size.get(W + "h")) - abs(int(margins.get(W + "top"))) - abs(int(margins.get(W + "bottom")))
    except (TypeError, ValueError):
        return A4_TEXT
    return (wide * _TWIP_EMU, high * _TWIP_EMU) if wide > 0 and high > 0 else A4_TEXT
