"""Who a Word file says it is of: its properties and the names at tracked changes. A template goes out in the name of who uses it."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from crm.documents.engine.container import pack, write
from crm.documents.engine.dialect import NOT_IN_XML
from crm.documents.engine.package import Package, W, dump, open_package, parse

_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/"
_WRITTEN: Final = {
    "core": (f'{_HEAD}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
             'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{author}</dc:creator>'
             "<cp:lastModifiedBy>{author}</cp:lastModifiedBy></cp:coreProperties>"),
    "extended": (f'{_HEAD}<Properties xmlns="{_OFFICE}extended-properties"><Application>Microsoft Office Word</Application>'
                 "<Company>{author}</Company></Properties>"),
    "custom": f'{_HEAD}<Properties xmlns="{_OFFICE}custom-properties"/>',
}  # fmt: skip
_USUAL: Final = {"docProps/core.xml": "core", "docProps/app.xml": "extended", "docProps/custom.xml": "custom"}


def in_name_of(data: bytes, author: str) -> bytes:
    """The same file with `author` for whoever wrote and changed it. Custom properties stay where a field of the text shows them."""
    package = open_package(data)
    parts = dict(package.parts)
    shown = any(b"DOCPROPERTY" in parts[name] for name in package.kinds)
    name = escape(NOT_IN_XML.sub("", author))
    for part, kind in _properties(package).items():
        if kind != "custom" or not shown:
            parts[part] = _WRITTEN[kind].format(author=name).encode()
    for part in package.kinds:
        if b"author=" in parts[part]:
            parts[part] = _nameless(parts[part], part)
    return write(package.packed[one] if package.packed.get(one) and blob is package.parts[one] else pack(one, blob)
                 for one, blob in parts.items())  # fmt: skip


def _properties(package: Package) -> dict[str, str]:
    """The parts with properties, by what they are."""
    tied = {package.resolve("", one.target): one.kind.rsplit("/", 1)[-1].removesuffix("-properties")
            for one in package.relations("") if not one.external and one.kind.endswith("-properties")}  # fmt: skip
    return {part: kind for part, kind in {**_USUAL, **tied}.items() if part in package.parts and kind in _WRITTEN}


def _nameless(blob: bytes, name: str) -> bytes:
    root = parse(blob, name)
    for element in root.iter("{*}*"):
        if element.get(W + "author"):
            element.set(W + "author", "")
    return dump(root)
