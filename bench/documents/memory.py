"""The most memory that a program takes on top of itself for three quotes of 1,000 rows, each in a process of its own."""

import ctypes
import gc
import importlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.documents import peers, samples
from bench.documents.row import Row

ROOT = Path(__file__).resolve().parents[2]
MOST = 0.15


def peak() -> float:
    """MB that this process held at most so far."""
    found = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def run() -> list[Row]:
    """Ours, docxtpl, the programs of Node."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "quote.docx").write_bytes(samples.quote("jinja"))
        (place / "data.json").write_text(json.dumps(samples.quote_data(1000)))
        extra = {who: _extra(who, place) for who in ("ours", "docxtpl")}
        others = {} if peers.missing() else {name: _peer(name, place) for name in peers.DIALECT}
    told = ", ".join(f"{who} {value:.0f}" for who, value in {**extra, **others}.items())
    return [Row("memory on top for 1,000 rows: ours ÷ docxtpl", extra["ours"] / extra["docxtpl"], most=MOST, unit="x", note=f"MB: {told}")]


def _extra(who: str, place: Path) -> float:
    command = [sys.executable, "-m", "bench.documents.memory", who, str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return float(done.stdout)


def _peer(name: str, place: Path) -> float:
    with peers.waiting(place, (name,)) as (peer,):
        before = peer.make("quote, 10 rows", 0)["peak"]
        return peer.make("quote, 1000 rows", 3)["peak"] - before


def _work(who: str, place: Path) -> None:
    # both have everything imported and the file and the data in hand before the counting begins
    importlib.import_module("docxtpl")
    from bench.documents.speed import docxtpl_once
    from crm.documents.engine import CompiledTemplate

    template, data = (place / "quote.docx").read_bytes(), json.loads((place / "data.json").read_text())
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # what was freed before is given back, or it would hide what is taken now
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before = peak()
    ready = CompiledTemplate(template) if who == "ours" else None
    for _ in range(3):
        if ready is None:
            docxtpl_once(template, data)
        else:
            ready.render(data)
    sys.stdout.write(str(peak() - before))


if __name__ == "__main__":
    _work(sys.argv[1], Path(sys.argv[2]))
