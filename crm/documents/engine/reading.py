"""The text parts of a package, parsed, walked and searched for what a template must not contain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from lxml import etree

from crm.documents.engine.faults import Fault, Place
from crm.documents.engine.package import Package, W, dump, parse
from crm.documents.engine.paragraphs import Paragraph, drop_marks, paragraphs, retype
from crm.documents.engine.tags import Tag

_READS_FILES: Final = frozenset(
    {"INCLUDE", "INCLUDETEXT", "INCLUDEPICTURE", "DDE", "DDEAUTO", "IMPORT", "LINK", "RD", "DATABASE"}
)
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_TIES: Final = etree.XPath("//@r:*", namespaces={"r": _R[1:-1]}, smart_strings=False)
_HEADERS: Final = (W + "headerReference", W + "footerReference")
_FIRST_WORD: Final = re.compile(r"\s*([A-Za-z]+)")


@dataclass(slots=True)
class TextPart:
    """One part with running text: what it is, its element, its paragraphs, its hostile contents."""

    name: str
    kind: str
    root: Any
    paragraphs: list[Paragraph]
    hostile: list[Fault] = field(default_factory=list)
    tracked: bool = False
    changed: bool = False

    @property
    def has_braces(self) -> bool:
        """Whether the template language has anything to do here."""
        return any("{" in paragraph.text for paragraph in self.paragraphs)

    @property
    def has_lists_of_cells(self) -> bool:
        """Whether the number of cells in a row may change."""
        return any(tag.kind == "tc" or tag.body.split(" ")[0] in ("colspan", "hm") for tag in self._tags())

    def elements_gone(self) -> dict[Any, int]:
        """The rows, cells and paragraphs that give way to a tag, with what it does to the depth of blocks."""
        gone: dict[Any, int] = {}
        for paragraph in self.paragraphs:
            for tag in paragraph.tags()[0]:
                if tag.kind in ("p", "tr", "tc") and tag.form != "value":
                    word = tag.body.split(" ")[0] if tag.form == "statement" else ""
                    change = {"if": 1, "for": 1, "endif": -1, "endfor": -1}.get(word, 0)
                    element = next(paragraph.piece_at(tag.start).iterancestors(W + tag.kind), None)
                    if element is not None:
                        gone[element] = gone.get(element, 0) + change
        return gone

    def _tags(self) -> list[Tag]:
        return [tag for paragraph in self.paragraphs for tag in paragraph.tags()[0]]

    def source(self) -> str:
        """The XML with tags retyped, ready for `patch_xml`."""
        retype(self.paragraphs)
        return str(etree.tostring(self.root, encoding="unicode"))

    def blob(self) -> bytes:
        """The part as it goes into documents when it has no tags but lost some marks."""
        return dump(self.root)

    def first_tag(self) -> str:
        """Some tag of the part, to name it by."""
        return next((tag.raw for tag in self._tags()), "")


def read(package: Package) -> list[TextPart]:
    """All text parts of a package, the document first. Raises TemplateError for unreadable XML."""
    found: list[TextPart] = []
    for name, kind in package.kinds.items():
        root = parse(package.parts[name], name)
        tracked = next(root.iter(W + "ins", W + "del", W + "moveFrom", W + "moveTo"), None) is not None
        changed = drop_marks(root)
        part = TextPart(name, kind, root, paragraphs(root, kind, name), tracked=tracked, changed=changed)
        known = {relation.id for relation in package.relations(name)}
        part.hostile = list(_hostile(part)) or ([] if _tied(root, known) else [Fault("damaged", params={"part": name})])
        found.append(part)
    return found


def _tied(root: Any, known: set[str]) -> bool:
    """Whether all that is shown through a relation has one: a picture, a link, a header. Word opens no file without."""
    if any(value and value not in known for value in _TIES(root)):
        return False
    return all(element.get(_R + "id") for element in root.iter(*_HEADERS))


def _hostile(part: TextPart) -> Iterator[Fault]:
    bodiless = part.kind == "document" and part.root.find(W + "body") is None
    if bodiless or etree.QName(part.root).namespace != W[1:-1] or part.root.prefix != "w":
        yield Fault("odd_xml", params={"part": part.name})
    if next(part.root.iter(W + "altChunk"), None) is not None:
        yield Fault("alt_chunk")
    if next(part.root.iter(W + "control"), None) is not None:
        yield Fault("active_x")
    for code, element in instructions(part.root):
        word = _FIRST_WORD.match(code)
        # an instruction whose first word is itself made by a field hides what it does
        if word is None or word.group(1).upper() in _READS_FILES:
            yield Fault("field_code", place_of(part, element), params={"field": code.strip()[:40] or "{ { } }"})


def instructions(root: Any) -> Iterator[tuple[str, Any]]:
    """The instructions of all fields, joined from the runs over which Word has spread them."""
    open_fields: list[list[str]] = []
    for element in root.iter(W + "fldSimple", W + "fldChar", W + "instrText"):
        if element.tag == W + "fldSimple":
            yield element.get(W + "instr") or "", element
        elif element.tag == W + "instrText":
            if open_fields:
                open_fields[-1].append(element.text or "")
            else:
                yield element.text or "", element
        elif element.get(W + "fldCharType") == "begin":
            open_fields.append([])
        elif open_fields and element.get(W + "fldCharType") == "separate":
            yield "".join(open_fields[-1]), element
            open_fields[-1] = ["QUOTE "]  # what follows is the result, not the instruction
        elif open_fields and element.get(W + "fldCharType") == "end":
            yield "".join(open_fields.pop()), element


def place_of(part: TextPart, element: Any) -> Place:
    """Where the paragraph of an element stands."""
    holder = next(element.iterancestors(W + "p"), None)
    return next((p.place for p in part.paragraphs if p.element is holder), Place(part.kind, part.name))
