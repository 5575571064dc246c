"""What the papers of a trade usually say around a field: which form of it fits there, what is better taken as a whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from crm.documents.engine.fields import FieldTree, suggest, words_of


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Words beside a tag, as a regular expression, and which field fits there instead of which.

    `before`: the words end right before the tag. Otherwise they follow it, and the group of the expression is what
    a field could say in their place.
    """

    words: re.Pattern[str]
    fields: Mapping[str, str]
    before: bool


@dataclass(frozen=True)
class Habits:
    """`pieces` are kinds of words in names that people use for parts of one thing (day, month, year); `whole` are the
    last words of the fields that say it all, one in each alphabet of names."""

    neighbours: Sequence[Neighbour] = ()
    pieces: Sequence[Collection[str]] = ()
    whole: Sequence[str] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _all_pieces(self) -> frozenset[str]:
        return frozenset(word for kind in self.pieces for word in kind)

    def fitting(self, path: str, before: str) -> tuple[str, str] | None:
        """The field that fits better after these words, and the words; None when this one will do."""
        for one in self.neighbours:
            said = one.words.search(before) if one.before and path in one.fields else None
            if said:
                return one.fields[path], said.group(1)
        return None

    def agreeing(self, path: str, after: str) -> Iterator[tuple[str, str]]:
        """Fields that agree with each client where a fixed word follows, and that word."""
        for one in self.neighbours:
            said = None if one.before or path not in one.fields else one.words.match(after)
            if said:
                yield one.fields[path], said.group(1)

    def is_piece(self, name: str) -> bool:
        """Whether a name is that of a part of something."""
        return not self._all_pieces.isdisjoint(words_of(name))

    def whole_of(self, names: Collection[str], tree: FieldTree) -> str:
        """The field that says all of what these names say in pieces, when they are pieces of different kinds."""
        words = {word for name in names for word in words_of(name)}
        if sum(not words.isdisjoint(kind) for kind in self.pieces) < 2:
            return ""
        for name in filter(self.is_piece, names):
            rest = [word for word in words_of(name) if word not in self._all_pieces]
            last = next((one for one in self.whole if one.isascii() == name.isascii()), "")
            guess = suggest("_".join((*rest, last)), tree, {}, self.synonyms)
            if guess and guess.rpartition(".")[2] in self.whole:
                return guess
        return ""
