"""Mass acts that a second person looks at, declared by the features that know how to do them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crm.accounts.models import User
from crm.core.events import Kind


@dataclass(frozen=True)
class Named:
    """A record as its reader may see it: its kind and id, its name and page."""

    card: str
    id: int
    title: str
    href: str


@dataclass(frozen=True)
class Act:
    """Something done to one or many records. `facts` are what it records, one for each record: they are counted.

    `words(7)` says it, such as "Delete 7 deals". `do(id, actor)` does it to one record and passes over one that is not there
    any more. `named(ids, reader)` gives those of the records that this reader may see.
    """

    code: str
    right: str
    card: str
    facts: tuple[Kind, ...]
    words: Callable[[int], str]
    do: Callable[[int, User], None]
    named: Callable[[Sequence[int], User], list[Named]]


ACTS: dict[str, Act] = {}


def declare(act: Act) -> Act:
    """Add an act to the closed vocabulary; a second declaration of one code is an error."""
    if act.code in ACTS:
        raise ValueError(f"the mass act {act.code} is declared twice")
    ACTS[act.code] = act
    return act
