"""Word templates: compile once, make many documents, say exactly what is wrong with a template.

Knows nothing of the program around it; see README.md.
"""

from crm.documents.engine.annotate import annotate
from crm.documents.engine.checking import check, empty_fields
from crm.documents.engine.dialect import PLAIN, Dialect
from crm.documents.engine.faults import Fault, Place, RenderError, Report, TemplateError
from crm.documents.engine.fields import FieldTree
from crm.documents.engine.pictures import Picture
from crm.documents.engine.template import CompiledTemplate
from crm.documents.engine.view.page import to_html

__all__ = [
    "PLAIN",
    "CompiledTemplate",
    "Dialect",
    "Fault",
    "FieldTree",
    "Picture",
    "Place",
    "RenderError",
    "Report",
    "TemplateError",
    "annotate",
    "check",
    "empty_fields",
    "to_html",
]  # fmt: skip
