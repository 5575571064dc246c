"""Compiled templates, kept by the content of their files: a document costs a fraction of a millisecond."""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from flask_babel import gettext as _

from crm.core import files
from crm.core.errors import DomainError
from crm.documents import engine, shipped
from crm.documents.catalogue import complete, field_tree
from crm.documents.context import LANG
from crm.documents.synonyms import habits, synonyms
from crm.documents.words.money import reckoned_plain


class SheetError(DomainError):
    """A document cannot be made from this template or these data; the sentence says why."""

    status = 422


def template_bytes(digest: str) -> bytes:
    """The Word file of a template version. SheetError when it is gone from the data folder."""
    own = shipped.by_digest(digest)
    if own is not None:
        return own.data
    try:
        return files.read(digest)
    except FileNotFoundError as error:
        raise SheetError(_("The file of this template is missing. Upload the template again.")) from error


@lru_cache(maxsize=64)
def compiled(digest: str, author: str = "") -> "engine.CompiledTemplate":
    """The template in the name of our company, compiled once for its content and shared by all threads."""
    return engine.CompiledTemplate(engine.in_name_of(template_bytes(digest), author), _dialect())


@cache
def _dialect() -> "engine.Dialect":
    return engine.Dialect(reckoned=_reckoned)


def _reckoned(data: Any, value: Any, places: int) -> Any:
    """A calculation of the template in the language of the paper."""
    lang = data.get(LANG)
    return reckoned_plain(value, lang, places) if lang else value


@lru_cache(maxsize=64)
def report(digest: str, kind: str = "") -> "engine.Report":
    """What the check says about a stored template: the fields it uses, warnings with guesses that fit the kind of document."""
    return engine.check(template_bytes(digest), field_tree(), synonyms=synonyms(kind), habits=habits(kind))


def look(digest: str | None) -> str:
    """How a document of the template is shown in a browser: 'serif' or 'sans', by the fonts the file asks for."""
    fonts = report(digest).fonts if digest else ()
    return "serif" if any("Times" in font or "Serif" in font for font in fonts) else "sans"


def render(digest: str, context: Mapping[str, Any]) -> bytes:
    """A document of the template for plain data; equal data give equal bytes. SheetError names the tag."""
    try:
        whole = complete(context)
        return compiled(digest, str(whole["company"]["name"])).render(whole)
    except engine.RenderError as error:
        raise SheetError(_("The document could not be created. %(fault)s", fault=error.fault.message(_))) from error


@lru_cache(maxsize=128)
def paper(digest: str) -> str:
    """A kept document as HTML (safe markup, see the engine). SheetError when its file is gone."""
    try:
        return engine.to_html(files.read(digest))
    except FileNotFoundError as error:
        raise SheetError(_("The file of this document is missing. Create the document again.")) from error
