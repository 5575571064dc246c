"""Records by the keys of a file, as if those that the sender may not see did not exist."""

import hashlib
from collections.abc import Iterable
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm.interfaces import ORMOption

from crm.clients.models import Contact
from crm.core.db import db
from crm.deals.models import Deal
from crm.imports.operations.sender import Sender

Keyed = TypeVar("Keyed", Deal, Contact)
LONGEST = 120
# digits of the number of a key that is kept more than once: white space to a search, which finds "A7" and never "A7, the second one"
_ZERO, _ONE = "\x1e", "\x1f"


def cleaned(typed: str) -> str:
    """A key as it is kept."""
    return typed.replace(_ZERO, "").replace(_ONE, "")[:LONGEST]


def by_keys(model: type[Keyed], keys: Iterable[str], sender: Sender, *options: ORMOption) -> tuple[dict[str, Keyed], dict[str, str]]:
    """The records of these keys; and for each key without one, what a new record is to be kept under.

    A table keeps a key once. When a record that the sender may not see has it, the sender's own is kept under the key with a number
    that nobody is shown, and is found by it the next time: so neither a refusal nor the report tells that there is another.
    """
    found: dict[str, Keyed] = {}
    free: dict[str, str] = {}
    asked, turn = {key: key for key in keys}, 1  # as it is kept -> as the file says
    while asked:
        query = sa.select(model).where(model.external_key.in_(asked)).options(*options)
        there = {row.external_key or "": row for row in db.session.scalars(query)}
        turn, hidden = turn + 1, {}
        for kept, key in asked.items():
            if kept not in there:
                free[key] = kept
            elif sender.sees(there[kept]):
                found[key] = there[kept]
            else:
                hidden[_numbered(key, turn)] = key
        asked = hidden
    return found, free


def _numbered(key: str, number: int) -> str:
    end = "".join(_ONE if digit == "1" else _ZERO for digit in f"{number:b}")
    return (key if len(key + end) <= LONGEST else hashlib.sha256(key.encode()).hexdigest()) + end
