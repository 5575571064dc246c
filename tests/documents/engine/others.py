"""Files made by others, and docxtpl's own result to compare ours with.

The files lie outside of the project: SAMPLE_DATA names their folder.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docxtpl
import jinja2
from lxml import etree

FOLDER = Path(os.environ.get("SAMPLE_DATA", "../shared/data")) / "word_templates"
FILES = sorted(FOLDER.rglob("*.docx"))
TEXT_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
# Their tags put ready formatting ({{r x}}, {{p x}}), which here becomes plain text by design.
FORMATTED = {
    "cellbg_tpl",
    "escape_tpl",
    "header_footer_tpl",
    "header_footer_tpl_utf8",
    "richtext_and_if_tpl",
    "richtext_eastAsia_tpl",
    "richtext_paragraph_tpl",
    "richtext_tpl",
    "subdoc_tpl",
    "word2016_tpl",
}
# Broken on purpose, or calling Python methods: docxtpl's own errors and its unsafe ways.
REFUSED = {"template_error_tpl", "escape_tpl_auto"}
VALUE = 'знач & <"ие">'


def short(path: Path) -> str:
    """A name for the table."""
    return path.stem.removeprefix("docxtpl__")


def context_of(paths: Iterator[str]) -> dict[str, Any]:
    """Data that give every used field a value: three rows for a list, a text elsewhere."""
    tree: dict[str, Any] = {}
    for path in sorted(paths, key=lambda path: (path.count("[]") + path.count("."), path)):
        _put(tree, path.split("."))
    return tree


def _put(holder: Any, steps: list[str]) -> None:
    if not isinstance(holder, dict):
        return  # the template takes one name for a text here and for a group there
    name, depth = steps[0].replace("[]", ""), steps[0].count("[]")
    rest = steps[1:]
    if depth == 0:
        if rest and not isinstance(holder.get(name), dict):
            holder[name] = {}
        if rest:
            _put(holder[name], rest)
        else:
            holder.setdefault(name, VALUE)
    elif depth > 1:
        holder[name] = [["а", "б", "в", "г", "д"]] * 3
    elif rest:
        if not isinstance(holder.get(name), list):
            holder[name] = [{}, {}, {}]
        for row in holder[name]:
            _put(row, rest)
    else:
        holder[name] = ["один", "два", "три"]


def canonical(xml: str) -> str:
    """XML without differences of form; drawings and prefixes are numbered anew by one of the two."""
    root = etree.fromstring(xml.encode(), etree.XMLParser(remove_blank_text=True))
    for number, element in enumerate(root.iter("{*}docPr")):
        element.set("id", str(number))
    return etree.canonicalize(etree.tostring(root, encoding="unicode"), rewrite_prefixes=True)


def by_docxtpl(data: bytes, context: dict[str, Any], filters: dict[str, Any]) -> bytes:
    """What docxtpl makes of the same template and data."""
    environment = jinja2.Environment(autoescape=True)
    environment.filters.update(filters)
    template = docxtpl.DocxTemplate(io.BytesIO(data))
    template.render(context, environment)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()
