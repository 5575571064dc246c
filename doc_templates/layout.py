"""Plain parts of a Word page, made with python-docx: paragraphs, tables, signatures, page numbers.

Text may hold **bold** and docxtpl tags. Sizes are points, widths millimetres.
"""

import re
from dataclasses import dataclass
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

ALIGN = {"left": WD_ALIGN_PARAGRAPH.LEFT, "right": WD_ALIGN_PARAGRAPH.RIGHT,
         "center": WD_ALIGN_PARAGRAPH.CENTER, "both": WD_ALIGN_PARAGRAPH.JUSTIFY}
GREY = RGBColor(0x55, 0x5B, 0x61)
LINE = "8A9096"
SHADE = "EEF1F3"
_THEME_FONTS = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


def new_document(font: str, size: float, *, lang: str, title: str,
                 margins: tuple[float, float, float, float] = (18, 15, 16, 20)) -> Any:
    """An empty A4 document with one font; `margins` are top, right, bottom, left."""
    doc = Document()
    _only_font(doc.styles.element.find(".//" + qn("w:docDefaults")).find(".//" + qn("w:rFonts")), font)
    _fonts(doc.styles["Normal"], font, size)
    _fonts(doc.styles["Heading 1"], font, size)
    for style in (doc.styles["Header"], doc.styles["Footer"]):
        _fonts(style, font, size - 1)
    language = OxmlElement("w:lang")
    for name in ("val", "eastAsia", "bidi"):
        language.set(qn(f"w:{name}"), lang)
    properties = doc.styles["Normal"].element.get_or_add_rPr()
    properties.append(language)
    section = doc.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = map(Mm, margins)
    section.header_distance = section.footer_distance = Mm(9)
    _modern(doc)
    core = doc.core_properties
    core.title, core.author, core.comments, core.keywords = title, "", "", ""
    return doc


def landscape(doc: Any) -> None:
    """Turn the page of a new document on its side; its margins stay as given."""
    section = doc.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = section.page_height, section.page_width


def _modern(doc: Any) -> None:
    """Tell Word that the file is of its present kind; drop the thumbnail that python-docx brings."""
    settings = doc.settings.element
    compat = settings.find(qn("w:compat"))
    if compat is None:
        compat = OxmlElement("w:compat")
        settings.append(compat)
    for old in list(compat):
        compat.remove(old)
    mode = OxmlElement("w:compatSetting")
    for name, value in (("name", "compatibilityMode"), ("uri", "http://schemas.microsoft.com/office/word"),
                        ("val", "15")):
        mode.set(qn(f"w:{name}"), value)
    compat.append(mode)
    relations = doc.part.package.rels
    for key in [key for key, relation in relations.items() if relation.reltype.endswith("/thumbnail")]:
        relations.pop(key)


def _only_font(fonts: Any, font: str) -> None:
    """Name one font for every alphabet, instead of those of the theme."""
    for name in _THEME_FONTS:
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{name}"), font)


def _fonts(style: Any, font: str, size: float) -> None:
    style.font.name, style.font.size = font, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    _only_font(style.element.get_or_add_rPr().get_or_add_rFonts(), font)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)


@dataclass(frozen=True)
class Look:
    """How a paragraph looks."""

    align: str = "left"
    size: float | None = None
    bold: bool = False
    grey: bool = False
    before: float = 0
    after: float = 0
    left: float = 0
    hanging: float = 0
    keep: bool = False
    spacing: float = 1.0
    heading: bool = False
    page_break: bool = False


PLAIN = Look()


def write(paragraph: Any, text: str, look: Look = PLAIN) -> Any:
    """Fill a paragraph; **bold** parts become runs of their own."""
    form = paragraph.paragraph_format
    paragraph.alignment = ALIGN[look.align]
    form.space_before, form.space_after = Pt(look.before), Pt(look.after)
    form.line_spacing, form.keep_with_next = look.spacing, look.keep or None
    form.page_break_before = look.page_break or None
    if look.left or look.hanging:
        form.left_indent, form.first_line_indent = Mm(look.left), Mm(-look.hanging)
    for place, piece in enumerate(re.split(r"\*\*", text)):
        if piece:
            run = paragraph.add_run(piece)
            run.bold = look.bold or place % 2 == 1 or None
            run.font.size = Pt(look.size) if look.size else None
            if look.grey:
                run.font.color.rgb = GREY
    return paragraph


def para(where: Any, text: str, look: Look = PLAIN) -> Any:
    """A new paragraph at the end of a document, header or footer."""
    paragraph = where.add_paragraph(style="Heading 1") if look.heading else where.add_paragraph()
    return write(paragraph, text, look)


def cell_text(cell: Any, text: str, look: Look = PLAIN) -> None:
    """Fill a cell; lines become paragraphs."""
    for place, line in enumerate(text.split("\n")):
        write(cell.paragraphs[0] if place == 0 else cell.add_paragraph(), line, look)


def table(where: Any, widths: list[float], rows: int, *, border: str = "single", pad: float = 1.2,
          sides: bool = False) -> Any:
    """A table of fixed widths; `border` is none or single; without it text is not set in, unless `sides`."""
    made = where.add_table(rows, len(widths))
    made.autofit = False
    made.alignment = WD_TABLE_ALIGNMENT.LEFT
    properties = made._tbl.tblPr
    edges = OxmlElement("w:tblBorders")
    for name in ("top", "left", "bottom", "right", "insideH", "insideV"):
        edge = OxmlElement(f"w:{name}")
        drawn = border == "single"
        edge.set(qn("w:val"), "single" if drawn else "nil")
        if drawn:
            edge.set(qn("w:sz"), "4")
            edge.set(qn("w:color"), LINE)
        edges.append(edge)
    margins = OxmlElement("w:tblCellMar")
    inset = pad if border == "single" or sides else 0
    for name, size in (("top", pad / 2), ("left", inset), ("bottom", pad / 2), ("right", inset)):
        margin = OxmlElement(f"w:{name}")
        margin.set(qn("w:w"), str(round(size * 56.7)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    for part in (edges, properties.find(qn("w:tblLayout")), margins, properties.find(qn("w:tblLook"))):
        # the schema wants them in this order
        if part is not None:
            properties.append(part)
    for place, width in enumerate(widths):
        made.columns[place].width = Mm(width)
        for row in made.rows:
            row.cells[place].width = Mm(width)
    return made


def shade(cell: Any) -> None:
    """A light ground for heads of tables."""
    ground = OxmlElement("w:shd")
    ground.set(qn("w:val"), "clear")
    ground.set(qn("w:color"), "auto")
    ground.set(qn("w:fill"), SHADE)
    cell._tc.get_or_add_tcPr().append(ground)


def line_under(cell: Any) -> None:
    """A line to write on, along the lower edge of a cell."""
    edges = OxmlElement("w:tcBorders")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("color", LINE)):
        line.set(qn(f"w:{name}"), value)
    edges.append(line)
    properties = cell._tc.get_or_add_tcPr()
    properties.insert_element_before(edges, "w:shd", "w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign")


def row_marks(row: Any, *, head: bool = False) -> None:
    """A row that does not break over pages; a head is repeated on each."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def together(made: Any) -> None:
    """Keep all rows of a table on one page: what is signed must not be torn."""
    for row in made.rows:
        row_marks(row)
    for row in made.rows[:-1]:
        for cell in row.cells:
            for paragraph in cell.paragraphs:
                paragraph.paragraph_format.keep_with_next = True


def bottom(cell: Any) -> None:
    """Put the text on the lower edge of the cell, where its line is."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM


def middle(cell: Any) -> None:
    """Put the text in the middle of the cell's height."""
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


@dataclass(frozen=True)
class Column:
    """A column of the items' table: its head, its tag, its width and alignment."""

    head: str
    tag: str
    width: float
    align: str = "left"


def items_table(doc: Any, columns: list[Column], totals: list[tuple[str, str, str]], size: float, rows: str = "items") -> Any:
    """Rows of the deal's items (or another list of `rows`) with a repeated head; `totals` are condition (or empty), label and tag."""
    made = table(doc, [column.width for column in columns], 4, border="single", pad=1.4)
    for place, column in enumerate(columns):
        cell_text(made.cell(0, place), column.head, Look("center", size, bold=True))
        shade(made.cell(0, place))
        middle(made.cell(0, place))
        cell_text(made.cell(2, place), column.tag, Look(column.align, size))
    row_marks(made.rows[0], head=True)
    row_marks(made.rows[2])
    _tag_row(made.rows[1], "{%tr for item in " + rows + " %}")
    _tag_row(made.rows[3], "{%tr endfor %}")
    for condition, label, tag in totals:
        if condition:
            _tag_row(made.add_row(), "{%tr if " + condition + " %}")
        row = made.add_row()
        row_marks(row)
        joined = row.cells[0].merge(row.cells[-2])
        bold = label.startswith("**")
        cell_text(joined, label.strip("*"), Look("right", size, bold=bold, keep=True))
        cell_text(row.cells[-1], tag, Look("right", size, bold=bold))
        if condition:
            _tag_row(made.add_row(), "{%tr endif %}")
    return made


def _tag_row(row: Any, tag: str) -> None:
    joined = row.cells[0].merge(row.cells[-1])
    cell_text(joined, tag)


def field(paragraph: Any, code: str, size: float) -> None:
    """A field that Word and LibreOffice reckon, such as PAGE."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        run.font.size, run.font.color.rgb = Pt(size), GREY
        if kind == "":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)


def page_numbers(doc: Any, left: str, of: tuple[str, str]) -> None:
    """A footer: `left` text, then 'page X of Y' with the words of `of`."""
    footer = doc.sections[0].footer
    paragraph = write(footer.paragraphs[0], f"{left}{of[0]} ", Look("right", 8, grey=True))
    field(paragraph, "PAGE", 8)
    write_more(paragraph, f" {of[1]} ")
    field(paragraph, "NUMPAGES", 8)


def write_more(paragraph: Any, text: str) -> None:
    """More grey small text at the end of a paragraph."""
    run = paragraph.add_run(text)
    run.font.size, run.font.color.rgb = Pt(8), GREY


def rule(paragraph: Any, *, heavy: bool = False) -> None:
    """A line under a paragraph."""
    edges = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "12" if heavy else "6"), ("space", "4"),
                        ("color", "000000" if heavy else LINE)):
        line.set(qn(f"w:{name}"), value)
    edges.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert_element_before(edges, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


__all__ = ["Column", "Look", "bottom", "cell_text", "field", "items_table", "landscape", "line_under", "middle", "new_document",
           "page_numbers", "para", "row_marks", "rule", "shade", "table", "together", "write"]
