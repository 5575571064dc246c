"""What went wrong while a document was made, as a fault at the tag that it happened in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from jinja2 import Template
from jinja2.exceptions import SecurityError, UndefinedError

from crm.documents.engine.faults import Fault, Place, RenderError
from crm.documents.engine.tags import CELL_TAGS, Tag

# What a template may raise while it runs; anything else is a mistake of ours.
FAILURES: Final = (RenderError, UndefinedError, SecurityError, ArithmeticError, TypeError, ValueError, LookupError,
                   AttributeError)  # fmt: skip
_OPENS: Final = re.compile(r"\{\{[-+]?|\{%[-+]?")
_CLOSES: Final = re.compile(r"[-+]?(?:\}\}|%\})")
_MARK: Final = "__jinja_template__"
_NO_ROW: Final = re.compile(r"^list object has no element (\d+)$")


def on_own_lines(source: str) -> tuple[str, Mapping[int, str]]:
    """The source with a line break inside each tag, which prints nothing, and what the tag on each line says."""
    lines: dict[int, str] = {}
    pieces: list[str] = []
    at, line = 0, 1
    for opened in _OPENS.finditer(source):
        before = source[at : opened.end()]
        pieces += (before, "\n")
        at, line = opened.end(), line + before.count("\n") + 1
        closed = _CLOSES.search(source, at)
        lines[line] = source[at : closed.start()] if closed else ""
    return "".join((*pieces, source[at:])), lines


def line_of(error: Exception, program: Template) -> int:
    """The line of the source whose tag raised this: the program's own, not that of what it called."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if _MARK in trace.tb_frame.f_globals:
            line = trace.tb_lineno
        trace = trace.tb_next
    return program.get_corresponding_lineno(line) if line else 0


def explain(error: Exception, said: str, tags: Sequence[tuple[Place, Tag]]) -> Fault:
    """The fault for what a program raised, at the first of its tags that says this."""
    fault = _told(error)
    wanted = "".join(said.split())
    for place, tag in tags:
        word, _, rest = tag.body.partition(" ")
        body = rest if word in CELL_TAGS else tag.body
        if wanted and wanted == "".join(body.split()):
            return Fault(fault.code, place, tag.raw, fault.params)
    return fault


def _told(error: Exception) -> Fault:
    if isinstance(error, RenderError):
        return error.fault
    if isinstance(error, UndefinedError):
        row = _NO_ROW.search(str(error))
        if row:
            return Fault("no_row", params={"number": int(row.group(1)) + 1})
        return Fault("missing_value", params={"name": _missing_name(error)})
    if isinstance(error, ZeroDivisionError):
        return Fault("zero_division")
    if isinstance(error, SecurityError | TypeError):
        return Fault("not_a_number")
    return Fault("failed_value", params={"detail": f"{type(error).__name__}: {error}"[:200]})


def _missing_name(error: UndefinedError) -> str:
    found = re.search(r"'([^']*)' is undefined|attribute '([^']*)'|no element (\S+)", str(error))
    return next((group for group in found.groups() if group), "") if found else str(error)
