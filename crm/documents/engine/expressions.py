"""What a tag may say: a walk over its syntax tree that refuses the rest and notes the fields it uses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import nodes

from crm.documents.engine.dialect import LOOP_NAMES, PLAIN_TESTS
from crm.documents.engine.fields import (
    ANY,
    MISSING,
    FieldTree,
    below,
    closest,
    element,
    is_group,
    is_list,
    rows_named,
    suggest,
)
from crm.documents.engine.habits import Habits

_ALLOWED: Final = (
    nodes.Const, nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.CondExpr, nodes.Compare,
    nodes.Operand, nodes.And, nodes.Or, nodes.Not, nodes.Neg, nodes.Pos, nodes.Add, nodes.Sub, nodes.Mul,
    nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Concat, nodes.Slice, nodes.Keyword,
)  # fmt: skip
_FOR_NUMBERS: Final = {
    nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//", nodes.Mod: "%", nodes.Neg: "-", nodes.Pos: "+",
}  # fmt: skip
# Filters that give the same rows back, so that a loop over them still knows its fields.
_SAME_ROWS: Final = frozenset({"sort", "reverse", "unique", "list", "default", "d"})
_NUMERIC: Final = frozenset({"abs", "float", "int", "round"})
_LOOP: Final = "loop"


@dataclass(frozen=True, slots=True)
class Ref:
    """A field that an expression names: its path and what the tree knows about it."""

    path: str
    node: object


@dataclass(slots=True)
class Words:
    """What may be named: fields (None: anything), functions and filters; other words for fields, for the guesses.

    `numbers`: fields that are numbers written out as text, to the fields to reckon with.
    """

    fields: FieldTree | None
    functions: Collection[str]
    filters: Collection[str]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, str] = field(default_factory=dict)
    habits: Habits = field(default_factory=Habits)


@dataclass(slots=True)
class Reader:
    """Reads expressions one after another; findings gather in `findings` and `used`.

    A finding is (code, params); `scope` holds loop variables, inner ones over outer ones. `before` is the text before
    the tag, `whole` the field for all of what its paragraph says in pieces, `last` the field that the tag names or means.
    """

    words: Words
    used: set[str] = field(default_factory=set)
    findings: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    scope: dict[str, Ref] = field(default_factory=dict)
    typed: str = ""
    before: str = ""
    whole: str = ""
    last: str = ""

    def value(self, node: Any) -> None:
        """An expression that is printed."""
        ref = self._read(node)
        if ref is None or self.words.fields is None:
            return
        if is_group(ref.node):
            inner = next(iter(ref.node), "")  # type: ignore[call-overload]
            self._find("group_printed", name=ref.path, example=f"{ref.path}.{inner}")
        elif is_list(ref.node):
            self._find("list_printed", name=ref.path)

    def condition(self, node: Any) -> None:
        """An expression that is only tested."""
        self._read(node)

    def loop(self, target: Any, source: Any, test: Any) -> dict[str, Ref]:
        """A `for`: returns the scope that its body sees."""
        rows = self._rows(source)
        outer = self.scope
        about = {**dict.fromkeys(LOOP_NAMES, ""), "previtem": ANY, "nextitem": ANY}
        self.scope = {**outer, **self._targets(target, rows), _LOOP: Ref(_LOOP, about)}
        if test is not None:
            self._read(test)
        inner, self.scope = self.scope, outer
        return inner

    def _rows(self, source: Any) -> Ref:
        while isinstance(source, nodes.Filter) and source.name in _SAME_ROWS and source.node is not None:
            for argument in source.args:
                self._read(argument)
            source = source.node
        ref = self._read(source)
        if ref is None:
            return Ref("", ANY)
        row = element(ref.node)
        if row is MISSING:
            self._find("not_a_list", name=ref.path)
            row = ANY
        return Ref(f"{ref.path}[]", row)

    def _targets(self, target: Any, rows: Ref) -> dict[str, Ref]:
        if isinstance(target, nodes.Name):
            return {target.name: rows}
        names = [item.name for item in getattr(target, "items", []) if isinstance(item, nodes.Name)]
        if not names:
            self._find("refused_expression", name=type(target).__name__)
        return {name: Ref("", ANY) for name in names}

    def _read(self, node: Any, optional: bool = False) -> Ref | None:
        """Walk an expression; a plain path comes back as a Ref and is noted, all else as None."""
        if isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem):
            self.typed = _dotted(node)
            ref = self._path(node, optional)
            if ref is not None:
                self._use(ref)
            return ref
        if isinstance(node, nodes.Call):
            self._call(node)
        elif isinstance(node, nodes.Filter):
            self._filter(node)
        elif isinstance(node, nodes.Test):
            self._test(node)
        elif isinstance(node, _ALLOWED):
            self._reckon(node)
            for child in node.iter_child_nodes():
                self._read(child)
        else:
            self._find("refused_expression", name=_name(node))
        return None

    def _reckon(self, node: Any) -> None:
        """What would fail in every document, or give nonsense: a text where a number has to be."""
        sign = _FOR_NUMBERS.get(type(node))
        parts = [child.expr if isinstance(child, nodes.Operand) else child for child in node.iter_child_nodes()]
        if sign and any(map(_is_text, parts)):
            self._find("text_reckoned", sign=sign)
        elif sign or (isinstance(node, nodes.Add | nodes.Sub | nodes.Compare) and not any(map(self._is_words, parts))):
            for part in parts:
                self._want_number(part)

    def _is_words(self, node: Any) -> bool:
        """A text that stands for no number: it may be joined and compared."""
        if _is_text(node):
            return True
        path = self._quietly(node)
        return bool(path) and path not in self.words.numbers and path not in self.words.numbers.values()

    def _want_number(self, node: Any) -> None:
        number = self.words.numbers.get(self._quietly(node))
        if number:
            typed = _dotted(node)
            self._find("text_for_number", name=typed, suggestion=_beside(typed, number))

    def _quietly(self, node: Any) -> str:
        """The path of a plain field, nothing noted; empty for all else."""
        if not isinstance(node, nodes.Name | nodes.Getattr):
            return ""
        before = len(self.findings)
        ref = self._path(node, optional=True)
        del self.findings[before:]
        return ref.path if ref else ""

    def _use(self, ref: Ref) -> None:
        if ref.path and ref.path != _LOOP and not ref.path.startswith("loop."):
            self.used.add(ref.path)
            self.last = ref.path

    def _path(self, node: Any, optional: bool) -> Ref | None:
        if isinstance(node, nodes.Name):
            return self._top(node.name, optional)
        if isinstance(node, nodes.Getattr):
            return self._step(node.node, node.attr, optional)
        argument = node.arg
        if isinstance(argument, nodes.Const) and isinstance(argument.value, str):
            return self._step(node.node, argument.value, optional)
        base = self._path(node.node, optional) if _is_path(node.node) else self._read(node.node)
        if isinstance(argument, nodes.Concat | nodes.Add):
            self._find("refused_expression", name="[…]")  # a name that is put together hides which one it is
        if not isinstance(argument, nodes.Const):
            self._read(argument)
        if base is None:
            return None
        if isinstance(argument, nodes.Slice):
            return base
        row = element(base.node)
        if isinstance(argument, nodes.Const) and is_list(base.node):
            self._find("row_by_number", number=argument.value + 1, rows=_dotted(node.node) or base.path)
        return Ref(f"{base.path}[]", ANY if row is MISSING else row)

    def _top(self, name: str, optional: bool) -> Ref | None:
        if name in self.scope:
            return self.scope[name]
        if name.startswith("_"):
            self._find("private_name", name=name)
            return None
        if self.words.fields is None:
            return Ref(name, ANY)
        return self._known(Ref(name, self.words.fields.get(name, MISSING)), optional)

    def _step(self, base: Any, name: str, optional: bool) -> Ref | None:
        if name.startswith("_"):
            self._find("private_name", name=name)
            return None
        ref = self._path(base, optional) if _is_path(base) else self._read(base)
        if ref is None:
            return None
        path = f"{ref.path}.{name}" if ref.path else ""
        return self._known(Ref(path, below(ref.node, name)), optional)

    def _known(self, ref: Ref, optional: bool) -> Ref | None:
        """The ref itself, or a finding about an unknown field with the best guess at what was meant."""
        if ref.node is not MISSING:
            return ref
        typed = self.typed or ref.path
        if optional:
            self._find("unknown_optional", name=typed)
            return None
        if not self._row_or_piece(typed):
            self._guess(typed)
        return None

    def _row_or_piece(self, typed: str) -> bool:
        """A field of a list's rows outside the list, and a piece of what is a field as a whole."""
        if self.whole and self.words.habits.is_piece(typed):
            self._find("in_pieces", name=typed, suggestion=self.whole)
            return True
        first, _, rest = typed.partition(".")
        rows = rows_named(first, rest, self.words.fields or {})
        if not rows:
            return False
        inside = next((name for name, ref in self.scope.items() if ref.path == f"{rows}[]"), None)
        if inside:
            self._find("unknown_field_perhaps", name=typed, suggestion=f"{inside}.{rest}")
        else:
            self._find("row_outside", name=typed, rows=rows, item=first if first != rows else "item")
        return True

    def _guess(self, typed: str) -> None:
        scope = {name: inner.node for name, inner in self.scope.items()}
        guess = suggest(typed, self.words.fields or {}, scope, self.words.synonyms)
        if guess is None:
            self._find("unknown_field", name=typed)
            return
        better = self.words.habits.fitting(guess, self.before)
        self.last = better[0] if better else guess
        self._find("unknown_field_perhaps", name=typed, suggestion=self.last)

    def _call(self, node: nodes.Call) -> None:
        if not isinstance(node.node, nodes.Name) or node.node.name not in self.words.functions:
            self._refuse_private(node.node)
            self._find("call", name=_dotted(node.node) or "…")
            return
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._find("refused_expression", name="*")
        for argument in (*node.args, *node.kwargs):
            self._read(argument)

    def _refuse_private(self, node: Any) -> None:
        """Name the underscored attribute under a call too: it is what the writer was after."""
        while isinstance(node, nodes.Getattr | nodes.Call | nodes.Getitem | nodes.Filter):
            if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
                self._find("private_name", name=node.attr)
                return
            node = node.node

    def _filter(self, node: nodes.Filter) -> None:
        if node.name not in self.words.filters:
            near = closest(node.name, sorted(self.words.filters))
            code = "unknown_filter_perhaps" if near else "unknown_filter"
            self._find(code, name=node.name, suggestion=near or "")
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            self._find("refused_expression", name="*")
        if node.name in _NUMERIC:
            self._want_number(node.node)
        if node.name == "sum":
            self._sum(node)
        self._read(node.node, optional=node.name in ("default", "d"))
        for argument in (*node.args, *node.kwargs):
            self._read(argument)

    def _sum(self, node: nodes.Filter) -> None:
        """`items|sum(attribute='total')`: the attribute has to be a number."""
        rows = self._quietly(node.node)
        named = [one.value for one in node.kwargs if one.key == "attribute"] or node.args[:1]
        if rows and named and isinstance(named[0], nodes.Const):
            typed = str(named[0].value)
            number = self.words.numbers.get(f"{rows}[].{typed}")
            if number:
                self._find("text_for_number", name=typed, suggestion=_beside(typed, number))

    def _test(self, node: nodes.Test) -> None:
        if node.name not in PLAIN_TESTS:
            self._find("refused_expression", name=node.name)
        self._read(node.node, optional=node.name in ("defined", "undefined"))
        for argument in node.args:
            self._read(argument)

    def _find(self, code: str, **params: object) -> None:
        self.findings.append((code, params))


def _beside(typed: str, path: str) -> str:
    """The last word of a path under the group or loop variable as it was typed."""
    group, dot, _ = typed.rpartition(".")
    return f"{group}{dot}{path.rpartition('.')[2]}"


def _is_text(node: Any) -> bool:
    return isinstance(node, nodes.Concat) or (isinstance(node, nodes.Const) and isinstance(node.value, str))


def _is_path(node: Any) -> bool:
    return isinstance(node, nodes.Name | nodes.Getattr | nodes.Getitem)


def _dotted(node: Any) -> str:
    """A chain of names as typed, or empty when it is something else."""
    if isinstance(node, nodes.Name):
        return str(node.name)
    if isinstance(node, nodes.Getattr):
        inner = _dotted(node.node)
        return f"{inner}.{node.attr}" if inner else ""
    return ""


def _name(node: Any) -> str:
    """A word for a refused construct, as its author would know it."""
    return {"Pow": "**", "TemplateData": "text"}.get(type(node).__name__, type(node).__name__.lower())
