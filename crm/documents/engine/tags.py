"""Finding tags in the joined text of one paragraph, and making what Word typed into them typeable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_TAG: Final = re.compile(r"\{\{(.*?)\}\}|\{%(.*?)%\}|\{#(.*?)#\}", re.DOTALL)
_OPEN: Final = re.compile(r"\{\{|\{%|\{#")
_CLOSE: Final = re.compile(r"\}\}|%\}|#\}")
_KIND: Final = re.compile(r"(p|tr|tc|r)(?= )")
_CLOSERS: Final = {"{{": "}}", "{%": "%}", "{#": "#}"}
_FORMS: Final = {"{{": "value", "{%": "statement", "{#": "note"}
CELL_TAGS: Final = ("vm", "hm", "colspan", "cellbg")

# What Word puts in by itself when a person types quotes, dashes and comparisons.
_DOUBLE: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"
_SINGLE: Final = "\u2018\u2019\u201a\u201b\u2039\u203a\u2032"
_BLANK: Final = "\u00a0\u202f\u205f\u3000\r\n\t" + "".join(map(chr, range(0x2000, 0x200B)))
_NOTHING: Final = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_PLAIN: Final = {
    **dict.fromkeys(_BLANK, " "),
    **dict.fromkeys(_NOTHING, ""),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag in a paragraph.

    `raw` as typed; `form` value, statement or note; `kind` p, tr, tc, r or empty; `body` what stands inside,
    without the kind and the whitespace marks; `start` and `end` in the text of the paragraph.
    """

    raw: str
    form: str
    kind: str
    body: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Loose:
    """A brace without its other half: `missing` is what has to be added, or empty for a stray closer."""

    raw: str
    missing: str
    start: int


def find_tags(text: str) -> tuple[list[Tag], list[Loose]]:
    """All whole tags of a paragraph's text, and all halves of tags."""
    tags: list[Tag] = []
    loose: list[Loose] = []
    ends: dict[str, int] = {}
    at = 0
    while found := _OPEN.search(text, at):
        loose += _strays(text, at, found.start())
        close = _next_close(text, _CLOSERS[found.group()], found.end(), ends)
        inner = _OPEN.search(text, found.end())
        # an opener inside a tag means that the first one was never closed
        match = None if close < 0 or (inner and inner.start() < close) else _TAG.match(text, found.start())
        if match is None:
            end = inner.start() if inner else min(len(text), found.start() + 60)
            loose.append(Loose(text[found.start() : end].strip(), _CLOSERS[found.group()], found.start()))
            at = end if inner else len(text)
            continue
        tags.append(_tag(match))
        at = match.end()
    return tags, loose + _strays(text, at, len(text))


def _next_close(text: str, closer: str, start: int, ends: dict[str, int]) -> int:
    """Where the next closer of this kind stands, or -1; `ends` keeps the answers, so that a text is searched once."""
    known = ends.get(closer, 0)
    if known >= 0 and known < start:
        known = text.find(closer, start)
    ends[closer] = known
    return known


def _strays(text: str, start: int, end: int) -> list[Loose]:
    return [
        Loose(text[max(start, m.start() - 30) : m.end()].strip(), "", m.start())
        for m in _CLOSE.finditer(text, start, end)
        if m.group() != "#}"
    ]


def _tag(match: re.Match[str]) -> Tag:
    raw = match.group()
    form = _FORMS[raw[:2]]
    inner = raw[2:-2]
    if form == "value" and inner.startswith("%") and inner.endswith("%") and _KIND.match(plain(inner)[1:]):
        # `{{%tr for x in y %}}`: the outer braces vanish together with the row
        form, inner = "statement", inner[1:-1]
    inner = plain(inner)
    kind = _KIND.match(inner)
    body = inner[len(kind.group()) :] if kind else inner
    body = body.removeprefix("-").removeprefix("+") if not kind else body
    return Tag(raw, form, kind.group() if kind else "", body.strip().removesuffix("-").strip(), *match.span())


def plain(inner: str) -> str:
    """The inside of a tag with Word's quotes, dashes and spaces as plain ones; see `plain_characters`."""
    return "".join(plain_characters(inner))


def plain_characters(inner: str) -> list[str]:
    """For each character of a tag's inside what has to stand there for the template language.

    Curly quotes and guillemets delimit strings like straight ones, nearest pairs first; inside a string they
    are kept as escapes. Outside strings no-break spaces, dashes and signs of comparison become plain.
    """
    out: list[str] = []
    closers = ""
    straight = ""
    escaped = False
    for character in inner:
        if escaped:
            out.append(character)
            escaped = False
        elif closers:
            escaped = character == "\\"
            if character in closers:
                out.append(straight)
                closers = ""
            else:
                out.append(_inside(character, straight))
        elif character in "\"'":
            closers, straight = character, character
            out.append(character)
        elif character in _DOUBLE:
            closers, straight = _DOUBLE + '"', '"'
            out.append('"')
        elif character in _SINGLE:
            closers, straight = _SINGLE + "'", "'"
            out.append("'")
        else:
            out.append(_PLAIN.get(character, character))
    return out


def _inside(character: str, straight: str) -> str:
    """A character inside a string: kept, but what a later step would take for markup or quotes escaped."""
    if character == straight:
        return "\\" + character
    if character in _DOUBLE or character in _SINGLE or character in "&<>{}%#":
        return f"\\u{ord(character):04x}"
    return " " if character in "\r\n\t" else character
