"""The inside of a paragraph as HTML: runs, links, pictures, line breaks. Everything typed is escaped."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from markupsafe import escape

from crm.documents.engine.package import Relation, W, resolve
from crm.documents.engine.view.styles import Look, Styles

_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WP: Final = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_V: Final = "{urn:schemas-microsoft-com:vml}"
_EMU_PER_PIXEL: Final = 9525
_MAX_INLINE_PICTURE: Final = 5 * 1024 * 1024
_SAFE_LINK: Final = re.compile(r"(?i)(https?://|mailto:|tel:)[^\s\x00-\x1f]*")
_HEADS: Final = (
    (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"),
)  # fmt: skip
_SIGNS: Final = {
    "noBreakHyphen": "\u2011",
    "softHyphen": "\u00ad",
    "cr": "<br>",
    "tab": '<span class="docx-tab"></span>',
}
# Boxes of forms in Wingdings: empty, crossed, ticked.
_WINGDINGS: Final = {"a8": "\u2610", "6f": "\u2610", "71": "\u2610", "fd": "\u2612", "78": "\u2612",
                     "fe": "\u2611", "fc": "\u2713"}  # fmt: skip
_THROUGH: Final = ("ins", "moveTo", "smartTag", "sdt", "sdtContent", "fldSimple", "customXml", "dir", "bdo")
_TOGGLED: Final = (("b", "strong"), ("i", "em"), ("strike", "s"))
_SIZES: Final = range(6, 49)


class Inline:
    """Writes the insides of paragraphs of one part; text boxes met on the way wait in `boxes`."""

    def __init__(
        self,
        styles: Styles,
        part: str,
        relations: list[Relation],
        parts: Mapping[str, bytes],
        notes: list[str],
    ) -> None:
        self.styles, self.part, self.parts = styles, part, parts
        self.relations = {relation.id: relation for relation in relations}
        self.notes = notes
        self.boxes: list[Any] = []

    def write(self, paragraph: Any) -> str:
        """The paragraph's inside; nothing for an empty one."""
        return "".join(self._children(paragraph, paragraph))

    def _children(self, holder: Any, paragraph: Any) -> Iterator[str]:
        for child in holder:
            if child.tag == W + "r":
                yield self._run(child, paragraph)
            elif child.tag == W + "hyperlink":
                yield self._link(child, paragraph)
            elif isinstance(child.tag, str) and child.tag.removeprefix(W) in _THROUGH:
                yield from self._children(child, paragraph)

    def _link(self, element: Any, paragraph: Any) -> str:
        text = "".join(self._children(element, paragraph))
        relation = self.relations.get(element.get(_R + "id") or "")
        if relation is None or not relation.external or _SAFE_LINK.fullmatch(relation.target) is None:
            return text
        return f'<a href="{escape(relation.target)}" rel="noopener noreferrer">{text}</a>'

    def _run(self, run: Any, paragraph: Any) -> str:
        look = self.styles.look(run, paragraph)
        if "vanish" in look.on:
            return ""
        text = "".join(self._piece(child) for child in run)
        return _dressed(text, look) if text.strip() else text

    def _piece(self, child: Any) -> str:
        if not isinstance(child.tag, str):
            return ""
        if child.tag == W + "t":
            return str(escape(child.text or "")).replace("\t", _SIGNS["tab"])
        if child.tag.startswith(_MC):
            return self._alternative(child)
        name = child.tag.removeprefix(W)
        if name == "br":
            return "" if child.get(W + "type") in ("page", "column") else "<br>"
        if name == "sym":
            return _WINGDINGS.get((child.get(W + "char") or "")[-2:].lower(), "")
        if name in ("drawing", "pict", "object"):
            return self._drawing(child)
        if name in ("footnoteReference", "endnoteReference"):
            self.notes.append(f"{name[:-9]}s:{child.get(W + 'id')}")
            return f"<sup>{len(self.notes)}</sup>"
        return _SIGNS.get(name, "")

    def _alternative(self, element: Any) -> str:
        """Word offers the new form and the old one of the same thing: take the first that says anything."""
        for choice in element.iter(_MC + "Choice", _MC + "Fallback"):
            waiting = len(self.boxes)
            text = "".join(self._piece(child) for child in choice)
            if text or len(self.boxes) > waiting:
                return text
        return ""

    def _drawing(self, element: Any) -> str:
        self.boxes += [
            box for box in element.iter(W + "txbxContent")
            if not any(a.tag == _MC + "Fallback" for a in box.iterancestors() if a is not element)
        ]  # fmt: skip
        pictures = [(e.get(_R + "embed") or "", e) for e in element.iter(_A + "blip")]
        pictures += [(e.get(_R + "id") or "", e) for e in element.iter(_V + "imagedata")]
        return "".join(self._picture(number, element) for number, _ in pictures)

    def _picture(self, number: str, drawing: Any) -> str:
        relation = self.relations.get(number)
        if relation is None or relation.external:
            return ""
        blob = self.parts.get(resolve(self.part, relation.target), b"")
        kind = next((kind for head, kind in _HEADS if blob.startswith(head)), None)
        if kind is None or len(blob) > _MAX_INLINE_PICTURE:
            return ""
        about = next(drawing.iter(_WP + "docPr"), None)
        title = escape((about.get("descr") if about is not None else "") or "")
        extent = next(drawing.iter(_WP + "extent"), None)
        size = ""
        if extent is not None:
            wide, high = (_pixels(extent.get(name)) for name in ("cx", "cy"))
            size = f' width="{wide}" height="{high}"'
        is_behind = any(e.get("behindDoc") in ("1", "true") for e in drawing.iter(_WP + "anchor"))
        behind = ' class="docx-behind"' if is_behind else ""
        return f'<img{behind} src="data:{kind};base64,{base64.b64encode(blob).decode()}" alt="{title}"{size}>'


def _pixels(emu: str | None) -> int:
    return max(1, int(emu) // _EMU_PER_PIXEL) if emu and emu.isdigit() else 1


def _dressed(text: str, look: Look) -> str:
    for name, tag in _TOGGLED:
        if name in look.on:
            text = f"<{tag}>{text}</{tag}>"
    if look.underlined:
        text = f"<u>{text}</u>"
    if look.marked:
        text = f"<mark>{text}</mark>"
    if look.shift in ("superscript", "subscript"):
        tag = look.shift[:3]
        text = f"<{tag}>{text}</{tag}>"
    classes = ["docx-caps"] if "caps" in look.on else []
    if look.size is not None and look.size // 2 in _SIZES:
        classes.append(f"docx-size-{look.size // 2}")
    return f'<span class="{" ".join(classes)}">{text}</span>' if classes else text
