"""What became of the rows of a file."""

from dataclasses import dataclass, field
from typing import Any

MOST_LISTED = 500


@dataclass
class Report:
    """Counts of rows, and the refused ones as (line of the file, sentence)."""

    added: int = 0
    changed: int = 0
    same: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """All rows, taken or refused."""
        return self.added + self.changed + self.same + len(self.refused)

    def as_json(self) -> dict[str, Any]:
        """For the import's row; the list of refused rows is cut, their number is not."""
        return {"added": self.added, "changed": self.changed, "same": self.same, "refused": len(self.refused),
                "listed": self.refused[:MOST_LISTED]}
