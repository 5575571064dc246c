"""How often one address may ask: a small count in memory, enough against a loop."""

import threading
import time
from collections import OrderedDict

KEPT = 10_000


class Pace:
    """At most `most` in `seconds` for each address; the oldest addresses are forgotten first."""

    def __init__(self, *, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._seen: OrderedDict[str, tuple[float, int]] = OrderedDict()
        self._lock = threading.Lock()

    def may(self, address: str) -> bool:
        """Whether there is room for one more; nothing is counted."""
        with self._lock:
            return self._now(address)[1] < self.most

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

    def _now(self, address: str) -> tuple[float, int]:
        since, number = self._seen.get(address, (0.0, 0))
        now = time.monotonic()
        return (since, number) if number and now - since < self.seconds else (now, 0)
