"""One line of the table."""

from dataclasses import dataclass, field

from faults import books


@dataclass
class Row:
    """One line of the table: what was done how often, and what became of it."""

    fault: str
    database: str
    times: int = 0
    acknowledged: int = 0
    lost: int = 0
    half: int = 0  # half there, there twice, or at odds with itself
    back: list[float] = field(default_factory=list)  # seconds until it answered again
    problems: list[str] = field(default_factory=list)
    note: str = ""
    skipped: str = ""  # why it could not be done on this machine

    def add(self, found: books.Books, when: str = "") -> None:
        """Take what a check of the books found."""
        self.lost += len(found.lost)
        self.half += len(found.half) + len(found.twice) + len(found.broken)
        self.problems += [f"{when}{fault}" for fault in found.faults]

    @property
    def faults(self) -> list[str]:
        """Everything that went wrong; a row without acknowledged writes proves nothing."""
        return [*self.problems, *([] if self.acknowledged or self.skipped else ["nothing was acknowledged"])]
