"""The tree of fields that a template may use, and the guess at what a mistyped name meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

# A leaf is a label (any string), a group is a mapping, a list is a sequence of one node: its element.
FieldNode = Any  # str | Mapping[str, FieldNode] | Sequence[FieldNode]; mypy has no recursive Sequence-or-str
FieldTree = Mapping[str, FieldNode]

# Cyrillic letters that look like Latin ones, and the Latin ones.
_LOOKALIKES: Final = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u043a\u043c\u0442\u0432\u043d\u0491",
    "aeopcyxijsdhkmtbhr",
)


_LATIN: Final = re.compile(r"[A-Za-z]")
_CYRILLIC: Final = re.compile(r"[\u0400-\u04ff]")
# contractNumber, CONTRACT_NUMBER and contract.number are the same two words
_WORD: Final = re.compile(r"[^\W\d_]?[^\W\d_A-Z\u0410-\u042f]+|[A-Z\u0410-\u042f]+(?![a-z\u0430-\u044f])|\d+")


class _Any:
    """A value about which nothing is known: every name below it is accepted."""


class _Missing:
    """No such field."""


ANY: Final = _Any()
MISSING: Final = _Missing()


def is_group(node: object) -> bool:
    """Whether a node has named fields below it."""
    return isinstance(node, Mapping)


def is_list(node: object) -> bool:
    """Whether a node is a list of rows."""
    return isinstance(node, Sequence) and not isinstance(node, str)


def below(node: object, name: str) -> object:
    """The node under this name, ANY when nothing is known about it, MISSING when there is none."""
    if node is ANY:
        return ANY
    return node.get(name, MISSING) if isinstance(node, Mapping) else MISSING


def element(node: object) -> object:
    """The node of a list's rows; ANY when nothing is known, MISSING when it is not a list."""
    if node is ANY:
        return ANY
    if isinstance(node, Sequence) and not isinstance(node, str):
        return node[0] if node else ANY
    return MISSING


def paths(tree: FieldTree, prefix: str = "") -> Iterator[str]:
    """Every field of a tree by its dotted path; rows of lists as `items[].price`."""
    for name, node in tree.items():
        yield from _paths_of(node, f"{prefix}{name}")


def _paths_of(node: object, path: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        yield from paths(node, f"{path}.")
    elif is_list(node):
        yield path
        yield from _paths_of(element(node), f"{path}[]")
    else:
        yield path


def fold(name: str) -> str:
    """A name without case, separators and Cyrillic look-alikes, for comparing."""
    return re.sub(r"[_.\s-]", "", name.casefold().translate(_LOOKALIKES))


def closest(name: str, candidates: Sequence[str], cutoff: float = 0.7) -> str | None:
    """The candidate that this name most likely meant, or None."""
    folded = {fold(candidate): candidate for candidate in reversed(candidates)}
    wanted = fold(name)
    if wanted in folded:
        return folded[wanted]
    near = get_close_matches(wanted, list(folded), n=1, cutoff=cutoff)
    return folded[near[0]] if near else None


def suggest(
    name: str, tree: FieldTree, scope: Mapping[str, object], synonyms: Mapping[str, str] | None = None
) -> str | None:
    """What an unknown dotted name most likely meant, as a full path, or None; never a group of fields.

    First the same letters written otherwise, then a path of the same words in any order, then the path with
    each word corrected from left to right, then the most alike path as a whole, then any field whose last
    word is this one. `synonyms`: words as people write them to the words of the tree, and whole names to paths.
    """
    # a name half in one alphabet and half in another works, but nobody would choose it
    flat = [path for path in paths(tree) if "[]" not in path and not (_LATIN.search(path) and _CYRILLIC.search(path))]
    known = synonyms or {}
    whole = known.get("_".join(words_of(name)), "")
    same = whole if whole in flat else {fold(path): path for path in reversed(flat)}.get(fold(name))
    if same is not None:
        return same
    begun = name.rpartition(".")[0]
    if begun in flat and not any(path.startswith(f"{begun}[]") for path in paths(tree)):
        return begun  # a field has nothing below it
    alike = _same_words(name, flat, known)
    if alike is not None:
        return alike
    first, _, rest = name.partition(".")
    tops: dict[str, object] = {**tree, **scope}
    near = first if first in tops else closest(first, list(tops))
    if near is not None:
        followed = _follow(tops[near], rest.split(".") if rest else [], near)
        if followed is not None:
            return followed
    near = closest(name, flat, cutoff=0.82)
    if near is not None:
        return near
    last = {fold(path.rsplit(".", 1)[-1]): path for path in reversed(flat)}
    return last.get(fold(name.rsplit(".", 1)[-1]))


def rows_named(first: str, rest: str, tree: FieldTree) -> str:
    """The list of whose rows `item.price` speaks outside a loop, or nothing."""
    lists = [name for name, node in tree.items() if is_list(node) and rest and below(element(node), rest) is not MISSING]
    return closest(first, lists, cutoff=0.8) or ""


def _follow(node: object, names: Sequence[str], path: str) -> str | None:
    """Correct each further word against what is below; None when a word resembles nothing there."""
    for name in names:
        if not isinstance(node, Mapping):
            return None
        near = name if name in node else closest(name, list(node))
        if near is None:
            return None
        node, path = node[near], f"{path}.{near}"
    return None if isinstance(node, Mapping) else path


def _same_words(name: str, flat: Sequence[str], synonyms: Mapping[str, str]) -> str | None:
    """The shortest path that has all words of the name, each in the tree's own word for it."""
    wanted: set[str] = set()
    for word in words_of(name):
        theirs = synonyms.get(word, word)
        wanted.update([word] if "." in theirs else theirs.split())
    found = [path for path in flat if wanted and wanted <= set(words_of(path))]
    return min(found, key=lambda path: len(words_of(path)), default=None)


def words_of(name: str) -> list[str]:
    """The words of a name in small letters."""
    return [word.lower() for word in _WORD.findall(name)]
