"""What is inside a Word file: which parts hold text, how they are tied together, what must not be there."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import Any, Final
from xml.parsers import expat

from lxml import etree

from crm.documents.engine.container import Packed, refuse, unpack
from crm.documents.engine.faults import Fault, TemplateError

CONTENT_TYPES: Final = "[Content_Types].xml"
W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT: Final = b"http://purl.oclc.org/ooxml/"
_TYPES: Final = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELS: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_WORD: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_THEME: Final = "application/vnd.openxmlformats-officedocument.theme+xml"
_DOCUMENT_TYPE: Final = _WORD + "document.main+xml"
_DOTX_TYPE: Final = _WORD + "template.main+xml"
_DOCTYPES: Final = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))
_TEXT_KINDS: Final = ("header", "footer", "footnotes", "endnotes")
# Parts that carry remarks of colleagues; a client must never receive them.
# Without these Word calls the file corrupted; a picture or a chunk of data that is gone it forgives.
_WANTED: Final = frozenset(
    {"styles", "numbering", "settings", "webSettings", "fontTable", "theme", "header", "footer", "footnotes", "endnotes"}
)
_ROOTS: Final = {
    "document.main": "document", "template.main": "document", "styles": "styles", "numbering": "numbering", "settings": "settings",
    "webSettings": "webSettings", "fontTable": "fonts", "header": "hdr", "footer": "ftr", "footnotes": "footnotes", "endnotes": "endnotes",
}  # fmt: skip
# Digests of parts that were found sound: a template is checked, then compiled, then uploaded anew with the same styles.
_SOUND: Final[dict[bytes, None]] = {}
_MOST_SOUND: Final = 1024
MAX_MARKS: Final = 500_000
_REMARKS: Final = ("comments", "commentsExtended", "commentsIds", "commentsExtensible", "people")


def parse(blob: bytes, name: str) -> Any:
    """The root element of an XML part, parsed without entities, network, comments and layout blanks.

    Raises TemplateError for DOCTYPE and for XML that does not parse.
    """
    if _has_doctype(blob):
        raise refuse("doctype", part=name)
    # remove_blank_text as python-docx does it, so that the result equals docxtpl's
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_blank_text=True, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(blob, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise refuse("damaged", part=name) from error
    # a DOCTYPE in yet another encoding is seen only now
    if root.getroottree().docinfo.internalDTD is not None:
        raise refuse("doctype", part=name)
    return root


def _has_doctype(blob: bytes) -> bool:
    return any(mark in blob for mark in _DOCTYPES)


@dataclass(frozen=True, slots=True)
class Relation:
    """One line of a .rels part; `target` as written."""

    id: str
    kind: str
    target: str
    external: bool


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of one Word file, already checked.

    `kinds`: name of a text part to what it is; `packed`: the parts that are as they were in the file.
    """

    parts: Mapping[str, bytes]
    main: str
    kinds: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)
    has_remarks: bool = False
    packed: Mapping[str, Packed] = field(default_factory=dict)

    def relations(self, part: str) -> list[Relation]:
        """The relations of a part; none when it has no .rels."""
        name = rels_name(part)
        return _read_relations(self.parts[name], name) if name in self.parts else []

    def resolve(self, part: str, target: str) -> str:
        """The name of the part that a relation of `part` points to."""
        return resolve(part, target)


def rels_name(part: str) -> str:
    """Where the relations of a part are kept: word/document.xml → word/_rels/document.xml.rels."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def resolve(part: str, target: str) -> str:
    """A relation's target as a name in the zip."""
    if target.startswith("/"):
        return target.lstrip("/")
    return posixpath.normpath(posixpath.join(posixpath.dirname(part), target))


def open_package(data: bytes, *, keep_remarks: bool = False) -> Package:
    """Read and check a .docx or .dotx (which becomes a .docx). Raises TemplateError with every fault found.

    Comments of colleagues are left out, so that no client receives them, unless `keep_remarks`.
    """
    original, packed = unpack(data)
    parts = dict(original)
    if CONTENT_TYPES not in parts:
        raise refuse("other_office" if "mimetype" in parts else "not_docx")
    types = _content_types(parts)
    main = _main_part(parts, types)
    faults = list(_hostile_parts(parts, types))
    if faults:
        raise TemplateError(tuple(faults))
    _look_at_xml(parts, types)
    _look_for_missing(parts, types)
    if types.get(main) == _DOTX_TYPE:
        parts[CONTENT_TYPES] = parts[CONTENT_TYPES].replace(_DOTX_TYPE.encode(), _DOCUMENT_TYPE.encode())
    has_remarks = not keep_remarks and _drop_remarks(parts, main)
    kinds = {main: "document"}
    for name, kind in types.items():
        short = kind.removeprefix(_WORD).removesuffix("+xml")
        if kind.startswith(_WORD) and short in _TEXT_KINDS and name in parts:
            kinds[name] = short
    same = {name: packed[name] for name, blob in parts.items() if blob is original[name]}
    return Package(parts, main, kinds, types, has_remarks, same)


def _content_types(parts: Mapping[str, bytes]) -> dict[str, str]:
    root = parse(parts[CONTENT_TYPES], CONTENT_TYPES)
    defaults = {
        e.get("Extension", "").lower(): e.get("ContentType", "") for e in root.iter(_TYPES + "Default")
    }
    named = {
        e.get("PartName", "").lstrip("/"): e.get("ContentType", "") for e in root.iter(_TYPES + "Override")
    }
    return {name: named.get(name) or defaults.get(name.rsplit(".", 1)[-1].lower(), "") for name in parts}


def _main_part(parts: Mapping[str, bytes], types: Mapping[str, str]) -> str:
    """The name of the document itself, by the relations of the package."""
    if "_rels/.rels" not in parts:
        raise refuse("not_docx")
    for relation in _read_relations(parts["_rels/.rels"], "_rels/.rels"):
        if not relation.kind.endswith("/officeDocument"):
            continue
        name = resolve("", relation.target)
        if name not in parts:
            break
        kind = types.get(name, "")
        if "macroEnabled" in kind:
            raise refuse("macros")
        if kind not in (_DOCUMENT_TYPE, _DOTX_TYPE):
            raise refuse("other_office")
        if _STRICT in parts[name][:4096]:
            raise refuse("strict_ooxml")
        return name
    raise refuse("not_docx")


def _read_relations(blob: bytes, name: str) -> list[Relation]:
    root = parse(blob, name)
    if root.tag != _RELS + "Relationships":  # LibreOffice opens nothing of such a file
        raise refuse("odd_xml", part=name[:80])
    return [
        Relation(e.get("Id", ""), e.get("Type", ""), e.get("Target", ""), e.get("TargetMode") == "External")
        for e in root.iter(_RELS + "Relationship")
    ]


def _look_at_xml(parts: Mapping[str, bytes], types: Mapping[str, str]) -> None:
    """Every part that Word reads is XML of a bearable size: a document copies those without tags as they are."""
    for name, kind in types.items():
        if not _for_word(kind):
            continue
        known = blake2b(parts[name], digest_size=32, person=kind.encode()[-16:]).digest()
        if known not in _SOUND:
            _read_through(name, kind, parts[name])
            if len(_SOUND) >= _MOST_SOUND:
                _SOUND.clear()
            _SOUND[known] = None


def _read_through(name: str, kind: str, blob: bytes) -> None:
    if blob.count(b"<") > MAX_MARKS:
        raise refuse("too_long", part=name[:80])
    reader = expat.ParserCreate()
    roots: list[str] = []
    reader.StartElementHandler = partial(_first, reader, roots)
    reader.StartDoctypeDeclHandler = partial(_doctype, name)
    try:
        reader.Parse(blob, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        if isinstance(error, TemplateError):
            raise
        raise refuse("damaged", part=name[:80]) from error
    wanted = _ROOTS.get(kind.removeprefix(_WORD).removesuffix("+xml"))
    if wanted and roots[0].rpartition(":")[2] != wanted:
        raise refuse("odd_xml", part=name[:80])


def _for_word(kind: str) -> bool:
    return kind.endswith("xml") and "openxmlformats" in kind


def _doctype(part: str, *_: object) -> None:
    raise refuse("doctype", part=part)


def _first(reader: Any, roots: list[str], name: str, _attributes: object) -> None:
    roots.append(name)
    reader.StartElementHandler = None  # to be called for every element would take longer than to read them


def _look_for_missing(parts: Mapping[str, bytes], types: Mapping[str, str]) -> None:
    for rels in parts:
        if not rels.endswith(".rels"):
            continue
        folder, _, name = rels.rpartition("_rels/")
        for relation in _read_relations(parts[rels], rels):
            kind = relation.kind.rsplit("/", 1)[-1]
            if kind not in _WANTED or relation.external:
                continue
            target = resolve(folder + name.removesuffix(".rels"), relation.target)
            if target not in parts:
                raise refuse("missing_part", part=target[:80])
            if types.get(target) != (_THEME if kind == "theme" else f"{_WORD}{kind}+xml"):
                raise refuse("damaged", part=CONTENT_TYPES)


def _hostile_parts(parts: Mapping[str, bytes], types: Mapping[str, str]) -> Iterator[Fault]:
    """Macros, controls, foreign chunks and relations that leave the file."""
    lowered = [name.lower() for name in parts]
    if any("vbaproject" in name or "vbadata" in name for name in lowered) or any(
        "vba" in kind or "macroEnabled" in kind for kind in types.values()
    ):
        yield Fault("macros")
    if any("activex" in name for name in lowered):
        yield Fault("active_x")
    for name, blob in parts.items():
        # those that Word reads are read through below, which finds it in any encoding
        if not _for_word(types[name]) and name.lower().endswith((".xml", ".rels", ".vml")) and _has_doctype(blob):
            yield Fault("doctype", params={"part": name})
        elif name.endswith(".rels"):
            yield from _hostile_relations(_read_relations(blob, name))


def _hostile_relations(relations: list[Relation]) -> Iterator[Fault]:
    for relation in relations:
        short = relation.kind.rsplit("/", 1)[-1]
        outside = relation.external or re.match(r"(?i)[a-z][a-z0-9+.-]+:|//|\\\\", relation.target)
        if short == "aFChunk":
            yield Fault("alt_chunk")
        elif short == "attachedTemplate" and outside:
            yield Fault("outside_template", params={"target": relation.target[:120]})
        elif outside and short != "hyperlink":
            yield Fault("external", params={"target": relation.target[:120]})


def _drop_remarks(parts: dict[str, bytes], main: str) -> bool:
    """Take the comment parts out of the file with all that points to them. True when there were any."""
    name = rels_name(main)
    gone = {
        resolve(main, relation.target): relation.id
        for relation in (_read_relations(parts[name], name) if name in parts else [])
        if relation.kind.rsplit("/", 1)[-1] in _REMARKS and not relation.external
    }
    if not gone:
        return False
    root = parse(parts[name], name)
    for element in list(root):
        if element.get("Id") in gone.values():
            root.remove(element)
    parts[name] = dump(root)
    types = parse(parts[CONTENT_TYPES], CONTENT_TYPES)
    for element in list(types):
        if element.get("PartName", "").lstrip("/") in gone:
            types.remove(element)
    parts[CONTENT_TYPES] = dump(types)
    had = any(b"<w:comment " in parts.get(part, b"") for part in gone)
    for part in gone:
        parts.pop(part, None)
        parts.pop(rels_name(part), None)
    return had


def dump(root: Any) -> bytes:
    """A root element as the bytes of a part."""
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
