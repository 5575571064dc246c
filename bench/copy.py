"""`python -m bench.copy`: what the continuous copy of SQLite costs: CPU of its thread, and what writers notice.

A process writes transactions like those of a saved deal (a row, an event with two links, an update; FULL synchronous) at a
given pace, once without and once with a copy. SECONDS=20 changes how long each measurement takes.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from crm.backup.copying.copier import Copier
from crm.backup.copying.returning import newest

SECONDS = float(os.environ.get("SECONDS", "20"))
TABLES = """
CREATE TABLE deal (id INTEGER PRIMARY KEY, title TEXT, amount INTEGER, stage INTEGER, changed TEXT);
CREATE INDEX ix_deal_stage ON deal (stage, changed);
CREATE TABLE event (id INTEGER PRIMARY KEY, kind TEXT, at TEXT, data TEXT);
CREATE INDEX ix_event_at ON event (at);
CREATE TABLE event_link (event_id INTEGER, card TEXT, card_id INTEGER, PRIMARY KEY (event_id, card, card_id));
CREATE INDEX ix_event_link ON event_link (card, card_id, event_id);
"""
WRITER = """
import json, random, sqlite3, sys, time
base = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=10)
for pragma in ("synchronous=FULL", "wal_autocheckpoint=" + sys.argv[4]):
    base.execute("PRAGMA " + pragma)
pace, end, took = 1 / float(sys.argv[2]), time.monotonic() + float(sys.argv[3]), []
while (now := time.monotonic()) < end:
    deal = random.randint(1, 20000)
    base.execute("BEGIN IMMEDIATE")
    base.execute("UPDATE deal SET amount = amount + 1, changed = ? WHERE id = ?", (str(now), deal))
    event = base.execute("INSERT INTO event (kind, at, data) VALUES ('deal.changed', ?, ?)", (str(now), "x" * 300)).lastrowid
    base.executemany("INSERT INTO event_link VALUES (?, ?, ?)", [(event, "deal", deal), (event, "contact", deal * 7)])
    base.execute("COMMIT")
    took.append((time.monotonic() - now) * 1000)
    time.sleep(max(0, pace - (time.monotonic() - now)))
print(json.dumps(took))
"""


def make_database(path: Path) -> None:
    """A company of 20,000 deals and 100,000 events."""
    with sqlite3.connect(path, isolation_level=None) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.executescript(TABLES)
        base.execute("BEGIN")
        base.executemany("INSERT INTO deal (title, amount, stage, changed) VALUES (?, 0, ?, '')",
                         ((f"deal {number}", number % 6) for number in range(20_000)))
        base.executemany("INSERT INTO event (kind, at, data) VALUES ('made', ?, ?)", ((str(n), "x" * 300) for n in range(100_000)))
        base.execute("COMMIT")
    base.close()


def write(database: Path, pace: float, autocheckpoint: int) -> list[float]:
    """Wall milliseconds of each transaction, in order of size."""
    done = subprocess.run([sys.executable, "-c", WRITER, str(database), str(pace), str(SECONDS), str(autocheckpoint)],
                          capture_output=True, text=True, check=True)
    return sorted(float(one) for one in done.stdout.strip("[]\n").split(",") if one)


class Measured(threading.Thread):
    """The copier as the program runs it, with the CPU that it took."""

    def __init__(self, copier: Copier) -> None:
        super().__init__()
        self.copier, self.quit, self.cpu = copier, threading.Event(), 0.0

    def run(self) -> None:
        """A step a second."""
        begun = time.thread_time()
        while not self.quit.wait(1.0):
            self.copier.step()
            self.cpu = time.thread_time() - begun


def line(name: str, took: list[float], cpu: float | None) -> None:
    """One row of the table."""
    shown = f"{len(took) / SECONDS:8.1f} {statistics.median(took):8.1f} {took[int(len(took) * 0.95)]:8.1f}" if took else " " * 26
    print(f"{name:<34}{shown}   {'' if cpu is None else f'{cpu / SECONDS * 100:.2f} %'}")


def main() -> None:
    """Print the table."""
    print(f"{'':<34}{'writes/s':>8} {'p50 ms':>8} {'p95 ms':>8}   CPU of the copy's thread, of one core")
    for pace in (0.0, 1.0, 20.0, 1000.0):
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "base.sqlite3"
            make_database(database)
            name = "nobody writes" if not pace else "as fast as it goes" if pace == 1000 else f"{pace:.0f} a second"
            if pace:
                line(f"{name}, no copy", write(database, pace, 1000), None)
            copier = Copier(database, Path(folder) / "files", Path(folder) / "copy")
            started = time.thread_time()
            copier.step()
            first = time.thread_time() - started
            thread = Measured(copier)
            thread.start()
            if pace:
                took = write(database, pace, 0)
            else:
                took = []
                time.sleep(SECONDS)
            thread.quit.set()
            thread.join()
            line(f"{name}, with a copy", took, thread.cpu)
            copier.close()
            newest(Path(folder) / "copy", Path(folder) / "restored")
            if not pace:
                print(f"{'':<34}first base of {database.stat().st_size // 2**20} MB: {first:.2f} s of CPU")


if __name__ == "__main__":
    main()
