"""How often one address may ask: a small count in memory, enough against a loop.

It keeps the load down; what keeps a link is its token of 192 bits. Each process counts for itself, so each has its share of the number.
"""

import threading
import time
from collections import OrderedDict

from flask import current_app

KEPT = 10_000


class Pace:
    """At most `most` in `seconds` for each address, in all processes together; the oldest addresses are forgotten first."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def may(self, address: str) -> bool:
        """Whether there is room for one more; nothing is counted."""
        with self._lock:
            return self._now(address)[1] < self._share()

    def count(self, address: str) -> None:
        """One more."""
        with self._lock:
            since, number = self._now(address)
            self._seen[address] = (since, number + 1)
            self._seen.move_to_end(address)
            while len(self._seen) > KEPT:
                self._seen.popitem(last=False)

    def allows(self, address: str) -> bool:
        """Count one more if there is room."""
        if not self.may(address):
            return False
        self.count(address)
        return True

    def forget(self) -> None:
        """Begin anew."""
        with self._lock:
            self._seen.clear()

    def _share(self) -> int:
        """What this process may allow: its part of the whole, rounded up."""
        return -(-self.most // int(current_app.config["WORKERS"]))

    def _now(self, address: str) -> tuple[float, int]:
        since, number = self._seen.get(address, (0.0, 0))
        now = time.monotonic()
        return (since, number) if number and now - since < self.seconds else (now, 0)
