"""The proof that a compiled part stays well-formed XML whatever its conditions and lists come to.

Every branch of every block has to end with the same elements open as at its start ("closes what it
reopens"); then any choice of branches and any number of rounds gives balanced XML. The same walk finds out
where each value is printed: in running text, in a place for bare text, or where no text may stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from jinja2 import nodes

_MARK: Final = re.compile(r"<(/?)([^\s<>/]+)([^<>]*)>")
_RUNNING: Final = "w:t"
# A value printed into a field's instruction would be a program for Word.
_NO_TEXT: Final = frozenset({"w:instrText", "w:delInstrText"})


class ProofError(ValueError):
    """The part could come out broken. `code` is a code of `messages`; `line` the line in its source."""

    def __init__(self, code: str, line: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line


def prove(tree: nodes.Template) -> None:
    """Prove a part's syntax tree, marking bare-text values and counting loops in place. Raises ProofError."""
    walk = _Walk()
    walk.body(tree.body)
    if walk.stack or walk.partial:
        raise ProofError("unbalanced", 1)


class _Walk:
    def __init__(self) -> None:
        self.stack: list[str] = []
        self.partial = ""

    def body(self, body: Sequence[nodes.Node]) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                self.output(node)
            elif isinstance(node, nodes.For):
                node.iter = _wrapped(node.iter, "_counted")
                self.block(node, [node.body, node.else_])
            elif isinstance(node, nodes.If):
                self.block(node, [node.body, list(node.elif_), node.else_])
            else:
                raise ProofError("unbalanced", node.lineno)

    def block(self, node: nodes.Node, branches: Sequence[Sequence[nodes.Node]]) -> None:
        """Each branch starts from the same state and has to come back to it."""
        stack, partial = list(self.stack), self.partial
        if partial and not _in_quotes(partial):
            raise ProofError("unbalanced", node.lineno)
        for branch in branches:
            self.stack, self.partial = list(stack), partial
            self.body(branch)
            if self.stack != stack or not self.partial.startswith(partial) or not self._same_mark(partial):
                raise ProofError("unbalanced", node.lineno)
        self.stack, self.partial = stack, partial

    def _same_mark(self, partial: str) -> bool:
        """A block outside marks ends outside them; one inside an attribute ends inside it."""
        return _in_quotes(self.partial) if partial else not self.partial

    def output(self, node: nodes.Output) -> None:
        for index, child in enumerate(node.nodes):
            if isinstance(child, nodes.TemplateData):
                self.data(child.data, child.lineno)
            elif self.partial:
                if not _in_quotes(self.partial):
                    raise ProofError("outside_text", child.lineno)
                node.nodes[index] = _wrapped(child, "_plain")
            elif not self.stack or self.stack[-1] in _NO_TEXT:
                raise ProofError("outside_text", child.lineno)
            elif self.stack[-1] != _RUNNING:
                if not self.stack[-1].endswith(":t"):
                    raise ProofError("outside_text", child.lineno)
                node.nodes[index] = _wrapped(child, "_plain")

    def data(self, text: str, line: int) -> None:
        """Follow the marks of a piece of XML; a mark cut by a tag is kept until its rest comes."""
        if self.partial:
            end = text.find(">")
            if "<" in (text if end < 0 else text[:end]):
                raise ProofError("unbalanced", line)
            if end < 0:
                self.partial += text
                return
            text = self.partial + text
        cut = text.rfind("<")
        self.partial = text[cut:] if cut > text.rfind(">") else ""
        marks = _MARK.findall(text)
        if text.count("<") != len(marks) + bool(self.partial):
            raise ProofError("unbalanced", line)
        for closing, name, rest in marks:
            if closing:
                if not self.stack or self.stack.pop() != name:
                    raise ProofError("unbalanced", line)
            elif not rest.endswith("/"):
                self.stack.append(name)


def _in_quotes(partial: str) -> bool:
    return partial.count('"') % 2 == 1


def _wrapped(expression: Any, name: str) -> nodes.Filter:
    return nodes.Filter(expression, name, [], [], None, None, lineno=expression.lineno)
