"""The check of tags paragraph by paragraph: every fault gets its place, nothing is compiled yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

from crm.documents.engine.dialect import Sandbox
from crm.documents.engine.expressions import Reader, Ref, Words
from crm.documents.engine.faults import Fault, Place
from crm.documents.engine.fields import closest, suggest
from crm.documents.engine.package import W
from crm.documents.engine.paragraphs import Paragraph
from crm.documents.engine.tags import CELL_TAGS, Loose, Tag

MAX_DEPTH: Final = 3
MAX_TAG: Final = 400
MAX_FAULTS: Final = 200  # nobody reads more, and a page of a million would stop the reader's browser
_KINDS: Final = {"p": W + "p", "tr": W + "tr", "tc": W + "tc", "r": W + "r"}
_CLOSES: Final = {"endfor": "for", "endif": "if"}
_MIDDLE: Final = ("else", "elif")
_KNOWN: Final = ("for", "if", *_CLOSES, *_MIDDLE, *CELL_TAGS)
_REFUSED: Final = frozenset(
    {"set", "endset", "macro", "endmacro", "call", "endcall", "include", "import", "from", "extends", "block",
     "endblock", "filter", "endfilter", "with", "endwith", "autoescape", "endautoescape", "raw", "endraw",
     "do", "trans", "endtrans", "pluralize", "debug", "break", "continue"}
)  # fmt: skip
_OFTEN_MEANT: Final = {
    "end": "endif",
    "elseif": "elif",
    "elsif": "elif",
    "foreach": "for",
    "endforeach": "endfor",
}
_FOREIGN: Final = re.compile(r"\{\{\s*[#/^>&!$]|\{#[\w.]+\}|\{%\s*[#/]")
_TWO_WORDS: Final = re.compile(r"[^\W\d][\w.]*(?:\s+[\w.]+)+")
_OPERATORS: Final = frozenset({"and", "or", "not", "in", "is", "if", "else"})
_WARNINGS: Final = frozenset({"unknown_optional", "text_lost", "row_by_number", "form_beside", "fixed_word"})
_ODD: Final = re.compile(r"unexpected char '(.+?)' at")
_GOT: Final = re.compile(r"got '(.+?)'$")


@dataclass(slots=True)
class Opened:
    """A `for` or `if` that waits for its end."""

    word: str
    tag: Tag
    place: Place
    path: tuple[str, ...]
    scope: dict[str, Ref]


@dataclass(slots=True)
class Lint:
    """Goes through the paragraphs of one part after another; `faults`, `warnings` and `tags` gather."""

    environment: Sandbox
    words: Words
    reader: Reader = field(init=False)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)
    tags: list[tuple[Place, Tag]] = field(default_factory=list)
    stack: list[Opened] = field(default_factory=list)
    quiet: bool = False

    def __post_init__(self) -> None:
        self.reader = Reader(self.words)

    def part(self, found: list[Paragraph]) -> None:
        """Check all paragraphs of a part; what is still open at its end is a fault at its opener."""
        self.stack = []
        self.reader.scope = {}
        eaters = _Eaters()
        before = ""
        for paragraph in found:
            self.quiet = paragraph.in_fallback
            text = paragraph.text
            if text:
                self._border(before, text, paragraph.place)
                before = text
            tags, loose = paragraph.tags()
            self.reader.whole = self._whole(tags)
            for half in loose:
                self._loose(half, paragraph.place)
            for tag in tags:
                self._tag(tag, paragraph)
                eaters.add(tag, paragraph)
        self.quiet = False
        for opened in self.stack:
            close = "{% end" + opened.word + " %}"
            self._add("not_closed", opened.place, opened.tag.raw, close=close)
        for code, place, raw, params in eaters.findings():
            self._add(code, place, raw, **params)

    def _add(self, code: str, place: Place, raw: str = "", **params: object) -> None:
        if self.quiet:
            return  # the twin of this paragraph for old programs: said once
        found = self.warnings if code in _WARNINGS else self.faults
        if len(found) < MAX_FAULTS:
            found.append(Fault(code, place, raw, params))

    def _border(self, before: str, text: str, place: Place) -> None:
        joined = before[-1:] + text[:1]
        if joined in ("{{", "{%", "{#", "}}", "%}", "#}"):
            self._add("loose_brace", place)

    def _loose(self, half: Loose, place: Place) -> None:
        if _FOREIGN.match(half.raw):
            self._foreign(half.raw, place)
        elif half.missing:
            self._add("not_closed_brace", place, half.raw, close=half.missing)
        else:
            self._add("stray_close", place, half.raw)

    def _foreign(self, raw: str, place: Place) -> None:
        self._add("foreign_row" if place.table else "foreign_tag", place, raw)

    def _tag(self, tag: Tag, paragraph: Paragraph) -> None:
        place = paragraph.place
        if tag.form == "note":
            return
        self.tags.append((place, tag))
        if _FOREIGN.match(tag.raw):
            self._foreign(tag.raw, place)
        elif tag.form == "value" and "%" in (tag.raw[2:3], tag.raw[-3:-2]):
            self._add("mixed_braces", place, tag.raw)
        elif not tag.body:
            self._add("empty_tag", place, tag.raw)
        elif len(tag.raw) > MAX_TAG:
            self._add("long_tag", place, tag.raw[:60], limit=MAX_TAG)
        elif _names(paragraph.piece_at(tag.start)) != _names(paragraph.piece_at(tag.end - 1)):
            self._add("broken_tag", place, tag.raw)
        elif tag.kind and re.search(r"[}%]", tag.body):
            self._add("kind_content", place, tag.raw)
        elif tag.kind and next(_self_and_up(paragraph, tag, _KINDS[tag.kind]), None) is None:
            self._add("not_in_table", place, tag.raw)
        elif tag.form == "value":
            self._value(tag, paragraph)
        else:
            self._statement(tag, paragraph)

    def _whole(self, tags: list[Tag]) -> str:
        """The field that says all of what the tags of one paragraph say in pieces."""
        habits = self.words.habits
        names = [tag.body for tag in tags if tag.form == "value" and tag.body.isidentifier()] if habits.pieces else []
        return habits.whole_of(names, self.words.fields or {}) if len(names) > 1 else ""

    def _value(self, tag: Tag, paragraph: Paragraph) -> None:
        place = paragraph.place
        if tag.kind in ("tr", "tc"):
            self._add("outside_text", place, tag.raw)
            return
        tree = self._parse("{{ " + tag.body + " }}", tag, place)
        if tree is not None and isinstance(tree.body[0], nodes.Output):
            self.reader.last = ""
            self.reader.before = paragraph.text[: tag.start] if self.words.habits.neighbours else ""
            self.reader.value(tree.body[0].nodes[0])
            guessed = bool(self.reader.findings)
            self._take(tag, place)
            self._beside(tag, paragraph, guessed)

    def _beside(self, tag: Tag, paragraph: Paragraph, guessed: bool) -> None:
        """Whether the field fits the words around it."""
        habits, path = self.words.habits, self.reader.last
        if not habits.neighbours or not path:
            return
        better = None if guessed else habits.fitting(path, self.reader.before)
        if better:
            self._add("form_beside", paragraph.place, tag.raw, name=path, suggestion=better[0], words=better[1])
        for field_, word in habits.agreeing(path, paragraph.text[tag.end :]):
            self._add("fixed_word", paragraph.place, tag.raw, suggestion="{{ " + field_ + " }}", words=word)

    def _statement(self, tag: Tag, paragraph: Paragraph) -> None:
        word, _, rest = tag.body.partition(" ")
        place = paragraph.place
        path = _path(paragraph, tag)
        if word in CELL_TAGS:
            self._cell_tag(word, rest, tag, paragraph)
        elif word in _CLOSES or word in _MIDDLE:
            self._continue(word, rest, tag, place, path)
        elif word in ("for", "if"):
            self._open(word, tag, place, path)
        elif word in _REFUSED:
            self._add("refused_tag", place, tag.raw, word=word)
        elif word in _KINDS and rest.split(" ")[0] in _KNOWN:
            self._add("kind_spacing", place, tag.raw, right="{%" + tag.body + " %}")
        else:
            near = _OFTEN_MEANT.get(word.lower()) or closest(word, _KNOWN)
            code = "unknown_tag_perhaps" if near else "unknown_tag"
            self._add(code, place, tag.raw, word=word, suggestion=near or "")

    def _cell_tag(self, word: str, rest: str, tag: Tag, paragraph: Paragraph) -> None:
        place = paragraph.place
        if next(paragraph.element.iterancestors(W + "tc"), None) is None:
            self._add("not_in_table", place, tag.raw)
        elif word in ("colspan", "cellbg"):
            tree = self._parse("{{ " + rest + " }}", tag, place)
            if tree is not None and isinstance(tree.body[0], nodes.Output):
                self.reader.condition(tree.body[0].nodes[0])
                self._take(tag, place)
        elif not any(opened.word == "for" for opened in self.stack):
            self._add("not_opened", place, tag.raw, open="{%tr for … %}")

    def _open(self, word: str, tag: Tag, place: Place, path: tuple[str, ...]) -> None:
        self.stack.append(Opened(word, tag, place, path, self.reader.scope))
        tree = self._parse("{% " + tag.body + " %}{% end" + word + " %}", tag, place)
        if tree is None:
            return
        node = tree.body[0]
        if isinstance(node, nodes.For):
            if node.recursive:
                self._add("refused_tag", place, tag.raw, word="recursive")
            if sum(opened.word == "for" for opened in self.stack) > MAX_DEPTH:
                self._add("too_deep", place, tag.raw, limit=MAX_DEPTH)
            self.reader.scope = self.reader.loop(node.target, node.iter, node.test)
        elif isinstance(node, nodes.If):
            self.reader.condition(node.test)
        self._take(tag, place)

    def _continue(self, word: str, rest: str, tag: Tag, place: Place, path: tuple[str, ...]) -> None:
        needed = _CLOSES.get(word, "if")
        if not self.stack:
            self._add("not_opened", place, tag.raw, open="{% " + needed + " … %}")
            return
        top = self.stack[-1]
        if needed != top.word and word != "else":
            self._add("crossed", place, tag.raw, opener=top.tag.raw, where=top.place)
            # a forgotten end between: close what this one closes, so that one slip makes one fault
            while self.stack and self.stack[-1].word != needed:
                self._pop()
            if self.stack and word in _CLOSES:
                self._pop()
            return
        if path != top.path:
            self._add("uneven", top.place, top.tag.raw, where=place)
        if word == "elif":
            tree = self._parse("{% if " + rest + " %}{% endif %}", tag, place)
            if tree is not None and isinstance(tree.body[0], nodes.If):
                self.reader.condition(tree.body[0].test)
                self._take(tag, place)
        elif rest.strip():
            self._add("syntax", place, tag.raw, near=rest.strip().split(" ")[0])
        if word in _CLOSES:
            self._pop()

    def _pop(self) -> None:
        self.reader.scope = self.stack.pop().scope

    def _take(self, tag: Tag, place: Place) -> None:
        """Turn what the reader found in this tag into faults."""
        for code, params in self.reader.findings:
            self._add(code, place, tag.raw, **params)
        self.reader.findings.clear()

    def _parse(self, source: str, tag: Tag, place: Place) -> nodes.Template | None:
        try:
            return self.environment.parse(source)
        except TemplateSyntaxError as error:
            self._syntax(error.message or "", tag, place)
        except RecursionError:
            self._add("syntax", place, tag.raw[:60], near="(")
        return None

    def _syntax(self, message: str, tag: Tag, place: Place) -> None:
        odd = _ODD.search(message)
        words = tag.body.split()
        if odd:
            self._add("odd_character", place, tag.raw, character=odd.group(1))
        elif tag.form == "value" and _TWO_WORDS.fullmatch(tag.body) and not _OPERATORS & set(words):
            guess = suggest(".".join(words), self.words.fields or {}, {}, self.words.synonyms) if self.words.fields else None
            code = "two_words_perhaps" if guess else "two_words"
            self._add(code, place, tag.raw, suggestion=guess or "")
        else:
            got = _GOT.search(message)
            self._add("syntax", place, tag.raw, near=got.group(1) if got else tag.body[-20:])


def _self_and_up(paragraph: Paragraph, tag: Tag, name: str) -> Any:
    piece = paragraph.piece_at(tag.start)
    return piece.iterancestors(name)


def _path(paragraph: Paragraph, tag: Tag) -> tuple[str, ...]:
    """The names of the elements around a tag, once the element that it stands for has given way to it."""
    piece = paragraph.piece_at(tag.start)
    if not tag.kind:
        return (piece.tag, *_names(piece))
    gone = next(piece.iterancestors(_KINDS[tag.kind]), None)
    return () if gone is None else _names(gone)


def _names(element: Any) -> tuple[str, ...]:
    return tuple(ancestor.tag for ancestor in element.iterancestors())


class _Eaters:
    """Elements that vanish because a tag stands for them, and what vanishes with them."""

    def __init__(self) -> None:
        self.tags: list[tuple[Tag, Paragraph, Any]] = []

    def add(self, tag: Tag, paragraph: Paragraph) -> None:
        self.tags.append((tag, paragraph, paragraph.piece_at(tag.start)))

    def findings(self) -> list[tuple[str, Place, str, dict[str, object]]]:
        found: list[tuple[str, Place, str, dict[str, object]]] = []
        eaten: dict[Any, Tag] = {}
        for tag, paragraph, piece in self.tags:
            if tag.kind not in ("p", "tr", "tc") or tag.form == "value":
                continue
            element = next(piece.iterancestors(_KINDS[tag.kind]), None)
            if element is None:
                continue
            if element in eaten and tag.form != "note":
                found.append(("two_block_tags", paragraph.place, tag.raw, {}))
            eaten.setdefault(element, tag)
        for tag, paragraph, piece in self.tags:
            for element in piece.iterancestors(*_KINDS.values()):
                eater = eaten.get(element)
                if eater is None or eater is tag or eater.form == "note" or tag.kind == eater.kind:
                    continue
                found.append(("lost_tag", paragraph.place, tag.raw, {"eater": eater.raw}))
                break
        for element, tag in eaten.items():
            found += self._lost_text(element, tag)
        return found

    def _lost_text(self, element: Any, eater: Tag) -> list[tuple[str, Place, str, dict[str, object]]]:
        if eater.form != "statement":
            return []
        text = "".join(piece.text or "" for piece in element.iter(W + "t")).replace(eater.raw, "")
        text = text.replace("{", "").replace("}", "").strip()
        place = next(p.place for tag, p, _ in self.tags if tag is eater)
        return [("text_lost", place, eater.raw, {"text": text[:60]})] if text else []
