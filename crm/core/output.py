"""How templates are compiled: what needs no escaping skips the detour through Markup, functions and macros are called as Python
calls them, and a file of macros is read once. The detours cost more than the words.
"""

import io
import re
from typing import Any

from flask import Flask
from jinja2 import Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from markupsafe import Markup, escape

_special = re.compile("[&<>\"']").search


def put(value: Any) -> str:
    """What `escape` gives, as a str or Markup: a template joins its pieces into one text anyway."""
    kind = type(value)
    if kind is str:
        return value if _special(value) is None else escape(value)
    if kind is Markup:
        return str.__str__(value)
    return str(value) if kind is int else escape(value)


class _Writer(CodeGenerator):
    """Compiles {{ ... }} into `environment.put(...)` where templates escape; all else as Jinja does."""

    def _output_child_pre(self, node: Any, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.put(")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802 - Jinja's name
        """`(function)(values)`. Jinja asks each function first whether it wants the context; none that our templates call does."""
        self.write("(")
        self.visit(node.node, frame)
        self.write(")(")
        page, self.stream = self.stream, io.StringIO()
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        values, self.stream = self.stream.getvalue(), page
        self.write(values.removeprefix(", "))
        self.write(")")


class _Template(Template):
    """A template whose macros are made once: the names that they know beside their arguments are the same for all who import them."""

    _module: TemplateModule | None

    def _get_default_module(self, ctx: Any = None) -> TemplateModule:
        if self._module is None:
            self._module = self.make_module()
        return self._module


def init_output(app: Flask) -> None:
    """Before the first template is compiled."""
    app.jinja_env.code_generator_class = _Writer
    app.jinja_env.template_class = _Template
    app.jinja_env.put = put  # type: ignore[attr-defined]
