"""A document that somebody has edited in Word: what they said and changed in it, and the same text without their marks.

A remark of a colleague must never reach a client, and a tracked deletion must not be read out of the file again: so
the clean text is a file of its own, in which all changes are accepted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from crm.documents.engine.comparing import CELL
from crm.documents.engine.container import pack, write
from crm.documents.engine.faults import TemplateError
from crm.documents.engine.package import Package, W, dump, open_package, parse
from crm.documents.engine.reading import read

MOST: Final = 200
LONGEST: Final = 2000
_QUOTE: Final = 300
_PUT_IN: Final = (W + "ins", W + "moveTo")
_TAKEN_OUT: Final = (W + "del", W + "moveFrom")
_CHANGES: Final = tuple(W + name for name in (
    "rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblGridChange", "trPrChange", "tcPrChange", "tblPrExChange",
    "numberingChange", "cellIns", "cellDel", "cellMerge", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart",
    "moveToRangeEnd", "commentRangeStart", "commentRangeEnd"))  # fmt: skip
_PROPERTIES: Final = (W + "rPr", W + "trPr")


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody left in the file: a comment, or words put in or taken out. `quote`: the words that a comment is about."""

    kind: str
    author: str
    at: dt.datetime | None
    text: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """`clean`: the .docx without marks; `notes` in the order of the text, `more`: how many there are beyond the first of them."""

    clean: bytes
    notes: tuple[Note, ...]
    more: int = 0


def read_edited(data: bytes) -> Edited:
    """Look into an edited file. Raises TemplateError with all faults for one that could not be a template either."""
    package = open_package(data, keep_remarks=True)
    faults = tuple(fault for part in read(package) for fault in part.hostile)
    if faults:
        raise TemplateError(faults)
    notes = [*_comments(package), *_tracked(package)]
    return Edited(_clean(data), tuple(notes[:MOST]), max(0, len(notes) - MOST))


def _comments(package: Package) -> Iterator[Note]:
    part = next((package.resolve(package.main, one.target) for one in package.relations(package.main)
                 if one.kind.endswith("/comments") and not one.external), None)  # fmt: skip
    if part is None or part not in package.parts:
        return
    root = parse(package.parts[part], part)
    quotes = _quotes(parse(package.parts[package.main], package.main))
    for comment in root.iter(W + "comment"):
        text = "\n".join(filter(None, (_text(paragraph) for paragraph in comment.iter(W + "p"))))
        if text:
            yield _note("comment", comment, text, quotes.get(comment.get(W + "id") or "", ""))


def _quotes(root: Any) -> dict[str, str]:
    """The words between the anchors of each comment, as far as a reader needs them."""
    found: dict[str, str] = {}
    open_now: set[str] = set()
    for element in root.iter(W + "commentRangeStart", W + "commentRangeEnd", W + "t", W + "p"):
        name = element.get(W + "id") or ""
        if element.tag == W + "commentRangeStart":
            if len(found) < MOST:
                open_now.add(name)
                found[name] = ""
        elif element.tag == W + "commentRangeEnd":
            open_now.discard(name)
        else:
            for one in list(open_now):
                found[one] += " " if element.tag == W + "p" else element.text or ""
                if len(found[one]) > _QUOTE:
                    found[one] = found[one][: _QUOTE - 1] + "…"
                    open_now.discard(one)
    return {name: " ".join(text.split()) for name, text in found.items()}


def _tracked(package: Package) -> Iterator[Note]:
    """Words put in and taken out, those of one author in one paragraph together, those of a whole row of a table as well."""
    for name in package.kinds:
        for (kind, *_where), found in groupby(_pieces(parse(package.parts[name], name)), key=itemgetter(0)):
            pieces = list(found)
            if text := "".join(words for _key, _mark, words in pieces):
                yield _note(kind, pieces[-1][1], text)


def _pieces(root: Any) -> Iterator[tuple[tuple[Any, ...], Any, str]]:
    """(what belongs together, mark, words) in the order of the text; a row that came or went as a whole tells what stands in it."""
    rows = {(_kind(mark), mark.getparent().getparent()) for mark in root.iter(*_PUT_IN, *_TAKEN_OUT) if mark.getparent().tag == W + "trPr"}
    for mark in root.iter(*_PUT_IN, *_TAKEN_OUT):
        kind, holder = _kind(mark), mark.getparent()
        if holder.tag == W + "trPr":
            yield (kind, holder), mark, _row(holder.getparent(), kind)
        elif holder.tag not in _PROPERTIES and not any((kind, row) in rows for row in mark.iterancestors(W + "tr")):
            yield (kind, mark.get(W + "author"), next(mark.iterancestors(W + "p"), None)), mark, _text(mark)


def _kind(mark: Any) -> str:
    return "inserted" if mark.tag in _PUT_IN else "deleted"


def _row(row: Any, kind: str) -> str:
    """The words of a whole row, its cells divided as in a comparison; nothing for an empty one."""
    words = (W + "t", W + "delText") if kind == "deleted" else (W + "t",)
    cells = [cell for cell in row.iter(W + "tc") if next(cell.iterancestors(W + "tr"), None) is row]
    text = CELL.join("".join(one.text or "" for one in cell.iter(*words)).strip() for cell in cells)
    return text if text.strip(CELL) else ""


def _note(kind: str, element: Any, text: str, quote: str = "") -> Note:
    cut = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return Note(kind, " ".join((element.get(W + "author") or "").split())[:120], _moment(element.get(W + "date")), cut, quote)


def _moment(typed: str | None) -> dt.datetime | None:
    try:
        found = dt.datetime.fromisoformat(typed or "")
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        return None


def _text(element: Any) -> str:
    return "".join(" " if one.tag in (W + "tab", W + "br") else one.text or ""
                   for one in element.iter(W + "t", W + "delText", W + "tab", W + "br"))  # fmt: skip


def _clean(data: bytes) -> bytes:
    """The file with all changes accepted and no remark left."""
    package = open_package(data)
    parts = dict(package.parts)
    for name in package.kinds:
        root = parse(parts[name], name)
        _accept(root)
        parts[name] = dump(root)
    return write(package.packed[name] if name in package.packed and name not in package.kinds else pack(name, blob)
                 for name, blob in parts.items())  # fmt: skip


def _accept(root: Any) -> None:
    rows = [mark.getparent().getparent() for mark in root.iter(W + "del") if mark.getparent().tag == W + "trPr"]
    joined = [mark for mark in root.iter(*_TAKEN_OUT) if mark.getparent().tag == W + "rPr"]
    _join([mark.getparent().getparent().getparent() for mark in joined if mark.getparent().getparent().tag == W + "pPr"])
    for row in rows:
        _drop(row)
    for element in list(root.iter(*_PUT_IN, *_TAKEN_OUT, *_CHANGES)):
        if element.tag in _PUT_IN and element.getparent() is not None and element.getparent().tag not in _PROPERTIES:
            _unwrap(element)
        else:
            _drop(element)
    for mark in list(root.iter(W + "commentReference")):
        _drop(mark.getparent())
    for table in list(root.iter(W + "tbl")):
        if table.find(f".//{W}tr") is None:
            _drop(table)
    for cell in root.iter(W + "tc"):
        if not len(cell) or cell[-1].tag != W + "p":
            cell.append(cell.makeelement(W + "p"))


def _join(paragraphs: list[Any]) -> None:
    """A paragraph whose end was taken out goes on in the next one, which stays what it was, as in Word; the last such first."""
    for paragraph in reversed(paragraphs):
        after = paragraph.getnext()
        if after is not None and after.tag == W + "p":
            place = 1 if after.find(W + "pPr") is not None else 0
            after[place:place] = [child for child in paragraph if child.tag != W + "pPr"]
            _drop(paragraph)


def _unwrap(element: Any) -> None:
    holder, place = element.getparent(), element.getparent().index(element)
    for child in reversed(list(element)):
        holder.insert(place, child)
    holder.remove(element)


def _drop(element: Any) -> None:
    holder = element.getparent()
    if holder is not None:
        holder.remove(element)
