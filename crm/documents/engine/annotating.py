"""The person's own file with the faults written beside their places as Word comments."""

from __future__ import annotations

import io
from typing import Any, Final

from lxml import etree

from crm.documents.engine.container import pack, write
from crm.documents.engine.faults import Fault, Gettext, Report, TemplateError
from crm.documents.engine.messages import N_
from crm.documents.engine.package import Package, W, open_package

_AUTHOR: Final = N_("Template check")
_INITIALS: Final = "!"
# python-docx trusts files more than they deserve: what it stumbles over, this program may still have read
_NOT_FOR_IT: Final = (AttributeError, LookupError, TypeError, ValueError, etree.LxmlError)


def annotate(data: bytes, report: Report, gettext: Gettext) -> bytes:
    """The same .docx with a comment at every fault and warning that has a place.

    Faults in headers, footers and notes, where Word allows no comments, and those of the file as a whole are
    told at the first paragraph, with their place in words. Raises TemplateError when the file itself
    cannot be opened, or has nothing to hang a comment on.
    """
    package = open_package(data, keep_remarks=True)
    try:
        return _commented(package, report, gettext)
    except _NOT_FOR_IT as error:
        raise TemplateError((Fault("not_marked"),)) from error


def _commented(package: Package, report: Report, gettext: Gettext) -> bytes:
    # python-docx takes a fifth of a second to import, and only a faulty upload needs it
    from docx import Document

    document = Document(io.BytesIO(write(pack(name, blob) for name, blob in package.parts.items())))
    elements = list(document.element.body.iter(W + "p"))
    if not elements:
        raise TemplateError((Fault("not_marked"),))
    for fault in (*report.faults, *report.warnings):
        here = fault.place.part == "document" and fault.place.index is not None
        index = fault.place.index if here and fault.place.index is not None else 0
        element = elements[min(index, len(elements) - 1)]
        text = fault.text(gettext) if here else fault.message(gettext)
        _comment(document, element, text, gettext(_AUTHOR))
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _comment(document: Any, element: Any, text: str, author: str) -> None:
    from docx.text.run import Run

    runs = [run for run in element.iter(W + "r") if next(run.iterancestors(W + "p")) is element]
    direct = [run for run in runs if run.getparent() is element]
    if not direct:
        run = element.makeelement(W + "r")
        element.append(run)
        direct = [run]
    document.add_comment([Run(direct[0], document), Run(direct[-1], document)], text=text, author=author,
                         initials=_INITIALS)  # fmt: skip
