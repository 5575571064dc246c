"""The numbers that Word draws before paragraphs ("2.1.", "a)", "•"): contracts refer to them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from crm.documents.engine.package import W
from crm.documents.engine.view.styles import Styles, value

_PLACE: Final = re.compile(r"%(\d)")
_ROMAN: Final = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_LATIN: Final = "abcdefghijklmnopqrstuvwxyz"
# The letters that Russian lists use: without yo, short i, hard and soft signs and yery.
_RUSSIAN: Final = "".join(
    chr(code) for code in range(0x430, 0x450) if code not in (0x439, 0x44A, 0x44B, 0x44C)
)
_BULLET: Final = "\u2022"


@dataclass(slots=True)
class _Level:
    start: int
    form: str
    text: str
    legal: bool


@dataclass(slots=True)
class Numbering:
    """The lists of a document and how far each has been counted."""

    lists: dict[str, str] = field(default_factory=dict)
    restarts: dict[str, dict[int, int]] = field(default_factory=dict)
    levels: dict[str, dict[int, _Level]] = field(default_factory=dict)
    style_levels: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> Numbering:
        """Read a numbering part; None gives no lists."""
        numbering = cls()
        if root is None:
            return numbering
        for abstract in root.iter(W + "abstractNum"):
            name = abstract.get(W + "abstractNumId") or ""
            numbering.levels[name] = {}
            for level in abstract.iter(W + "lvl"):
                depth = int(level.get(W + "ilvl") or 0)
                numbering.levels[name][depth] = _Level(
                    int(value(level, "start") or 1), value(level, "numFmt") or "decimal",
                    value(level, "lvlText") or "", level.find(W + "isLgl") is not None,
                )  # fmt: skip
                if style := value(level, "pStyle"):
                    numbering.style_levels[name, style] = depth
        for number in root.iter(W + "num"):
            name = number.get(W + "numId") or ""
            numbering.lists[name] = value(number, "abstractNumId") or ""
            for override in number.iter(W + "lvlOverride"):
                start = value(override, "startOverride")
                if start and start.isdigit():
                    numbering.restarts.setdefault(name, {})[int(override.get(W + "ilvl") or 0)] = int(start)
        return numbering

    def next(self, paragraph: Any, styles: Styles) -> str:
        """The number that stands before this paragraph, counting it; empty when it has none."""
        style = value(paragraph, "pPr/pStyle") or styles.default_paragraph
        name = value(paragraph, "pPr/numPr/numId") or styles.first(style, "pPr/numPr/numId")
        abstract = self.lists.get(name or "")
        if not name or name == "0" or abstract is None:
            return ""
        depth = self._depth(paragraph, styles, style, abstract)
        level = self.levels.get(abstract, {}).get(depth)
        if level is None or level.form == "none":
            return ""
        counts = self._count(name, abstract, depth, level)
        if level.form == "bullet":
            return _BULLET
        return _PLACE.sub(
            lambda m: self._part(abstract, int(m.group(1)) - 1, counts, level.legal), level.text
        )

    def _depth(self, paragraph: Any, styles: Styles, style: str | None, abstract: str) -> int:
        own = value(paragraph, "pPr/numPr/ilvl") or styles.first(style, "pPr/numPr/ilvl")
        if own is not None and own.isdigit():
            return int(own)
        return self.style_levels.get((abstract, style or ""), 0)

    def _count(self, name: str, abstract: str, depth: int, level: _Level) -> dict[int, int]:
        # lists of one kind go on counting together, unless this one says where it begins
        key = name if name in self.restarts else abstract
        counts = self.counts.setdefault(key, {})
        start = self.restarts.get(name, {}).get(depth, level.start)
        counts[depth] = counts[depth] + 1 if depth in counts else start
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        return counts

    def _part(self, abstract: str, depth: int, counts: dict[int, int], legal: bool) -> str:
        level = self.levels.get(abstract, {}).get(depth)
        if level is None:
            return ""
        return _written(counts.get(depth, level.start), "decimal" if legal else level.form)


def _written(number: int, form: str) -> str:
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman.upper() if form == "upperRoman" else roman
    alphabet = {"lowerLetter": _LATIN, "upperLetter": _LATIN.upper(), "russianLower": _RUSSIAN,
                "russianUpper": _RUSSIAN.upper()}.get(form)  # fmt: skip
    if alphabet and number > 0:
        times, index = divmod(number - 1, len(alphabet))
        return alphabet[index] * (times + 1)
    return f"{number:02d}" if form == "decimalZero" else str(number)


def _roman(number: int) -> str:
    out = []
    for worth, sign in _ROMAN:
        while number >= worth:
            out.append(sign)
            number -= worth
    return "".join(out)
