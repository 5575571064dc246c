"""Faults as data: what is wrong and where. Sentences in a language are made by `messages`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from crm.documents.engine.messages import describe, locate

Gettext = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in the file.

    `part` is document, header, footer, footnotes, endnotes or file (the container itself). Numbers are
    counted from one, as a person counts: `paragraph` outside tables, `table`/`row`/`cell` inside them.
    `index` is the place among all paragraphs of the part from zero, for programs: `anchor` is the id
    which `to_html` gives the same paragraph.
    """

    part: str = "file"
    name: str = ""
    paragraph: int | None = None
    table: int | None = None
    row: int | None = None
    cell: int | None = None
    index: int | None = None

    @property
    def anchor(self) -> str | None:
        """The id of this paragraph in the output of `to_html`, or None when no paragraph is known."""
        if self.index is None:
            return None
        stem = self.name.rsplit("/", 1)[-1].removesuffix(".xml")
        return f"{stem}-p{self.index}"

    def message(self, gettext: Gettext) -> str:
        """The place in words of the reader's language; an empty string for the file as a whole."""
        return locate(self.part, self.paragraph, (self.table, self.row, self.cell), gettext)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a code of `messages.SENTENCES`, its place, the tag as typed, and details."""

    code: str
    place: Place = Place()
    tag: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, gettext: Gettext) -> str:
        """What is wrong and what to do, without the place."""
        return describe(self.code, self.tag, self.params, gettext)

    def message(self, gettext: Gettext) -> str:
        """The full sentence: place, what is wrong, what to do."""
        where = self.place.message(gettext)
        return f"{where}: {self.text(gettext)}" if where else self.text(gettext)


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of a template found.

    `fields_used` are dotted paths (`client.inn`, `items[].price`); `fonts` the names of the fonts that the
    text asks for; `warnings` do not stop the template from being used, `faults` do.
    """

    faults: tuple[Fault, ...] = ()
    fields_used: tuple[str, ...] = ()
    fonts: tuple[str, ...] = ()
    warnings: tuple[Fault, ...] = ()

    @property
    def ok(self) -> bool:
        """True when the template can make documents."""
        return not self.faults


class TemplateError(ValueError):
    """The file cannot be a template; `faults` say why, all that were found."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(fault.message(str) for fault in faults))
        self.faults = faults


class RenderError(ValueError):
    """A document could not be made from these data; `fault` says why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.message(str))
        self.fault = fault
