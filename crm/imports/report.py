"""What became of the rows of a file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from crm.core.errors import DomainError

MOST_LISTED = 500


class Refused(DomainError):  # noqa: N818 - reads like the trade: raise Refused(...)
    """A row that is not taken; the sentence says what to do."""


@dataclass
class Report:
    """Counts of rows, the refused ones as (line of the file, sentence), and how many rows were taken otherwise than the file says."""

    added: int = 0
    changed: int = 0
    priced: int = 0  # of the changed ones those of products whose price, or price of a list, is another one
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    undo: dict[str, Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """All rows, taken or refused."""
        return self.added + self.changed + self.same + len(self.refused)

    def counts(self) -> dict[str, int]:
        """How many rows became what."""
        return {"added": self.added, "changed": self.changed, "same": self.same, "refused": len(self.refused)}

    def as_json(self) -> dict[str, Any]:
        """For the import's row; the list of refused rows is cut, their number is not."""
        return {**self.counts(), "listed": self.refused[:MOST_LISTED], "notes": list(self.notes.items())}
