"""What the styles of a document say about a paragraph or a run, followed down to the style they build on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from crm.documents.engine.package import W

# "heading 1" is the name of the style in every language of Word; its id is translated.
_HEADING: Final = re.compile(r"heading (\d)", re.IGNORECASE)
_ALIGN: Final = {
    "center": "center",
    "right": "right",
    "end": "right",
    "both": "justify",
    "distribute": "justify",
}
_TOGGLES: Final = ("b", "i", "strike", "caps", "vanish")
_TWIPS_OF_INDENT: Final = 360
_MOST_INDENTS: Final = 12


def value(element: Any, path: str) -> str | None:
    """The w:val of the element at this path of local names, or None."""
    found = element.find("/".join(W + name for name in path.split("/"))) if element is not None else None
    return None if found is None else found.get(W + "val")


@dataclass(frozen=True, slots=True)
class Look:
    """How a run looks: what is on, the size in half points (None: as the document), raised or lowered."""

    on: frozenset[str] = frozenset()
    underlined: bool = False
    marked: bool = False
    size: int | None = None
    shift: str = ""


@dataclass(slots=True)
class Styles:
    """The styles of a document by id; `default_size` in half points."""

    by_id: dict[str, Any] = field(default_factory=dict)
    default_paragraph: str | None = None
    default_size: int = 22

    @classmethod
    def of(cls, root: Any) -> Styles:
        """Read a styles part; None gives no styles."""
        styles = cls()
        if root is None:
            return styles
        for style in root.iter(W + "style"):
            name = style.get(W + "styleId")
            if name:
                styles.by_id[name] = style
            if style.get(W + "type") == "paragraph" and style.get(W + "default") in ("1", "true"):
                styles.default_paragraph = name
        size = value(root, "docDefaults/rPrDefault/rPr/sz")
        styles.default_size = int(size) if size and size.isdigit() else 22
        normal = styles.first(styles.default_paragraph, "rPr/sz")
        styles.default_size = int(normal) if normal and normal.isdigit() else styles.default_size
        return styles

    def chain(self, name: str | None) -> list[Any]:
        """A style and those it is based on, nearest first."""
        found: list[Any] = []
        while name in self.by_id and self.by_id[name] not in found:
            found.append(self.by_id[name])
            name = value(found[-1], "basedOn")
        return found

    def first(self, name: str | None, path: str) -> str | None:
        """The first value at this path along a style's chain."""
        return next((v for style in self.chain(name) if (v := value(style, path)) is not None), None)

    def heading(self, paragraph: Any) -> int | None:
        """The level of a heading from one, or None for ordinary text."""
        level = value(paragraph, "pPr/outlineLvl")
        name = value(paragraph, "pPr/pStyle")
        for style in self.chain(name):
            found = _HEADING.fullmatch(value(style, "name") or "")
            if found:
                return int(found.group(1))
            if (value(style, "name") or "").lower() == "title":
                return 1
        level = level or self.first(name, "pPr/outlineLvl")
        return int(level) + 1 if level and level.isdigit() and int(level) < 9 else None

    def paragraph_classes(self, paragraph: Any) -> list[str]:
        """Names of classes for alignment and indents."""
        name = value(paragraph, "pPr/pStyle") or self.default_paragraph
        align = _ALIGN.get(value(paragraph, "pPr/jc") or self.first(name, "pPr/jc") or "")
        classes = [f"docx-{align}"] if align else []
        indents = [e for e in (paragraph.find(f"{W}pPr/{W}ind"), *self._indents(name)) if e is not None]
        left = next((v for e in indents if (v := e.get(W + "left") or e.get(W + "start"))), "0")
        steps = min(_MOST_INDENTS, round(_int(left) / _TWIPS_OF_INDENT))
        if steps > 0:
            classes.append(f"docx-in-{steps}")
        if _int(next((v for e in indents if (v := e.get(W + "firstLine"))), "0")) > 0:
            classes.append("docx-first")
        return classes

    def _indents(self, name: str | None) -> list[Any]:
        return [style.find(f"{W}pPr/{W}ind") for style in self.chain(name)]

    def look(self, run: Any, paragraph: Any) -> Look:
        """How a run looks, its own properties before its style's before the paragraph's."""
        own = run.find(W + "rPr")
        sources = [own] if own is not None else []
        for name in (value(run, "rPr/rStyle"), value(paragraph, "pPr/pStyle") or self.default_paragraph):
            sources += [p for style in self.chain(name) if (p := style.find(W + "rPr")) is not None]
        size = next((v for s in sources if (v := value(s, "sz"))), None)
        underline = next((v for s in sources if (v := value(s, "u"))), "none")
        return Look(
            on=frozenset(name for name in _TOGGLES if _is_on(sources, name)),
            underlined=underline != "none",
            marked=(value(own, "highlight") or "none") != "none",
            size=int(size) if size and size.isdigit() and int(size) != self.default_size else None,
            shift=value(own, "vertAlign") or "",
        )


def _is_on(sources: list[Any], name: str) -> bool:
    for source in sources:
        found = source.find(W + name)
        if found is not None:
            return (found.get(W + "val") or "1") not in ("0", "false", "off", "none")
    return False


def _int(text: str) -> int:
    try:
        return int(float(text))
    except ValueError:
        return 0
