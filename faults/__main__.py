"""`make faults`: every fault on both databases, the table, and faults/results/last.json.

KILLS: how many kills on each database (default 20). ONLY: names of faults, by comma. DB: sqlite, postgres or both. SEED: another dice.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from faults import backups, clocks, disks, kills, outages, processes, upgrade, work
from faults.row import Row

Runner = Callable[[str, Path, int, int], list[Row]]


def on_postgres(run: Callable[[Path, int], list[Row]]) -> Runner:
    """A fault that SQLite cannot have."""
    return lambda kind, folder, times, _seed: run(folder, times) if kind == "postgres" else []


def rounds(times: int) -> int:
    """What takes long is done less often."""
    return max(1, min(10, times // 20))


FAULTS: dict[str, Runner] = {
    "kills": lambda kind, folder, times, seed: [kills.run(kind, folder, times, seed)],
    "processes": on_postgres(lambda folder, times: [kills.processes(folder, times // 4)]),
    "shared": on_postgres(lambda folder, _times: processes.run(folder)),
    "disks": lambda kind, folder, times, _seed: disks.run(kind, folder, rounds(times)),
    "backups": lambda kind, folder, times, _seed: [backups.run(kind, folder, rounds(times))],
    "outages": on_postgres(lambda folder, times: outages.run(folder, rounds(times))),
    "clock": lambda kind, folder, _times, _seed: clocks.run(kind, folder),
    "jobs": lambda kind, folder, times, _seed: [work.killed_import(kind, folder / "import", rounds(times)),
                                                work.killed_letter(kind, folder / "letter", rounds(times))],
    "uploads": lambda kind, folder, times, _seed: work.cut_uploads(kind, folder, 10 * rounds(times)),
    "upgrade": lambda kind, folder, times, _seed: [upgrade.broken_off(kind, folder, rounds(times))],
    "second": lambda kind, folder, _times, _seed: [upgrade.second_server(folder)] if kind == "sqlite" else [],
}


def show(rows: list[Row]) -> None:
    """The table."""
    head = f"\n{'fault':58}{'database':>10}{'times':>7}{'acknowledged':>14}{'lost':>6}{'half':>6}{'back s, median':>16}{'worst':>7}\n"
    sys.stdout.write(head + "-" * (len(head) - 2) + "\n")
    for row in rows:
        if row.skipped:
            sys.stdout.write(f"{row.fault:58}{row.database:>10}  not done: {row.skipped}\n")
            continue
        back = f"{statistics.median(row.back):16.1f}{max(row.back):7.1f}" if row.back else f"{'':>23}"
        sys.stdout.write(f"{row.fault:58}{row.database:>10}{row.times:7}{row.acknowledged:14}{row.lost:6}{row.half:6}{back}\n")
        sys.stdout.writelines(f"    {line}\n" for line in ([row.note] if row.note else []) + row.faults[:10])


def main() -> int:
    """Run what was asked for; 1 when the books did not balance."""
    times, seed = int(os.environ.get("KILLS") or 20), int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    wanted = [name for name in os.environ.get("ONLY", "").split(",") if name] or list(FAULTS)
    kinds = [os.environ["DB"]] if os.environ.get("DB", "both") != "both" else ["sqlite", "postgres"]
    rows: list[Row] = []
    results = Path(__file__).parent / "results"
    results.mkdir(exist_ok=True)
    sys.stdout.write(f"SEED={seed}\n")
    for name in wanted:
        for kind in kinds:
            with tempfile.TemporaryDirectory(prefix="faults-") as place:
                started = time.monotonic()
                rows += FAULTS[name](kind, Path(place) / "data", times, seed)
                sys.stdout.write(f"{name} on {kind}: {time.monotonic() - started:.0f} s\n")
                sys.stdout.flush()
            kept = {"seed": seed, "rows": [{**vars(row), "back": [round(one, 2) for one in row.back]} for row in rows]}
            (results / "last.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    show(rows)
    return int(any(row.faults for row in rows))


if __name__ == "__main__":
    sys.exit(main())
