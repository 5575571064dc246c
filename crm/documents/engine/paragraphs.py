"""The paragraphs of a part with their places, and the clean-up that a template needs before it is read."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, Final

from crm.documents.engine.faults import Place
from crm.documents.engine.package import W
from crm.documents.engine.tags import Loose, Tag, find_tags, plain_characters

_P: Final = W + "p"
_T: Final = W + "t"
_TBL: Final = W + "tbl"
_TR: Final = W + "tr"
_TC: Final = W + "tc"
_DELETED: Final = (W + "del", W + "moveFrom")
_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
_FALLBACK: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


@dataclass(slots=True)
class Paragraph:
    """One w:p: its element, its place, and the text pieces that make up its own text (not a text box's)."""

    element: Any
    place: Place
    pieces: list[Any] = field(default_factory=list)
    in_fallback: bool = False
    _ends: list[int] = field(default_factory=list)
    _found: tuple[list[Tag], list[Loose]] | None = None

    @property
    def text(self) -> str:
        """The joined text of all runs."""
        return "".join(piece.text or "" for piece in self.pieces)

    def tags(self) -> tuple[list[Tag], list[Loose]]:
        """Tags and halves of tags in this paragraph, as they were before it was retyped."""
        if self._found is None:
            text = self.text
            self._found = find_tags(text) if "{" in text or "}" in text else ([], [])
        return self._found

    def piece_at(self, offset: int) -> Any:
        """The w:t in which the character at this offset of the text stands, before the text is retyped."""
        if not self._ends:
            self._ends = list(accumulate(len(piece.text or "") for piece in self.pieces))
        return self.pieces[min(bisect_right(self._ends, offset), len(self.pieces) - 1)]


def paragraphs(root: Any, part: str, name: str) -> list[Paragraph]:
    """All paragraphs of a part in order, with the places that a person would count."""
    counter = _Counter(part, name)
    found: list[Paragraph] = []
    for element in root.iter(_P, _TBL, _TR, _TC):
        if element.tag == _P:
            found.append(counter.paragraph(element, len(found)))
        else:
            counter.enter(element)
    return found


class _Counter:
    """Numbers paragraphs, outermost tables, rows and cells while a part is walked in order."""

    def __init__(self, part: str, name: str) -> None:
        self.part, self.name = part, name
        self.numbers: dict[Any, int] = {}
        self.inside: dict[Any, int] = {}
        self.tables = 0
        self.count = 0

    def enter(self, element: Any) -> None:
        if element.tag == _TBL:
            if next(element.iterancestors(_TBL), None) is None:
                self.tables += 1
                self.numbers[element] = self.tables
            return
        holder = next(element.iterancestors(_TBL if element.tag == _TR else _TR), None)
        if holder in self.numbers:
            self.inside[holder] = self.inside.get(holder, 0) + 1
            self.numbers[element] = self.inside[holder]

    def paragraph(self, element: Any, index: int) -> Paragraph:
        ancestors = list(element.iterancestors())
        tags = [ancestor.tag for ancestor in ancestors]
        own_text = _P not in tags
        if _TBL not in tags and own_text and not any(a.get(W + "type") for a in ancestors):
            self.count += 1
        where = {a.tag: self.numbers[a] for a in ancestors if a in self.numbers}
        place = Place(
            self.part, self.name,
            paragraph=None if where else max(1, self.count),
            table=where.get(_TBL), row=where.get(_TR), cell=where.get(_TC), index=index,
        )  # fmt: skip
        return Paragraph(element, place, list(_own_pieces(element)), _FALLBACK in tags)


def _own_pieces(element: Any) -> Iterator[Any]:
    nested = next(element.iterdescendants(_P), None) is not None
    for piece in element.iter(_T):
        if not nested or next(piece.iterancestors(_P)) is element:
            yield piece


def drop_marks(root: Any) -> bool:
    """Take out deleted text of tracked changes (its tags would still run) and anchors of remarks.

    True when there was anything to take out.
    """
    marks = [mark for mark in root.iter(*_DELETED) if mark.getparent().tag not in (W + "rPr", W + "trPr")]
    marks += root.iter(W + "commentRangeStart", W + "commentRangeEnd")
    marks += [mark.getparent() for mark in root.iter(W + "commentReference")]
    for mark in marks:
        holder = mark.getparent()
        if holder is not None:
            holder.remove(mark)
    return bool(marks)


def retype(found: list[Paragraph]) -> None:
    """Turn what Word typed into tags into what the template language reads, in place; after the lint."""
    for paragraph in found:
        tags, _ = paragraph.tags()
        if tags:
            _retype(paragraph, tags)
            _ready_cell(paragraph, tags)
        for piece in paragraph.pieces:
            if "\t" in (piece.text or ""):
                _split_at_tabs(piece)


def _retype(paragraph: Paragraph, tags: list[Tag]) -> None:
    characters = list(paragraph.text)
    typed = list(characters)
    for tag in tags:
        if tag.form != "note":
            typed[tag.start + 2 : tag.end - 2] = plain_characters(tag.raw[2:-2])
        if tag.form == "value" and tag.kind:
            # `{{r x}}` and `{{p x}}` put ready formatting in docxtpl; values here are text and pictures only
            typed[tag.start + 2 : tag.start + 2 + len(tag.kind)] = [""] * len(tag.kind)
    if typed == characters:
        return
    at = 0
    for piece in paragraph.pieces:
        length = len(piece.text or "")
        piece.text = "".join(typed[at : at + length])
        at += length


def _split_at_tabs(piece: Any) -> None:
    """A tab character that a program put into text becomes Word's own tab, in a run as docxtpl's."""
    before, *rest = piece.text.split("\t")
    if "{" in piece.text:
        piece.set(_SPACE, "preserve")
    piece.text = before
    run = piece.getparent()
    properties = run.find(W + "rPr")
    after = list(piece.itersiblings())
    for text in rest:
        for content, value in ((W + "tab", None), (_T, text)):
            following = run.makeelement(W + "r")
            if properties is not None:
                following.append(deepcopy(properties))
            element = run.makeelement(content)
            if value is not None:
                element.text = value
                element.set(_SPACE, "preserve")
            following.append(element)
            run.addnext(following)
            run = following
    run.extend(after)


def _ready_cell(paragraph: Paragraph, tags: list[Tag]) -> None:
    """Tags that change their cell need cell properties to write into."""
    if not any(tag.body.split(" ")[0] in ("vm", "hm", "colspan", "cellbg") for tag in tags):
        return
    cell = next(paragraph.element.iterancestors(_TC), None)
    if cell is None:
        return
    properties = cell.find(W + "tcPr")
    if properties is None:
        properties = cell.makeelement(W + "tcPr")
        cell.insert(0, properties)
    if len(properties) == 0:
        width = properties.makeelement(W + "tcW", {W + "w": "0", W + "type": "auto"})
        properties.append(width)
