"""Word templates: compile once, make many documents, say exactly what is wrong with a template.

Knows nothing of the program around it; see README.md.
"""

from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crm.documents.engine.annotating import annotate
    from crm.documents.engine.checking import check, empty_fields
    from crm.documents.engine.comparing import TooMuchToCompareError, blocks, compare
    from crm.documents.engine.dialect import PLAIN, Dialect
    from crm.documents.engine.edited import Edited, Note, read_edited
    from crm.documents.engine.faults import Fault, Place, RenderError, Report, TemplateError
    from crm.documents.engine.fields import FieldTree
    from crm.documents.engine.habits import Habits, Neighbour
    from crm.documents.engine.pictures import Picture, measure
    from crm.documents.engine.properties import in_name_of
    from crm.documents.engine.template import CompiledTemplate
    from crm.documents.engine.view.page import to_html

_loading = RLock()  # two threads that load parts of one another in two orders would see them half made
_HOMES = {
    "annotate": "annotating", "check": "checking", "empty_fields": "checking", "TooMuchToCompareError": "comparing",
    "blocks": "comparing", "compare": "comparing", "Edited": "edited", "Note": "edited", "read_edited": "edited", "PLAIN": "dialect",
    "Dialect": "dialect",
    "Fault": "faults", "Place": "faults", "RenderError": "faults", "Report": "faults", "TemplateError": "faults",
    "FieldTree": "fields", "Habits": "habits",
    "Neighbour": "habits", "Picture": "pictures", "measure": "pictures", "in_name_of": "properties", "CompiledTemplate": "template",
    "to_html": "view.page",
}


def __getattr__(name: str) -> Any:
    """Load a part when it is first used: a program that starts makes no document yet."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with _loading:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


__all__ = [
    "PLAIN",
    "CompiledTemplate",
    "Dialect",
    "Edited",
    "Fault",
    "FieldTree",
    "Habits",
    "Neighbour",
    "Note",
    "Picture",
    "Place",
    "RenderError",
    "Report",
    "TemplateError",
    "TooMuchToCompareError",
    "annotate",
    "blocks",
    "check",
    "compare",
    "empty_fields",
    "in_name_of",
    "measure",
    "read_edited",
    "to_html",
]  # fmt: skip
