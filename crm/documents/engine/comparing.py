"""Two documents compared word by word: paragraphs are laid beside each other first, then the words of those that differ.

What two hostile files can cost is bounded: each comparison has an allowance of steps, and what it does not cover is shown as
replaced as a whole.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crm.documents.engine.package import W, open_package
from crm.documents.engine.reading import read

CELL: Final = " │ "
MOST_BLOCKS: Final = 10_000
MOST_LETTERS: Final = 2_000_000
ALLOWANCE: Final = 3_000_000
_LOOK: Final = 4  # steps that one word or paragraph costs each time it is looked at
_MOST_TABLE: Final = 400_000
_MOST_PAIRS: Final = 2_500
_ALIKE: Final = 0.4
_WORDS: Final = re.compile(r"\w+|\s+|[^\w\s]")
_SAME, _OUT, _IN = "", "del", "ins"


class TooMuchToCompareError(ValueError):
    """The documents are longer than anybody would compare."""


@dataclass(frozen=True, slots=True)
class Row:
    """One paragraph or row of a table: `kind` is same, changed, added or removed; `pieces` are (what, words), what is '', ins or del."""

    kind: str
    pieces: tuple[tuple[str, str], ...]


def blocks(data: bytes) -> list[str]:
    """The text as a list of paragraphs and rows of tables (cells divided by CELL), document first, then headers and footers.

    Tracked changes are read as accepted. Raises TemplateError for a file that cannot be opened.
    """
    found: list[str] = []
    letters = 0
    for part in read(open_package(data)):
        row: tuple[Any, ...] | None = None
        cell = None
        for paragraph in part.paragraphs:
            if paragraph.in_fallback:
                continue
            place, text = paragraph.place, _line(paragraph.element)
            letters += len(text)
            if place.row is not None and row == (place.table, place.row) and found:
                found[-1] += (CELL if place.cell != cell else " ") + text
            elif text or place.row is not None:
                found.append(text)
            row = (place.table, place.row) if place.row is not None else None
            cell = place.cell
            if len(found) > MOST_BLOCKS or letters > MOST_LETTERS:
                raise TooMuchToCompareError
    return [text for text in found if text.strip(CELL)]


def _line(element: Any) -> str:
    """The words of one paragraph without those of a text box inside it."""
    pieces = [" " if one.tag in (W + "tab", W + "br") else one.text or "" for one in element.iter(W + "t", W + "tab", W + "br")
              if next(one.iterancestors(W + "p"), None) is element]  # fmt: skip
    return " ".join("".join(pieces).split())


def compare(old: Sequence[str], new: Sequence[str]) -> list[Row]:
    """All rows of both in their order."""
    left = _Allowance(ALLOWANCE)
    rows: list[Row] = []
    was, is_now = 0, 0
    for one, other, size in [*_matches(old, new, left), (len(old), len(new), 0)]:
        rows += _gap(old[was:one], new[is_now:other], left)
        rows += [Row("same", ((_SAME, text),)) for text in new[other : other + size]]
        was, is_now = one + size, other + size
    return rows


class _Allowance:
    """How many steps may still be made."""

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def grant(self, wanted: int, most: int) -> bool:
        """Whether so many may be made; they are taken off."""
        if wanted > most or wanted > self.steps:
            return False
        self.steps -= wanted
        return True


def _matches(old: Sequence[str], new: Sequence[str], left: _Allowance) -> list[tuple[int, int, int]]:
    """Runs that are equal in both, in order, as (place in old, place in new, length)."""
    pairs: list[tuple[int, int]] = []
    waiting = [(0, len(old), 0, len(new))]
    while waiting:
        a, b, c, d = waiting.pop()
        while a < b and c < d and old[a] == new[c]:
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and old[b - 1] == new[d - 1]:
            b, d = b - 1, d - 1
            pairs.append((b, d))
        if a == b or c == d:
            continue
        if not left.grant((b - a + d - c) * _LOOK, left.steps):
            continue
        anchors = _anchors(old[a:b], new[c:d])
        if not anchors:
            if left.grant((b - a) * (d - c), _MOST_TABLE):
                pairs += [(a + i, c + j) for i, j in _longest(old[a:b], new[c:d])]
            continue
        starts, ends = [(0, 0), *anchors], [*anchors, (b - a, d - c)]
        waiting += [(a + i, a + k, c + j, c + m) for (i, j), (k, m) in zip(starts, ends, strict=True)]
    return list(_runs(sorted(pairs)))


def _runs(pairs: list[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    begin = 0
    for at in range(1, len(pairs) + 1):
        if at == len(pairs) or pairs[at] != (pairs[at - 1][0] + 1, pairs[at - 1][1] + 1):
            yield (*pairs[begin], at - begin)
            begin = at


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """What stands once in each and in the same order: the longest such chain."""
    seen, there = Counter(old), Counter(new)
    places = {text: at for at, text in enumerate(new) if there[text] == 1}
    pairs = [(at, places[text]) for at, text in enumerate(old) if seen[text] == 1 and text in places]
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for at, (_i, j) in enumerate(pairs):
        length = bisect_left(tails, j)
        before.append(ends[length - 1] if length else -1)
        tails[length : length + 1] = [j]
        ends[length : length + 1] = [at]
    chain: list[tuple[int, int]] = []
    at = ends[-1] if ends else -1
    while at >= 0:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _longest(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The longest common sequence by its table; the caller has seen that this is not too large."""
    table = [[0] * (len(new) + 1)]
    for text in reversed(old):
        below, row = table[-1], [0] * (len(new) + 1)
        for j in range(len(new) - 1, -1, -1):
            row[j] = below[j + 1] + 1 if text == new[j] else max(below[j], row[j + 1])
        table.append(row)
    table.reverse()
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if old[i] == new[j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif table[i + 1][j] >= table[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _gap(old: Sequence[str], new: Sequence[str], left: _Allowance) -> Iterator[Row]:
    """Paragraphs of both between two equal ones: those that are alike side by side, the rest taken out or put in."""
    was = is_now = 0
    for i, j in [*_alike(old, new, left), (len(old), len(new))]:
        yield from (Row("removed", ((_OUT, text),)) for text in old[was:i])
        yield from (Row("added", ((_IN, text),)) for text in new[is_now:j])
        if i < len(old) and j < len(new):
            yield Row("changed", _words(old[i], new[j], left))
        was, is_now = i + 1, j + 1


def _alike(old: Sequence[str], new: Sequence[str], left: _Allowance) -> list[tuple[int, int]]:
    """Pairs of paragraphs that share enough words, in order."""
    if not old or not new:
        return []
    if not left.grant(len(old) * len(new) * 20, _MOST_PAIRS * 20):
        if len(old) != len(new) or not left.grant(len(old) * 20, left.steps):
            return []
        return [(at, at) for at, (one, other) in enumerate(zip(_bags(old), _bags(new), strict=True)) if _likeness(one, other) >= _ALIKE]
    ours, theirs = _bags(old), _bags(new)
    like = [[_likeness(one, other) for other in theirs] for one in ours]
    best = [[0.0] * (len(new) + 1) for _row in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            pair = best[i + 1][j + 1] + like[i][j] if like[i][j] >= _ALIKE else 0.0
            best[i][j] = max(pair, best[i + 1][j], best[i][j + 1])
    found, i, j = [], 0, 0
    while i < len(old) and j < len(new):
        if like[i][j] >= _ALIKE and best[i][j] == best[i + 1][j + 1] + like[i][j]:
            found.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return found


def _bags(texts: Sequence[str]) -> list[set[str]]:
    return [set(text.lower().split()[:200]) for text in texts]


def _likeness(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / max(1, len(one) + len(other))


def _words(old: str, new: str, left: _Allowance) -> tuple[tuple[str, str], ...]:
    """The words of a changed paragraph; blanks between two changes belong to these."""
    if not left.grant((len(old) + len(new)) // 4, left.steps):
        return ((_OUT, old), (_IN, new))
    a, b = _WORDS.findall(old), _WORDS.findall(new)
    pieces: list[tuple[str, str]] = []
    was = is_now = 0
    out = put = ""
    for i, j, size in [*_matches(a, b, left), (len(a), len(b), 0)]:
        same = "".join(b[j : j + size])
        out, put = out + "".join(a[was:i]), put + "".join(b[is_now:j])
        was, is_now = i + size, j + size
        if size and out and put and not same.strip() and (i + size < len(a) or j + size < len(b)):
            out, put = out + same, put + same
            continue
        pieces += [(what, text) for what, text in ((_OUT, out), (_IN, put), (_SAME, same)) if text]
        out = put = ""
    return tuple(pieces)
