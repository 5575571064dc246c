"""Fields as other programs write them: plain text here, so each is told with what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from crm.documents.engine.expressions import Words
from crm.documents.engine.faults import Fault, Place
from crm.documents.engine.fields import FieldTree, paths, suggest
from crm.documents.engine.lint import MAX_FAULTS
from crm.documents.engine.paragraphs import Paragraph
from crm.documents.engine.reading import TextPart, instructions, place_of

_NAME: Final = r"[^\W\d_]\w*(?:\[\w*\])?(?:\.\w+(?:\[\w*\])?)*"
_WORDY: Final = rf"{_NAME}(?: \w+)*"
_FIELDS: Final = re.compile(
    rf"[$#]?(?<![{{_])\{{ ?(?P<brace>{_NAME}) ?\}}(?![}}_])|\[\[ ?(?P<bracket>{_WORDY}) ?\]\]|<<(?P<angle>{_WORDY})>>"
    rf"|«(?P<quoted>[^\W\d_]\w*[_.]\w[\w.]*)»|(?<![\w%])%(?P<percent>[^\W\d_a-zа-яё][^\Wa-zа-яё]{{2,}})%(?![\w%])"
)
_MERGE: Final = re.compile(r'\s*MERGEFIELD\s+(?:"([^"]+)"|([^\s"\\{}]+))', re.IGNORECASE)
_ROOTS: Final = re.compile(r"^[dc]\.")  # the data and the complement of Carbone


def foreign_fields(parts: Sequence[TextPart], words: Words) -> Iterator[Fault]:
    """A warning for each field of another program, at most as many as anybody reads."""
    for place, typed, name in islice(_found(parts), MAX_FAULTS):
        guess = _guess(_ROOTS.sub("", name), words)
        params = {"suggestion": "{{ " + guess + " }}"} if guess else {}
        yield Fault("other_program_perhaps" if guess else "other_program", place, typed, params)


def _found(parts: Sequence[TextPart]) -> Iterator[tuple[Place, str, str]]:
    for part in parts:
        merged = set()
        for code, element in instructions(part.root):
            field = _MERGE.match(code)
            if field:
                name = field.group(1) or field.group(2)
                merged.add(name)
                yield place_of(part, element), f"MERGEFIELD {name}", name
        for paragraph in part.paragraphs:
            if not paragraph.in_fallback:
                for found in _FIELDS.finditer(_outside_tags(paragraph)):
                    name = found[found.lastgroup or 0]
                    if found.lastgroup != "quoted" or name not in merged:  # what a merge field shows for itself
                        yield paragraph.place, found.group(), name


def _outside_tags(paragraph: Paragraph) -> str:
    text = paragraph.text
    for tag in paragraph.tags()[0]:
        text = text[: tag.start] + " " * (tag.end - tag.start) + text[tag.end :]
    return text


def _guess(name: str, words: Words) -> str | None:
    tree: FieldTree = words.fields or {}
    known = list(paths(tree))
    guess = name if name in known else suggest(name, tree, {}, words.synonyms)
    return None if any(path.startswith(f"{guess}[]") for path in known) else guess
