"""What Word demands of tables and cells, given back after conditions and lists have emptied them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from lxml import etree

from crm.documents.engine.package import W

_EMPTY_ROW: Final = re.compile(
    r"<w:tr(?: [^>]*)?>(?:<w:trPr>(?:(?!</w:trPr>).)*</w:trPr>|<w:trPr/>)?\s*</w:tr>", re.DOTALL
)
_EMPTY_TABLE: Final = re.compile(
    r"<w:tbl>(?:<w:tblPr>(?:(?!</w:tblPr>).)*</w:tblPr>|<w:tblPr/>)?"
    r"(?:<w:tblGrid>(?:(?!</w:tblGrid>).)*</w:tblGrid>|<w:tblGrid/>)?\s*</w:tbl>",
    re.DOTALL,
)
_NEEDED: Final = {W + "tbl": (W + "tr",), W + "tr": (W + "tc",), W + "tc": (W + "p",)}
_HOLDERS: Final = ("tc", "hdr", "ftr", "footnote", "endnote", "txbxContent")
_EMPTY_HOLDER: Final = re.compile(
    r"(<w:tc(?: [^>]*)?>|</w:tcPr>|<w:tcPr/>|</w:tbl>"
    rf"|<w:(?:{'|'.join(_HOLDERS[1:])})(?: [^>]*)?>)"
    rf"\s*(</w:(?:{'|'.join(_HOLDERS)})>)"
)


def refill(xml: str) -> str:
    """Drop rows without cells and tables without rows; give a paragraph to cells and headers left empty.

    Word calls a file corrupted for each of these.
    """
    xml = _EMPTY_ROW.sub("", xml)
    xml = _EMPTY_TABLE.sub("<w:p/>", xml)
    return _EMPTY_HOLDER.sub(r"\1<w:p/>\2", xml)


def may_empty(gone: Mapping[Any, int]) -> bool:
    """Whether tags may leave a table, row, cell or header without what Word demands of it.

    `gone`: the elements that give way to a tag, with what the tag does to the depth of blocks (+1 opens,
    -1 closes, 0 neither). Proves the common cases safe, so that they need no `refill`; doubts the rest.
    """
    return any(not _stays_whole(holder, gone) for holder in {element.getparent() for element in gone})


def _stays_whole(holder: Any, gone: Mapping[Any, int]) -> bool:
    if holder is None or holder.tag == W + "body":
        return True
    needed = _NEEDED.get(holder.tag, (W + "p", W + "tbl"))
    depth, whole = 0, False
    for child in holder:
        if child in gone:
            depth += gone[child]
            whole = whole and holder.tag != W + "tc"
        elif child.tag in needed:
            # a cell has to end with a paragraph, the others only to have something
            whole = depth == 0 or (whole and holder.tag != W + "tc")
        if depth < 0:
            return False
    return whole and depth == 0 and holder.tag != W + "sdtContent"


def fit_grids(xml: str) -> bytes:
    """Make the grid of each table match its rows after a list of cells; as docxtpl does it.

    Columns are added or taken away at the end, the table keeps its width. Returns the part's bytes.
    """
    root = etree.fromstring(xml.encode("utf-8"))
    for table in root.iter(W + "tbl"):
        grid = table.find(W + "tblGrid")
        if grid is not None:
            _fit_grid(table, grid)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def _fit_grid(table: Any, grid: Any) -> None:
    rows = list(table.iter(W + "tr"))
    columns = grid.findall(W + "gridCol")
    most_cells = max((len(row.findall(W + "tc")) for row in rows), default=0)
    if most_cells > len(columns):
        _widen(grid, columns, most_cells - len(columns))
    columns = grid.findall(W + "gridCol")
    most_columns = max((_columns(row) for row in rows), default=0)
    if most_columns < len(columns):
        _narrow(grid, columns, len(columns) - most_columns)


def _widen(grid: Any, columns: list[Any], missing: int) -> None:
    width = float(sum(_width(column) for column in columns))
    if width <= 0 or not columns:
        return
    old, new = width / len(columns), width / (len(columns) + missing)
    for column in columns:
        column.set(W + "w", str(int(_width(column) * new / old)))
    for _ in range(missing):
        etree.SubElement(grid, W + "gridCol", {W + "w": str(int(new))})


def _narrow(grid: Any, columns: list[Any], extra: int) -> None:
    freed = 0.0
    for column in columns[-extra:]:
        freed += _width(column)
        grid.remove(column)
    left = columns[:-extra]
    share = int(freed / len(left)) if left else 0
    for column in left:
        column.set(W + "w", str(int(_width(column) + share)))


def _width(column: Any) -> float:
    try:
        return float(column.get(W + "w") or 0)
    except ValueError:
        return 0.0


def _columns(row: Any) -> int:
    """How many columns a row covers, those skipped before and after its cells included."""
    covered = 0
    for cell in row.findall(W + "tc"):
        covered += _number(cell.find(f"{W}tcPr/{W}gridSpan"), 1)
    for skipped in ("gridBefore", "gridAfter"):
        covered += _number(row.find(f"{W}trPr/{W}{skipped}"), 0)
    return covered


def _number(element: Any, default: int) -> int:
    value = "" if element is None else element.get(W + "val") or ""
    return int(value) if value.isdigit() else default
