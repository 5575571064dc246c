"""The table on the terminal, with the targets of the issue, and the file with the same figures."""

import json
import sys
from pathlib import Path
from typing import Any

TARGETS = {  # kind of line: times the bare page, times hello
    "page": (2.0, 15.0), "board": (None, 20.0), "write": (None, 15.0), "other": (None, None)}
GAIN, GROWTH, MEMORY, START, FIRST_KB, NEXT_KB, SYNCS = 0.9, 1.5, 140, 1.5, 60, 15, 1
# what the large size may not slow down
GROWING = ("card of", "page of a deal", "move", "list of", "desk", "board", "scoreboard")


def verdict(row: dict[str, Any]) -> list[str]:
    """What a line fell short of; empty when it is fine."""
    page, hello = TARGETS[row["kind"]]
    missed = []
    if page and row["x_page"] > page:
        missed.append(f"{page:g} x page")
    if hello and row["x_hello"] > hello:
        missed.append(f"{hello:g} x hello")
    if row["kind"] != "other" and row["gain"] < GAIN:
        missed.append(f"gain {GAIN}")
    if row.get("growth") and row["growth"] > GROWTH and row["name"].startswith(GROWING):
        missed.append(f"{GROWTH} x medium")
    if row["errors"]:
        missed.append(f"{row['errors']} errors {row['odd']}")
    return missed


def growth(rows: list[dict[str, Any]], medium: dict[str, Any] | None) -> None:
    """How much slower each line is than in the last medium run, each against the bare page of its own run.

    The worse of the processor time and the time on the wall counts: on PostgreSQL the first does not hold the database.
    """
    if not medium:
        return
    before = {row["name"]: row for row in medium["lines"]}
    scale = {key: before["floor: page"][key] / next(row for row in rows if row["name"] == "floor: page")[key]
             for key in ("cpu_ms", "wall_ms")}
    for row in rows:
        if row["name"] in before:
            row["growth"] = max(row[key] * scale[key] / before[row["name"]][key] for key in scale)


def show(result: dict[str, Any]) -> None:
    """Print everything."""
    rows = result["lines"]
    grown = any("growth" in row for row in rows)
    say(f"\n{result['size']}, {result['database']}, {result['at']}, {result['commit']}\n")
    say(f"{'':25}{'cpu ms':>8}{'x hello':>8}{'x page':>7}{'p50 ms':>8}{'p95 ms':>8}{'1c /s':>7}{'8c /s':>7}{'gain':>6}"
        f"{'SQL':>5}{'bytes':>8}{'err':>4}" + (f"{'x med.':>7}" if grown else ""))
    for row in rows:
        missed = [] if row["name"].startswith("floor") else verdict(row)
        sql = "" if row["statements"] is None else f"{row['statements']:.0f}"
        line = (f"{row['name']:25}{row['cpu_ms']:8.2f}{row['x_hello']:8.1f}{row['x_page']:7.2f}{row['wall_ms']:8.1f}"
                f"{row['p95_ms']:8.1f}{row['rps_1']:7.0f}{row['rps_8']:7.0f}{row['gain']:6.2f}{sql:>5}{row['bytes']:8}"
                f"{row['errors']:4}")
        if grown:
            line += f"{row.get('growth', 0):7.2f}"
        has_target = row["kind"] != "other" and not row["name"].startswith("floor")
        say(line + ("  MISSED " + ", ".join(missed) if missed else "  ok" if has_target else ""))
    say("")
    for label, value, most, unit in rest(result):
        text = "not measured" if value is None else f"{value:.2f} {unit}".rstrip()
        say(f"{label:52}{text:>16}   " + ("" if value is None else "ok" if value <= most else f"MISSED {most:g}"))


def rest(result: dict[str, Any]) -> list[tuple[str, float | None, float, str]]:
    """What is no line of the table: (label, value, the most it may be, unit)."""
    found: list[tuple[str, float | None, float, str]] = [
        ("memory of master and worker after the run, PSS", result["memory_mb"], MEMORY, "MB"),
        ("start to the first answered page, processor time", result["start_s"], START, "s"),
        ("first visit of the board over the wire", result["first_kb"], FIRST_KB, "KB"),
        ("next page (the board again)", result["next_kb"], NEXT_KB, "KB")]
    found += [(f"syncs of the log for one {name}", value, SYNCS, "") for name, value in result["syncs"].items()]
    return found


def say(text: str) -> None:
    """One line for the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def keep(result: dict[str, Any], folder: Path) -> Path:
    """Write the file of this run, and the same as the last one of its size and database."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(result, indent=1, ensure_ascii=False)
    path = folder / f"{result['size']}-{result['database']}-{result['at'].replace(':', '').replace(' ', '-')}.json"
    path.write_text(text)
    last(folder, result["size"], result["database"]).write_text(text)
    return path


def last(folder: Path, size: str, database: str) -> Path:
    """Where the newest figures of a size and database are kept."""
    return folder / f"last-{size}-{database}.json"
