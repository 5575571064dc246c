"""The check of an uploaded file: every fault with its place, the fields it uses, what to be warned of."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from crm.documents.engine.dialect import PLAIN_FILTERS, PLAIN_FUNCTIONS, Dialect
from crm.documents.engine.expressions import Words
from crm.documents.engine.faults import Fault, Report, TemplateError
from crm.documents.engine.fields import FieldTree
from crm.documents.engine.fonts import font_warnings, fonts_of
from crm.documents.engine.foreign import foreign_fields
from crm.documents.engine.habits import Habits
from crm.documents.engine.lint import Lint
from crm.documents.engine.package import Package, open_package
from crm.documents.engine.reading import TextPart, read
from crm.documents.engine.trying import try_out

_CARRIED: Final = (".bin", ".docx", ".xlsx", ".pptx", ".exe", ".ole")


def check(
    data: bytes,
    fields: FieldTree | None,
    functions: Collection[str] = (),
    filters: Collection[str] = (),
    synonyms: Mapping[str, str] | None = None,
    numbers: Mapping[str, str] | None = None,
    examples: Sequence[Mapping[str, Any]] = (),
    habits: Habits | None = None,
) -> Report:
    """Check a file before it becomes a template; never raises for what the file contains.

    `fields`: the tree of fields that documents will have, or None to accept any name; `functions` and
    `filters`: names that the program adds to the language; `synonyms`: other words for fields, in small
    letters, for better guesses (`customer`: `client`, `order_sum`: `deal.total`); `numbers`: fields whose values
    are written out as text, to the fields to reckon with (`deal.total`: `deal.total_number`); `examples`: data to
    try the template on; `habits`: what stands around fields on papers of the trade. A report without faults means
    that `CompiledTemplate` accepts the file and makes a document of each example.
    """
    try:
        package = open_package(data)
        parts = read(package)
    except TemplateError as refused:
        return Report(faults=refused.faults)
    dialect = Dialect(dict.fromkeys(functions, _stand_in), dict.fromkeys(filters, _stand_in))
    words = Words(fields, PLAIN_FUNCTIONS | set(functions), PLAIN_FILTERS | set(filters), synonyms or {}, numbers or {},
                  habits or Habits())  # fmt: skip
    lint = Lint(dialect.environment, words)
    for part in parts:
        lint.part(part.paragraphs)
    faults = [fault for part in parts for fault in part.hostile] + lint.faults
    fonts = fonts_of(package, parts)
    warnings = [*lint.warnings, *foreign_fields(parts, words), *_warnings(package, parts, lint), *font_warnings(fonts)]
    if not faults:
        tried = list(_tried(parts, dialect, lint, examples))
        faults = [fault for fault in tried if fault.code != "no_row"]
        known = {(one.place, one.tag) for one in warnings if one.code == "row_by_number"}
        warnings += [fault for fault in tried if fault.code == "no_row" and (fault.place, fault.tag) not in known]
    return Report(_once(faults), tuple(sorted(lint.reader.used)), fonts, _once(warnings))


def _stand_in(*_: Any) -> str:
    """In the place of functions that a check never runs."""
    return ""


def _tried(parts: list[TextPart], dialect: Dialect, lint: Lint, examples: Sequence[Mapping[str, Any]]) -> Iterator[Fault]:
    """What only compiling shows, and making documents."""
    for part in parts:
        if part.has_braces:
            try:
                yield from try_out(part, dialect, lint.tags, examples)
            except TemplateError as refused:
                yield from refused.faults


def _warnings(package: Package, parts: list[TextPart], lint: Lint) -> Iterator[Fault]:
    if not lint.tags:
        yield Fault("no_tags")
    if any(part.tracked for part in parts):
        yield Fault("tracked_changes")
    if package.has_remarks:
        yield Fault("comments_inside")
    for name in package.parts:
        if "/embeddings/" in name and name.lower().endswith(_CARRIED):
            yield Fault("embedded_object", params={"part": name.rsplit("/", 1)[-1]})


def _once(faults: list[Fault]) -> tuple[Fault, ...]:
    """The same faults without repetitions, in their order."""
    seen: dict[tuple[object, ...], Fault] = {}
    for fault in faults:
        seen.setdefault(
            (fault.code, fault.place, fault.tag, tuple(sorted(map(str, fault.params.items())))), fault
        )
    return tuple(seen.values())


def empty_fields(context: Mapping[str, Any], fields_used: Collection[str]) -> tuple[str, ...]:
    """Those of the used fields that have no value in this context: what to ask for before a document is made.

    A field of rows (`items[].price`) is named when any row lacks it; zero and False are values.
    """
    return tuple(path for path in fields_used if not _filled([context], path.split(".")))


def _filled(values: list[Any], names: list[str]) -> bool:
    for name in names:
        bare = name.replace("[]", "")
        values = [value.get(bare) if isinstance(value, Mapping) else None for value in values]
        for _ in range(name.count("[]")):
            values = [row for value in values if isinstance(value, list | tuple) for row in value]
    return all(value is not None and value != "" and value != [] for value in values)
