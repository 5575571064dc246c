"""`make bench-documents`: Word documents beside docxtpl and the programs of Node. ONLY: names of parts, by comma."""

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Callable

from bench.documents import corpus, memory, pdfs, refusals, sound, speed, tap, words
from bench.documents.row import Row, show
from bench.fill import HERE
from bench.report import say

RESULTS = HERE / "results"
PARTS: dict[str, Callable[[], list[Row]]] = {
    "speed": speed.run, "memory": memory.run, "threads": sound.threads, "equality": sound.equality,
    "broken": refusals.broken, "hostile": refusals.hostile, "words": words.run, "pdf": pdfs.run, "tap": tap.run, "corpus": corpus.run,
}


def main() -> None:
    """Every part, or those that are asked for; the table and the file."""
    only = [name for name in os.environ.get("ONLY", "").split(",") if name]
    if set(only) - set(PARTS):
        sys.exit(f"ONLY takes {', '.join(PARTS)}.")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    at = dt.datetime.now().strftime("%Y-%m-%d %H:%M")
    say(f"documents, {at}, {commit}\n")
    found: dict[str, list[Row]] = {}
    for name in only or PARTS:
        found[name] = PARTS[name]()
        for row in found[name]:
            show(row)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"documents-{at.replace(':', '').replace(' ', '-')}.json"
    kept = {"at": at, "commit": commit, "parts": {name: [row.kept() for row in rows] for name, rows in found.items()}}
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    missed = [row.name for rows in found.values() for row in rows if row.met is False]
    say(f"\nwritten to {path}" + (f"; {len(missed)} missed: {', '.join(missed)}" if missed else "; every target met"))


if __name__ == "__main__":
    main()
