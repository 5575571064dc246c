"""A template tried on examples: what could never make a document is found before anybody needs one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from crm.documents.engine.dialect import RENDERING, Dialect, Rendering
from crm.documents.engine.failing import FAILURES, explain, line_of
from crm.documents.engine.faults import Fault, Place
from crm.documents.engine.pictures import Gallery
from crm.documents.engine.reading import TextPart
from crm.documents.engine.tags import Tag
from crm.documents.engine.template import A4_TEXT, batches, lay_out, program_of

_MOST: Final = 20  # faults that are looked for in one part with one example
_LOOP: Final = re.compile(r"\s*for (.+?) in ")


def try_out(
    part: TextPart, dialect: Dialect, tags: Sequence[tuple[Place, Tag]], examples: Sequence[Mapping[str, Any]]
) -> Iterator[Fault]:
    """What making a document of each example raises in this part. Raises TemplateError when it cannot be compiled at all."""
    source, lines = lay_out(part)
    here = [(place, tag) for place, tag in tags if place.name == part.name]
    rest = source.split("\n")
    program = program_of(source, part, dialect)
    for example in examples:
        for _ in range(_MOST):
            error = _failure(part, program, example)
            if error is None:
                break
            line = line_of(error, program)
            yield explain(error, lines.get(line, ""), here)
            if line not in lines:
                break
            # the tag is silenced, so that the next fault can be seen
            rest[line - 1] = _silenced(rest[line - 2], lines[line]) + rest[line - 1][len(lines[line]) :]
            program = program_of("\n".join(rest), part, dialect)


def _failure(part: TextPart, program: Any, example: Mapping[str, Any]) -> Exception | None:
    gallery = Gallery(A4_TEXT)
    gallery.part = part.name
    token = RENDERING.set(Rendering(gallery.place))
    try:
        deque(batches(program, example), maxlen=0)
    except FAILURES as error:
        return error
    finally:
        RENDERING.reset(token)
    return None


def _silenced(before: str, said: str) -> str:
    """A tag of the same kind that prints nothing and cannot fail."""
    if before.rstrip("-+").endswith("{{"):
        return " '' "
    loop = _LOOP.match(said)
    return f" for {loop.group(1)} in () " if loop else f" {said.split(maxsplit=1)[0]} false "
