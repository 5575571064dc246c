"""What must hold for any file whatever: the engine's own faults or a sound document, never anything else."""

import io
import re
import time
import zipfile
from typing import Any

from lxml import etree

from crm.documents.engine import CompiledTemplate, Picture, RenderError, TemplateError, annotate, check, to_html
from faults.mutating import W, parts_of
from tests.documents.engine.others import context_of
from tests.documents.engine.word_file import png

SLOW = 2.0  # seconds of processor time for one door
_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NEEDED = {"tc": ("p",), "tr": ("tc", "sdt", "customXml"), "tbl": ("tr", "sdt", "customXml", "ins", "del")}


def faults_of(data: bytes) -> tuple[list[str], list[bytes]]:
    """What is wrong with the engine on this file, and the documents that it made."""
    found: list[str] = []
    report = _door(found, "check", lambda: check(data, None))
    template = _door(found, "compile", lambda: CompiledTemplate(data))
    if report is not None and report.ok != (template is not None):
        found.append(f"check says {report.ok}, compiling says {template is not None}")
    _door(found, "to_html of the template", lambda: to_html(data))
    if report is not None and (report.faults or report.warnings):
        _door(found, "annotate", lambda: annotate(data, report, str))
        _door(found, "sentences", lambda: [fault.message(str) for fault in (*report.faults, *report.warnings)])
    if report is None or template is None:
        return found, []
    before = flaws(data)
    documents = []
    for name, context in contexts(report.fields_used).items():
        made = _door(found, f"render {name}", lambda context=context: template.render(context))
        if made is None:
            continue
        documents.append(made)
        new = [flaw for flaw in flaws(made) if flaw not in before]
        found += [f"document {name}: {flaw}" for flaw in new]
        _door(found, f"to_html {name}", lambda made=made: to_html(made))
    return found, documents


def contexts(used: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Data of several kinds: everything full, everything empty, numbers, pictures."""
    full = context_of(iter(used))
    return {"full": full, "empty": _all(full, lambda _value: None, rows=0), "numbers": _all(full, lambda _value: 7, rows=1),
            "pictures": _all(full, lambda _value: Picture(png(), 20), rows=2), "false": _all(full, lambda _value: "", rows=2)}


def _all(value: Any, make: Any, rows: int) -> Any:
    if isinstance(value, dict):
        return {name: _all(inner, make, rows) for name, inner in value.items()}
    if isinstance(value, list):
        return [_all(inner, make, rows) for inner in value[:rows]]
    return make(value)


def _door(found: list[str], name: str, go: Any) -> Any:
    began = time.process_time()
    try:
        return go()
    except (TemplateError, RenderError):
        return None
    except Exception as error:  # what is looked for
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename.rsplit('/', 2)[-2:]}:{place.tb_lineno}" if place else ""
        found.append(f"{name}: {type(error).__name__}: {error!s:.150} at {where}")
        return None
    finally:
        if time.process_time() - began > SLOW:
            found.append(f"{name}: took {time.process_time() - began:.1f} s")


def flaws(data: bytes) -> list[str]:
    """Why Word would call a file corrupted, as far as it can be seen here."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.testzip() is not None:
                return ["the zip is damaged"]
        parts = parts_of(data)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        return [f"the zip: {error}"]
    found: list[str] = []
    for name, blob in parts.items():
        if name.endswith((".xml", ".rels")):
            try:
                root = etree.fromstring(blob, etree.XMLParser(huge_tree=True))
            except (etree.XMLSyntaxError, ValueError) as error:
                found.append(f"{name} is no XML: {str(error)[:80]}")
                continue
            found += _structure(name, root) + _loose_ties(name, root, parts)
    return found


def _structure(name: str, root: Any) -> list[str]:
    found = []
    for kind, needed in _NEEDED.items():
        for element in root.iter(W + kind):
            children = [etree.QName(child).localname for child in element if isinstance(child.tag, str)]
            if not set(children) & {*needed, "sdt", "customXml"}:
                found.append(f"{name}: {kind} without {needed[0]}")
            elif kind == "tc" and children[-1] == "tbl":
                found.append(f"{name}: tc ends with a table")
    numbers = [element.get("id") for element in root.iter("{*}docPr")]
    if len(numbers) != len(set(numbers)):
        found.append(f"{name}: drawings share an id")
    for element in root.iter(W + "t"):
        if len(element):
            found.append(f"{name}: an element inside of text")
    if root.tag == W + "document" and root.find(W + "body") is None:
        found.append(f"{name}: no body")
    return found


def _loose_ties(name: str, root: Any, parts: dict[str, bytes]) -> list[str]:
    """Relations that are used but not there."""
    if not re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
        return []
    used = {element.get(key) for element in root.iter() for key in (_R + "embed", _R + "id") if isinstance(element.tag, str)} - {None}
    ties = parts.get(f"word/_rels/{name.rsplit('/', 1)[-1]}.rels", b"<x/>")
    try:
        known = {element.get("Id") for element in etree.fromstring(ties)}
    except (etree.XMLSyntaxError, ValueError):
        return []
    return [f"{name}: relation {one} is not there" for one in sorted(used - known)]
