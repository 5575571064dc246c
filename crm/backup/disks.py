"""Questions to folders that may lie on a disk of the net. One that hangs must not hang the page or the scrape that looks at it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

PATIENCE = 1.0  # seconds
Answer = TypeVar("Answer")
_asked: dict[tuple[str, Path], "_Question"] = {}
_door = threading.Lock()


class _Question(threading.Thread):
    """One question on its way; it ends with the program, answered or not."""

    def __init__(self, question: Callable[[Path], Any], folder: Path) -> None:
        super().__init__(name=f"asking {folder}", daemon=True)
        self.question, self.folder, self.answer, self.until = question, folder, None, time.monotonic() + PATIENCE

    def run(self) -> None:
        """Ask; a folder that cannot be read gives no answer."""
        try:
            self.answer = self.question(self.folder)
        except OSError:
            self.answer = None


def ask(question: Callable[[Path], Answer], folder: Path) -> Answer | None:
    """What the folder answers within PATIENCE; None when it does not answer or cannot be read.

    While a question hangs no second one of its sort is begun, and nobody waits for it again.
    """
    key = (question.__name__, folder)
    with _door:
        asked = _asked.get(key)
        if asked is None or not asked.is_alive():
            asked = _asked[key] = _Question(question, folder)
            asked.start()
    asked.join(max(0.0, asked.until - time.monotonic()))
    found: Answer | None = None if asked.is_alive() else asked.answer
    return found


def disk_of(folder: Path) -> int:
    """The number of the disk on which a folder lies, or will lie when it is made."""
    while not folder.exists():
        folder = folder.parent
    return folder.stat().st_dev


def archives_in(folder: Path) -> frozenset[str]:
    """The names of what lies in a folder."""
    return frozenset(path.name for path in folder.iterdir())
