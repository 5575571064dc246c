"""Processor time of one document, ours and others', round by round in one run."""

import io
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.documents import peers, samples, sound
from bench.documents.row import Row

ROUNDS, LONG_ROUNDS = 15, 7
# at most so much of docxtpl, of the fastest peer
TARGETS = {"contract, 40 fields": (1 / 60, 1 / 15), "quote, 10 rows": (1 / 45, 1 / 12), "quote, 100 rows": (1 / 15, 1 / 8),
           "quote, 1000 rows": (1 / 8, 1 / 1.8)}
FIRST = 0.7


def docxtpl_once(data: bytes, context: dict[str, Any]) -> bytes:
    """One document as docxtpl's own documentation makes it, escaping switched on."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(io.BytesIO(data))
    template.render(context, autoescape=True)
    out = io.BytesIO()
    template.save(out)
    return out.getvalue()


def clocked(work: Callable[[], object], count: int) -> float:
    """Milliseconds of processor time of one go."""
    began = time.process_time()
    for _ in range(count):
        work()
    return (time.process_time() - began) * 1000 / count


def run() -> list[Row]:
    """Each case against docxtpl and the fastest of the programs of Node."""
    why = peers.missing()
    rows = [Row("programs of Node", None, note=f"skipped: {why}")] if why else []
    with tempfile.TemporaryDirectory() as place, peers.waiting(Path(place), () if why else tuple(peers.DIALECT)) as others:
        for case in samples.cases():
            rows += _case(case, others, Path(place))
    return rows


def _case(case: str, others: list[peers.Peer], place: Path) -> list[Row]:
    from crm.documents.engine import CompiledTemplate

    kind, data, count = samples.cases()[case]
    template = samples.template(kind, "jinja")
    ready = CompiledTemplate(template)
    sound.same_as_docxtpl(ready.render(data), docxtpl_once(template, data))
    for peer in others:  # warm, and seen to make what was asked
        peer.make(case, 3, place / "made.docx")
        sound.filled((place / "made.docx").read_bytes(), data, peer.name)
    long = "1000" in case
    times: dict[str, list[float]] = {}
    for turn in range(LONG_ROUNDS if long else ROUNDS):
        sys.stderr.write(f"{case}, round {turn + 1} ...\n")
        times.setdefault("ours", []).append(clocked(lambda: ready.render(data), count))
        times.setdefault("first", []).append(clocked(lambda: CompiledTemplate(template).render(data), 1))
        times.setdefault("docxtpl", []).append(clocked(lambda: docxtpl_once(template, data), 1 if long else 3))
        for peer in others:
            times.setdefault(peer.name, []).append(peer.make(case, 1 if long else 4)["ms"])
    return _rows(case, times, [peer.name for peer in others])


def _rows(case: str, times: dict[str, list[float]], names: list[str]) -> list[Row]:
    most, most_peer = TARGETS[case]
    middle = {name: statistics.median(found) for name, found in times.items()}

    def share(one: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(times[one], times[other], strict=True))

    rows = [Row(f"{case}: ours ÷ docxtpl", share("ours", "docxtpl"), most,
                note=f"{middle['ours']:.2f} ms against {middle['docxtpl']:.1f} ms")]
    if names:
        best = min(names, key=lambda name: middle[name])
        told = ", ".join(f"{name} {middle[name]:.1f}" for name in names)
        rows.append(Row(f"{case}: ours ÷ the fastest of Node", share("ours", best), most_peer, note=f"{best}; ms: {told}"))
    rows.append(Row(f"{case}: first document after an upload ÷ docxtpl", share("first", "docxtpl"), FIRST, unit="x",
                    note=f"{middle['first']:.1f} ms"))
    return rows
