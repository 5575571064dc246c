"""The template language: which words it has, the sandbox they run in, how values become Word text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from types import FunctionType
from typing import Any, Final

from jinja2 import StrictUndefined, pass_context
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.runtime import LoopContext, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS
from markupsafe import Markup, escape

from crm.documents.engine.faults import Fault, RenderError
from crm.documents.engine.pictures import Picture

MAX_STEPS: Final = 500_000
_MAX_JOINED: Final = 1_000_000
# Nothing here can repeat a string, reach an attribute, call, or give another answer tomorrow.
PLAIN_FILTERS: Final = frozenset(
    {"abs", "capitalize", "count", "d", "default", "e", "escape", "first", "float", "int", "join", "last",
     "length", "list", "lower", "max", "min", "reverse", "round", "sort", "string", "sum", "title", "trim",
     "unique", "upper", "wordcount"}
)  # fmt: skip
PLAIN_TESTS: Final = frozenset(
    {"boolean", "defined", "divisibleby", "even", "eq", "equalto", "false", "float", "ge", "greaterthan",
     "gt", "in", "integer", "iterable", "le", "lessthan", "lower", "lt", "mapping", "ne", "none", "number",
     "odd", "sequence", "string", "true", "undefined", "upper", "==", "!=", "<", "<=", ">", ">="}
)  # fmt: skip
PLAIN_FUNCTIONS: Final = frozenset({"image"})
LOOP_NAMES: Final = frozenset(
    {"index", "index0", "revindex", "revindex0", "first", "last", "length", "depth", "depth0", "previtem",
     "nextitem"}
)  # fmt: skip
NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SPECIAL: Final = re.compile("[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
# What `escape` makes: texts without marks, and its own five entities.
_ESCAPED: Final = re.compile(r"(?:[^<>&]+|&(?:amp|lt|gt|#34|#39);)*")
_AS_IT_IS: Final = (int, float, Decimal, Undefined)
_BREAK: Final = '</w:t><w:br/><w:t xml:space="preserve">'
_TAB: Final = '</w:t><w:tab/><w:t xml:space="preserve">'


@dataclass(slots=True)
class Rendering:
    """What one document collects while it is made: steps taken, pictures placed in the present part."""

    place_picture: Callable[[Picture], Markup]
    steps: int = MAX_STEPS


RENDERING: Final[ContextVar[Rendering]] = ContextVar("rendering")


def finalize(value: Any) -> Any:
    """A value as it goes between <w:t> and </w:t>: None is nothing, breaks and tabs are Word's.

    Nothing is trusted to be markup: what is marked as safe but holds marks goes back to text.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        if isinstance(value, Markup) and _ESCAPED.fullmatch(value) is None:
            value = value.unescape()
        return _word_text(value) if _SPECIAL.search(value) else value
    if isinstance(value, Picture):
        return RENDERING.get().place_picture(value)
    if isinstance(value, _AS_IT_IS):
        return value
    return "" if isinstance(value, FunctionType) else finalize(str(value))


def _word_text(value: str) -> Markup:
    # escaped first: a regular expression turns Markup into str
    clean = NOT_IN_XML.sub("", escape(value).replace("\r\n", "\n").replace("\r", "\n"))
    # the text is escaped by now, and the replacements are constants
    return Markup(clean.replace("\n", _BREAK).replace("\t", _TAB))  # noqa: S704


def plain_value(value: Any) -> Any:
    """A value for a place that takes bare text only, such as an attribute: no breaks, no pictures."""
    if value is None or isinstance(value, Picture | FunctionType):
        return ""
    if isinstance(value, _AS_IT_IS):
        return value
    text = value.unescape() if isinstance(value, Markup) else str(value)
    return _SPECIAL.sub(" ", text)


def counted(value: Any) -> Any:
    """What a loop goes through, with its length taken from the allowance of this document."""
    if value is None:
        return ()
    if isinstance(value, Undefined):
        return value
    rows = value if hasattr(value, "__len__") else list(value)
    rendering = RENDERING.get()
    rendering.steps -= len(rows)
    if rendering.steps < 0:
        raise RenderError(Fault("too_many_steps"))
    return rows


def _join(values: Iterable[Any], separator: str = "", attribute: str | None = None) -> str:
    """Jinja's join without its power to grow: at most a million characters, attributes of mappings only."""
    words: list[str] = []
    total = 0
    for value in values or ():
        item = value.get(attribute) if attribute is not None and isinstance(value, Mapping) else value
        word = "" if item is None else str(item)
        total += len(word) + len(separator)
        if total > _MAX_JOINED:
            raise RenderError(Fault("too_large", params={"limit": 1}))
        words.append(word)
    return str(separator).join(words)


def _round(value: Any, precision: int = 0, method: str = "common") -> Any:
    """Jinja's round with at most twelve places; a Decimal is rounded half up, as money is."""
    places = max(-12, min(12, int(precision)))
    if isinstance(value, Decimal) and method == "common":
        return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return FILTERS["round"](value, places, method)


def image(value: Any, width_mm: float | None = None) -> Any:
    """`{{ image(company.logo, 40) }}`: the picture, at another width when one is given; None stays None."""
    if isinstance(value, Picture) and width_mm is not None:
        return Picture(value.data, float(width_mm), floating=value.floating, title=value.title)
    return value


class Sandbox(ImmutableSandboxedEnvironment):
    """Values are plain data: a dotted name is a key of a mapping or a property of `loop`, nothing else."""

    intercepted_binops = frozenset({"+", "-", "*", "%", "**", "/", "//"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`a.b`: the item of a mapping, never its method; nothing stays nothing."""
        if isinstance(obj, Mapping):
            if attribute in obj:
                return obj[attribute]
            return self.undefined(obj=obj, name=attribute)
        if obj is None:
            return None
        if isinstance(obj, LoopContext) and attribute in LOOP_NAMES:
            return getattr(obj, attribute)
        if isinstance(obj, Undefined):
            return getattr(obj, attribute)  # raises with the name of what was missing
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        """`a[b]`: an item of a mapping, a list or a text."""
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if obj is None:
            return None
        try:
            return obj[argument]
        except (TypeError, LookupError, AttributeError):
            return self.undefined(obj=obj, name=argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Multiplying, dividing and remainders are for numbers only: a repeated text could fill memory. No powers at all."""
        if operator == "**":
            raise SecurityError("no powers")
        numbers = (int, float, Decimal)
        if operator not in "+-" and not (isinstance(left, numbers) and isinstance(right, numbers)):
            raise SecurityError(f"operator {operator} is for numbers")
        if isinstance(left, Decimal) and isinstance(right, float):
            right = Decimal(str(right))
        elif isinstance(left, float) and isinstance(right, Decimal):
            left = Decimal(str(left))
        return super().call_binop(context, operator, left, right)


@dataclass(frozen=True, eq=False)
class Dialect:
    """The words that a program adds to the language: functions and filters by name. Safe to share.

    `reckoned(data, value, places)`, when given, says how what a calculation comes to is printed: the data of the
    document, any value, and how many decimals at most. Without it numbers are printed as they are.
    """

    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    filters: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    reckoned: Callable[[Any, Any, int], Any] | None = None

    @property
    def function_names(self) -> frozenset[str]:
        """Every function that a template may call."""
        return PLAIN_FUNCTIONS | frozenset(self.functions)

    @property
    def filter_names(self) -> frozenset[str]:
        """Every filter that a template may use."""
        return PLAIN_FILTERS | frozenset(self.filters)

    @cached_property
    def environment(self) -> Sandbox:
        """The sandbox with these words, made once."""
        sandbox = Sandbox(
            autoescape=True,
            undefined=StrictUndefined,
            finalize=finalize,
            keep_trailing_newline=True,
            cache_size=0,
        )
        own: dict[str, Callable[..., Any]] = {"join": _join, "round": _round}
        sandbox.filters = {name: own.get(name, FILTERS[name]) for name in PLAIN_FILTERS}
        sandbox.filters |= {**self.filters, "_plain": plain_value, "_counted": counted}
        if self.reckoned is not None:
            sandbox.filters["_reckoned"] = pass_context(self.reckoned)
        sandbox.tests = {name: TESTS[name] for name in PLAIN_TESTS}
        sandbox.globals = {"image": image, **self.functions}
        return sandbox


PLAIN: Final = Dialect()
