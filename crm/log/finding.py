"""How the search of the log understands what was typed, and the text that it looks in: as the page writes things.

Words may stand anywhere, a phrase in quotes only as it is. Sums and phones are found in whatever way their digits are grouped.
"""

import re
from collections.abc import Iterable

from crm.core.text import NOT_DIGIT, asked_words, fold

Wanted = list[list[list[str]]]  # each word, in one of some ways, each way some parts that all occur

_PHRASE = re.compile(r'(?<!\S)"([^"]*[^"\s][^"]*)"(?!\S)')
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[ ,\u00a0\u202f]\d{3})+(?!\d)")
_NUMBER = re.compile(r"\+?\d(?:[ \u00a0().\u2010-\u2015-]*\d){6,}")
_GAPS = re.compile(r"[ ,\u00a0\u202f]")


def read(q: str) -> Wanted:
    """What is wanted: phrases as they are, words and numbers in any order."""
    phrases = [[[fold(phrase)]] for phrase in _PHRASE.findall(q)]
    return phrases + asked_words(_GROUPED.sub(lambda found: _GAPS.sub("", found[0]), _PHRASE.sub(" ", q)))


def text(parts: Iterable[str]) -> str:
    """What is looked in: the parts, and their sums and phones once more as bare digits."""
    said = [part for part in parts if part]
    digits = [bare for part in said for bare in _bare(part)]
    return fold(" ".join([*said, *digits]))


def _bare(part: str) -> Iterable[str]:
    yield from (_GAPS.sub("", found) for found in _GROUPED.findall(part))
    for found in _NUMBER.findall(part):
        number = NOT_DIGIT.sub("", found)
        yield "7" + number[1:] if len(number) == 11 and number.startswith("8") else number


def holds(text: str, wanted: Wanted) -> bool:
    """Whether everything that is wanted occurs."""
    return all(any(all(part in text for part in parts) for parts in choices) for choices in wanted)
