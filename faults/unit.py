"""The systemd unit of docs/operations.md: what the tests play is what people copy."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "operations.md"


@dataclass(frozen=True)
class Unit:
    """What matters of the unit: whether and after how many seconds it starts the program again, and for how long it tries."""

    restart: bool
    pause: float
    gives_up: bool
    command: tuple[str, ...]


def read() -> Unit:
    """The unit as the page says it; LookupError when the page has none."""
    found = re.search(r"^```[a-z]*\n(\[Unit\].*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    if found is None:
        raise LookupError(f"{PAGE} has no unit")
    lines = dict(line.split("=", 1) for line in found[1].splitlines() if "=" in line)
    return Unit(restart=lines.get("Restart") == "always", pause=float(lines.get("RestartSec", "0.1")),
                gives_up=lines.get("StartLimitIntervalSec", "10") != "0", command=tuple(lines["ExecStart"].split()[1:]))
