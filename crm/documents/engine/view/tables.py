"""Tables of Word as rows and cells with spans."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from crm.documents.engine.package import W
from crm.documents.engine.view.styles import Styles, value

_NO_LINE: Final = ("nil", "none", None)
_STEP: Final = 5


@dataclass(slots=True)
class Cell:
    """A cell: its element (None for a gap before or after a row), how many columns and rows it covers."""

    element: Any
    column: int
    columns: int
    rows: int = 1
    merge: str = ""


@dataclass(slots=True)
class Row:
    """A row: its cells, those that are drawn; whether it repeats on each page as a head."""

    cells: list[Cell]
    is_head: bool


def rows_of(table: Any) -> list[Row]:
    """Rows with cells merged downwards counted into the cell on top."""
    rows = [Row(list(_cells(row)), value_is_set(row, "tblHeader")) for row in _direct(table, "tr")]
    for index, row in enumerate(rows):
        for cell in row.cells:
            if cell.merge == "restart":
                cell.rows = 1 + sum(1 for _ in _continued(rows[index + 1 :], cell.column))
    for row in rows:
        row.cells = [cell for cell in row.cells if cell.merge != "continue"]
    return rows


def _continued(rows: list[Row], column: int) -> Iterator[Cell]:
    for row in rows:
        below = next((cell for cell in row.cells if cell.column == column and cell.merge == "continue"), None)
        if below is None:
            return
        yield below


def _cells(row: Any) -> Iterator[Cell]:
    column = _number(value(row, "trPr/gridBefore"), 0)
    if column:
        yield Cell(None, 0, column)
    for element in _direct(row, "tc"):
        columns = _number(value(element, "tcPr/gridSpan"), 1)
        merge = element.find(f"{W}tcPr/{W}vMerge")
        state = "" if merge is None else merge.get(W + "val") or "continue"
        yield Cell(element, column, columns, merge=state)
        column += columns
    after = _number(value(row, "trPr/gridAfter"), 0)
    if after:
        yield Cell(None, column, after)


def _direct(holder: Any, name: str) -> Iterator[Any]:
    """Children of this name, content controls and tracked insertions looked through."""
    for child in holder:
        if child.tag == W + name:
            yield child
        elif child.tag in (W + "sdt", W + "sdtContent", W + "ins", W + "customXml"):
            yield from _direct(child, name)


def value_is_set(row: Any, name: str) -> bool:
    """Whether a property of a row is on."""
    found = row.find(f"{W}trPr/{W}{name}")
    return found is not None and (found.get(W + "val") or "1") not in ("0", "false", "off")


def _number(text: str | None, default: int) -> int:
    return min(63, int(text)) if text and text.isdigit() else default


def widths(table: Any) -> list[int]:
    """Widths of the columns in per cent, in steps of five, as the classes of the style sheet have them."""
    columns = [e.get(W + "w") or "0" for e in table.iterfind(f"{W}tblGrid/{W}gridCol")]
    sizes = [float(w) if w.replace(".", "", 1).isdigit() else 0.0 for w in columns]
    total = sum(sizes)
    if total <= 0:
        return []
    return [max(_STEP, round(100 * size / total / _STEP) * _STEP) for size in sizes]


def has_lines(table: Any, styles: Styles) -> bool:
    """Whether the table is drawn with lines: its own, its style's or its cells'."""
    own = table.find(f"{W}tblPr/{W}tblBorders")
    if own is not None:
        return any(line.get(W + "val") not in _NO_LINE for line in own)
    for style in styles.chain(value(table, "tblPr/tblStyle")):
        lines = style.find(f"{W}tblPr/{W}tblBorders")
        if lines is not None:
            return any(line.get(W + "val") not in _NO_LINE for line in lines)
    cells = table.iterfind(f".//{W}tcBorders/*")
    return any(line.get(W + "val") not in _NO_LINE for line in cells)
