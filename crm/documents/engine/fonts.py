"""Which fonts a template asks for, and which of them a PDF made by LibreOffice cannot show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from crm.documents.engine.faults import Fault, TemplateError
from crm.documents.engine.package import Package, W, parse
from crm.documents.engine.reading import TextPart

# Free fonts with the same widths and Cyrillic letters: nothing moves in the PDF.
_WITH_TWIN: Final = frozenset(
    {"Arial", "Times New Roman", "Courier New", "Calibri", "Calibri Light", "Carlito", "Liberation Sans",
     "Liberation Serif", "Liberation Mono", "DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono", "PT Sans",
     "PT Serif", "PT Mono", "Helvetica", "Times", "Courier"}
)  # fmt: skip
# Their twins (Caladea for Cambria) have Latin letters only.
_LATIN_TWIN: Final = frozenset({"Cambria", "Cambria Math"})
_SIGNS: Final = frozenset({"Symbol", "Wingdings", "Wingdings 2", "Wingdings 3", "Webdings", "OpenSymbol"})
_SLOTS: Final = ("ascii", "hAnsi")
_THEMED: Final = ("asciiTheme", "hAnsiTheme")
_DRAWING: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"


def fonts_of(package: Package, parts: list[TextPart]) -> tuple[str, ...]:
    """Names of the fonts that text parts and the styles they use ask for, sorted."""
    styles = _related(package, "styles")
    theme = _theme_fonts(_related(package, "theme"))
    found: set[str] = set()
    for part in parts:
        found.update(_named(part.root.iter(W + "rFonts"), theme))
    if styles is not None:
        found.update(_named(_used_styles(styles, parts), theme))
    return tuple(sorted(name for name in found if name))


def font_warnings(fonts: Iterable[str]) -> Iterator[Fault]:
    """A warning for each font that a PDF will show otherwise."""
    for font in fonts:
        if font in _LATIN_TWIN:
            yield Fault("font_without_cyrillic", params={"font": font})
        elif font not in _WITH_TWIN and font not in _SIGNS:
            yield Fault("font_replaced", params={"font": font})


def _related(package: Package, kind: str) -> Any:
    """The root of the part of this kind that belongs to the document, or None."""
    for relation in package.relations(package.main):
        name = package.resolve(package.main, relation.target)
        if relation.kind.endswith(f"/{kind}") and name in package.parts:
            try:
                return parse(package.parts[name], name)
            except TemplateError:
                return None
    return None


def _theme_fonts(theme: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    if theme is None:
        return found
    for slot in ("major", "minor"):
        latin = theme.find(f".//{_DRAWING}{slot}Font/{_DRAWING}latin")
        if latin is not None:
            found[slot] = latin.get("typeface") or ""
    return found


def _named(elements: Iterable[Any], theme: dict[str, str]) -> Iterator[str]:
    for element in elements:
        themed = [element.get(W + slot) for slot in _THEMED]
        yield from (
            theme.get("major" if name.startswith("major") else "minor", "") for name in themed if name
        )
        if not any(themed):
            # LibreOffice writes a list of fonts to try, the wanted one first
            yield from ((element.get(W + slot) or "").split(";")[0] for slot in _SLOTS)


def _used_styles(styles: Any, parts: list[TextPart]) -> Iterator[Any]:
    """The rFonts of the defaults, and of the styles that the text names with those they are based on."""
    yield from styles.iterfind(f"{W}docDefaults//{W}rFonts")
    by_id = {style.get(W + "styleId"): style for style in styles.iter(W + "style")}
    wanted = [s.get(W + "styleId") for s in by_id.values() if s.get(W + "default") in ("1", "true")]
    for part in parts:
        wanted += [e.get(W + "val") for e in part.root.iter(W + "pStyle", W + "rStyle", W + "tblStyle")]
    seen: set[str | None] = set()
    while wanted:
        name = wanted.pop()
        style = by_id.get(name)
        if style is None or name in seen:
            continue
        seen.add(name)
        yield from style.iter(W + "rFonts")
        wanted += [e.get(W + "val") for e in style.iter(W + "basedOn")]
