"""A Word document as safe, semantic HTML: no styles inside, only classes of `preview.css`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from crm.documents.engine.package import Package, W, open_package, parse
from crm.documents.engine.view.numbering import Numbering
from crm.documents.engine.view.runs import Inline
from crm.documents.engine.view.styles import Styles, value
from crm.documents.engine.view.tables import has_lines, rows_of, widths

_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_BLOCKS: Final = (W + "sdt", W + "sdtContent", W + "ins", W + "customXml", W + "smartTag")


def to_html(data: bytes) -> str:
    """The document as one <article>, headers and footers once.

    Text is escaped, links are http, mailto or tel, pictures are data: URIs; ids of paragraphs are
    `Place.anchor`s. Headings begin at h2, for the page around has its own h1. Raises TemplateError for a
    file that cannot be opened.
    """
    package = open_package(data)
    return _Page(package).write()


class _Page:
    def __init__(self, package: Package) -> None:
        self.package = package
        related = {r.kind.rsplit("/", 1)[-1]: r for r in package.relations(package.main) if not r.external}
        self.styles = Styles.of(self._root(related, "styles"))
        self.numbering = Numbering.of(self._root(related, "numbering"))
        self.notes: list[str] = []

    def _root(self, related: dict[str, Any], kind: str) -> Any:
        if kind not in related:
            return None
        name = self.package.resolve(self.package.main, related[kind].target)
        return parse(self.package.parts[name], name) if name in self.package.parts else None

    def write(self) -> str:
        main = parse(self.package.parts[self.package.main], self.package.main)
        body = main.find(W + "body")
        text = "".join(_Part(self, self.package.main, main).blocks(body)) if body is not None else ""
        section = next(main.iter(W + "sectPr"), None)
        header, footer = (self._edge(section, kind) for kind in ("header", "footer"))
        body_text = f'<div class="docx-body">{text}</div>'
        return f'<article class="docx">{header}{body_text}{self._notes()}{footer}</article>'

    def _edge(self, section: Any, kind: str) -> str:
        """The header or footer of the first page, once."""
        if section is None:
            return ""
        found = {e.get(W + "type"): e.get(_R + "id") for e in section.iter(f"{W}{kind}Reference")}
        first = found.get("first") if section.find(W + "titlePg") is not None else None
        number = first or found.get("default")
        for relation in self.package.relations(self.package.main):
            name = self.package.resolve(self.package.main, relation.target)
            if relation.id == number and name in self.package.parts:
                root = parse(self.package.parts[name], name)
                text = "".join(_Part(self, name, root).blocks(root))
                return f'<{kind} class="docx-{kind}">{text}</{kind}>' if text else ""
        return ""

    def _notes(self) -> str:
        """Footnotes and endnotes in the order of their references."""
        items = []
        for note in list(self.notes):
            kind, _, number = note.partition(":")
            name = next((n for n, k in self.package.kinds.items() if k == kind), None)
            if name is None:
                continue
            root = parse(self.package.parts[name], name)
            part = _Part(self, name, root)
            for element in root:
                if element.get(W + "id") == number:
                    items.append(f"<li>{''.join(part.blocks(element))}</li>")
        return f'<ol class="docx-notes">{"".join(items)}</ol>' if items else ""


class _Part:
    """Writes the blocks of one part."""

    def __init__(self, page: _Page, name: str, root: Any) -> None:
        self.page = page
        self.stem = name.rsplit("/", 1)[-1].removesuffix(".xml")
        self.indexes = {element: index for index, element in enumerate(root.iter(W + "p"))}
        self.inline = Inline(page.styles, name, page.package.relations(name), page.package.parts, page.notes)

    def blocks(self, holder: Any) -> Iterator[str]:
        for element in holder:
            if element.tag == W + "p":
                yield self._paragraph(element)
            elif element.tag == W + "tbl":
                yield self._table(element)
            elif element.tag in _BLOCKS:
                yield from self.blocks(element)

    def _paragraph(self, element: Any) -> str:
        styles = self.page.styles
        number = self.page.numbering.next(element, styles)
        inside = self.inline.write(element)
        boxes, self.inline.boxes = self.inline.boxes, []
        level = styles.heading(element)
        tag = f"h{min(6, level + 1)}" if level and inside.strip() else "p"
        classes = styles.paragraph_classes(element)
        if number:
            inside = f'<span class="docx-number">{_plain(number)}</span> {inside}'
            classes.append("docx-numbered")
        attributes = f' class="{" ".join(classes)}"' if classes else ""
        anchor = f"{self.stem}-p{self.indexes[element]}"
        out = f'<{tag} id="{anchor}"{attributes}>{inside or "<br>"}</{tag}>'
        if _breaks_page(element):
            out += '<hr class="docx-page">'
        return out + "".join(f'<div class="docx-box">{"".join(self.blocks(box))}</div>' for box in boxes)

    def _table(self, table: Any) -> str:
        lines = has_lines(table, self.page.styles)
        columns = "".join(f'<col class="docx-w-{width}">' for width in widths(table))
        rows = []
        for row in rows_of(table):
            cells = []
            for cell in row.cells:
                tag = "th" if row.is_head else "td"
                spans = f' colspan="{cell.columns}"' if cell.columns > 1 else ""
                spans += f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
                spans += ' scope="col"' if row.is_head else ""
                inside = "".join(self.blocks(cell.element)) if cell.element is not None else ""
                cells.append(f"<{tag}{spans}>{inside}</{tag}>")
            rows.append(f"<tr>{''.join(cells)}</tr>")
        name = "docx-lines" if lines else "docx-plain"
        return (
            f'<div class="docx-wide" tabindex="0"><table class="{name}"><colgroup>{columns}</colgroup>'
            f"<tbody>{''.join(rows)}</tbody></table></div>"
        )


def _breaks_page(element: Any) -> bool:
    return any(e.get(W + "type") == "page" for e in element.iter(W + "br")) or (
        value(element, "pPr/sectPr/type") in ("nextPage", "oddPage", "evenPage")
    )


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
