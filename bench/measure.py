"""Rounds of load on the floors and on the program, side by side, and what one request cost."""

import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.lines import CONNECTIONS, Line
from bench.server import Server, cpu_seconds

ROOT = Path(__file__).resolve().parents[1]
ROUNDS, SECONDS, GROUP = 3, 1.0, 5


@dataclass
class Sample:
    """One stretch of load."""

    cpu: float  # milliseconds of master and worker for a request
    rate: float
    walls: list[float]
    size: int
    errors: int
    odd: list[int]


@dataclass
class Figures:
    """A line's rounds: (one connection, eight connections, the floors beside them: hello, page, page with eight)."""

    line: Line
    one: list[Sample] = field(default_factory=list)
    eight: list[Sample] = field(default_factory=list)
    hello: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    page_gain: list[float] = field(default_factory=list)

    def row(self, statements: dict[str, float]) -> dict[str, Any]:
        """What stands in the table and in the file."""
        walls = sorted(wall for sample in self.one for wall in sample.walls)
        gains = [eight.rate / one.rate / floor for one, eight, floor in zip(self.one, self.eight, self.page_gain, strict=True)]
        return {
            "name": self.line.name, "kind": self.line.kind, "cpu_ms": _median(sample.cpu for sample in self.one),
            "x_hello": _median(sample.cpu / floor for sample, floor in zip(self.one, self.hello, strict=True)),
            "x_page": _median(sample.cpu / floor for sample, floor in zip(self.one, self.page, strict=True)),
            "wall_ms": statistics.median(walls), "p95_ms": walls[int(len(walls) * 0.95)],
            "rps_1": _median(sample.rate for sample in self.one), "rps_8": _median(sample.rate for sample in self.eight),
            "gain": _median(gains), "bytes": self.one[-1].size, "statements": statements.get(self.line.name),
            "errors": sum(sample.errors for sample in [*self.one, *self.eight]),
            "odd": sorted({status for sample in [*self.one, *self.eight] for status in sample.odd})}


def _median(values: Any) -> float:
    return float(statistics.median(values))


def stretch(server: Server, line: Line, connections: int, **limit: float) -> Sample:
    """Load for a while, or for a number of requests."""
    task = {"port": server.port, "connections": line.take(connections), **limit}
    before = cpu_seconds(server.pid)
    done = subprocess.run([sys.executable, "-m", "bench.load"], input=json.dumps(task), capture_output=True, text=True,
                          check=True, cwd=ROOT)
    spent, answer = cpu_seconds(server.pid) - before, json.loads(done.stdout)
    for number, asked in enumerate(answer["asked"]):
        line.first[number] += asked
    count = max(1, sum(answer["asked"]))
    return Sample(spent * 1000 / count, count / answer["elapsed"], answer["walls"], answer["bytes"], answer["errors"],
                  answer["odd"])


def rounds(floors: Server, hello: Line, page: Line, server: Server, lines: list[Line]) -> list[Figures]:
    """Floor, page, some lines, floor, page, more lines ... three times over: noise hits all alike."""
    for line in (hello, page):
        stretch(floors, line, 2, count=20)
    for line in lines:
        stretch(server, line, 1, count=6)
    found = [Figures(line) for line in lines]
    bare, plain = Figures(hello), Figures(page)
    for number in range(ROUNDS):
        _progress(f"round {number + 1} of {ROUNDS}")
        for place in range(0, len(found), GROUP):
            floor = _floor(floors, bare, plain)
            for figures in found[place:place + GROUP]:
                figures.one.append(stretch(server, figures.line, 1, seconds=SECONDS))
                figures.eight.append(stretch(server, figures.line, CONNECTIONS, seconds=SECONDS))
                figures.hello.append(floor[0])
                figures.page.append(floor[1])
                figures.page_gain.append(floor[2])
    return [bare, plain, *found]


def _floor(floors: Server, bare: Figures, plain: Figures) -> tuple[float, float, float]:
    for figures in (bare, plain):
        figures.one.append(stretch(floors, figures.line, 1, seconds=SECONDS))
        figures.eight.append(stretch(floors, figures.line, CONNECTIONS, seconds=SECONDS))
    hello, page, gain = bare.one[-1].cpu, plain.one[-1].cpu, plain.eight[-1].rate / plain.one[-1].rate
    for figures in (bare, plain):
        figures.hello.append(hello)
        figures.page.append(page)
        figures.page_gain.append(gain)
    return hello, page, gain


def _progress(text: str) -> None:
    sys.stderr.write(text + " ...\n")


def file_syncs(server: Server, pids: list[int], line: Line, count: int) -> float | None:
    """Syncs of files by these processes for each request, counted by strace; None where it is missing or not allowed."""
    with tempfile.NamedTemporaryFile("r") as trace:
        watched = [part for pid in pids for part in ("-p", str(pid))]
        try:
            watcher = subprocess.Popen(["strace", "-f", "-e", "trace=fsync,fdatasync", "-o", trace.name, *watched],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        except OSError:
            return None
        time.sleep(1)
        if not pids or watcher.poll() is not None:
            return None
        try:
            stretch(server, line, 1, count=count)
        finally:
            watcher.terminate()
            watcher.wait(10)
        return len(re.findall(r"\bf(?:data)?sync\(", trace.read())) / count
