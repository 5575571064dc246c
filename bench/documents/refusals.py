"""Broken and hostile files: how many are told where, in both languages, and what a refusal costs."""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.documents.memory import peak
from bench.documents.row import Row

ROOT = Path(__file__).resolve().parents[2]
MILLISECONDS, MEGABYTES, KINDS = 50.0, 100.0, 40


def broken() -> list[Row]:
    """Every kind of mistake in a paragraph, a cell, a header and a footnote: the place named, in English and in Russian."""
    from crm.documents.engine import check
    from tests.documents.engine.bad_files import BROKEN, FIELDS
    from tests.documents.engine.test_engine_messages import translate
    from tests.documents.engine.word_file import docx, p, table

    lost, files = [], 0
    for body, code in BROKEN:
        for data, english, russian in (
                (docx("x", body, "y"), "Paragraph 2", "Абзац 2"),
                (docx("x", table(("a", "b"), ("c", body))), "Table 1, row 2, cell 2", "Таблица 1, строка 2, ячейка 2"),
                (docx("x", header=p("x") + p(body)), "Header, paragraph 2", "Верхний колонтитул, абзац 2"),
                (docx("x", footnotes=body), "Footnotes, paragraph 1", "Сноски, абзац 1")):
            if code == "not_in_table" and english.startswith("Table"):
                continue
            files += 1
            found = check(data, FIELDS, {"qr"}).faults
            right = [fault for fault in found if fault.message(str).startswith(english + ": ")
                     and fault.message(translate).startswith(russian + ": ")]
            known = code.replace("foreign_tag", "foreign_row") if english.startswith("Table") else code
            if known not in [fault.code for fault in right] or len(right) != len(found):
                lost.append(f"{body} in {english}")
    return [Row(f"broken templates whose place is named, of {files} ({len(BROKEN)} kinds)", 100 - 100 * len(lost) / files,
                least=100.0, unit="%", details=lost)]


def hostile() -> list[Row]:
    """Each hostile file in turn, in a clean process: refused, in how long, with how much memory."""
    from tests.documents.engine.bad_files import HOSTILE

    with tempfile.TemporaryDirectory() as place:
        names = list(HOSTILE)
        for number, name in enumerate(names):
            (Path(place) / f"{number}.docx").write_bytes(HOSTILE[name][0]())
        done = subprocess.run([sys.executable, "-m", "bench.documents.refusals", place, str(len(names))], capture_output=True, text=True,
                              check=True, cwd=ROOT)
    told = json.loads(done.stdout)
    accepted = [name for name, one in zip(names, told, strict=True) if not one["refused"]]
    slow = max(told, key=lambda one: one["ms"])
    fat = max(told, key=lambda one: one["mb"])
    return [Row(f"hostile files that are refused, of {len(names)}", float(len(names) - len(accepted)), least=float(len(names)),
                details=accepted),
            Row("the longest refusal", slow["ms"], most=MILLISECONDS, unit="ms", note=names[told.index(slow)]),
            Row("the most memory for a refusal, the file itself counted", fat["mb"], most=MEGABYTES, unit="MB",
                note=f"{names[told.index(fat)]}; the whole process {fat['whole']:.0f} MB, {told[0]['whole'] - told[0]['mb']:.0f} before")]


def _work(place: Path, count: int) -> None:
    from crm.documents.engine import check
    from tests.documents.engine.bad_files import FIELDS
    from tests.documents.engine.word_file import docx

    check(docx("{{ client.name }}"), FIELDS)  # imports are not the file's fault
    found = []
    for number in range(count):
        Path("/proc/self/clear_refs").write_text("5")
        before, data = peak(), (place / f"{number}.docx").read_bytes()
        times = []
        for _ in range(5):
            began = time.process_time()
            report = check(data, FIELDS | {"a": ""}, {"qr"})
            times.append((time.process_time() - began) * 1000)
        found.append({"refused": not report.ok, "ms": statistics.median(times), "mb": peak() - before, "whole": peak()})
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _work(Path(sys.argv[1]), int(sys.argv[2]))
