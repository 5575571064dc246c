"""One line of the table: what was measured, what it should be, what it was."""

from dataclasses import asdict, dataclass, field
from typing import Any

from bench.report import say


@dataclass
class Row:
    """`value` is compared with `most` or `least`; a row without either only tells."""

    name: str
    value: float | None
    most: float | None = None
    least: float | None = None
    unit: str = ""
    note: str = ""
    details: list[str] = field(default_factory=list)

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None where there is none, or where it was not measured."""
        if self.value is None or (self.most is None and self.least is None):
            return None
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def kept(self) -> dict[str, Any]:
        """For the file."""
        return {**asdict(self), "met": self.met}


def number(value: float | None, unit: str = "") -> str:
    """A figure as people read it; what is below one and has no unit is a share: 1/94."""
    if value is None:
        return "not measured"
    if not unit and 0 < value < 0.7:
        return f"1/{1 / value:.1f}" if value > 0.1 else f"1/{1 / value:.0f}"
    return f"{value:.0f}" if value == int(value) else f"{value:.2f}"


def show(row: Row) -> None:
    """The row on the terminal."""
    target = "" if row.met is None and row.most is None and row.least is None else (
        f"≤ {number(row.most, row.unit)}" if row.most is not None else f"≥ {number(row.least, row.unit)}")
    verdict = {True: "met", False: "MISSED", None: ""}[row.met]
    say(f"{row.name:66}{target:>9}{number(row.value, row.unit):>14} {row.unit:6}{verdict:8}{row.note}")
    for line in row.details[:60]:
        say(f"    {line}")
