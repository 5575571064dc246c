"""`make fuzz-documents`: spoiled Word templates until the time is over. MINUTES (10), SEED, COUNT instead of minutes.

Each file must be refused with faults in plain words or make sound documents; a document of every fifth accepted
file goes through LibreOffice. What is wrong is left in faults/results/fuzz with its seed: `SEED=<seed> COUNT=1` plays one again.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

from crm.documents import pdf
from faults.judging import faults_of
from faults.mutating import spoil
from tests.documents.engine.others import FILES
from tests.documents.engine.word_file import docx, p, png, rels, run, table

RESULTS = Path(__file__).parent / "results"
SHIPPED = Path(__file__).resolve().parents[1] / "doc_templates"
EVERY, BATCH = 5, 20


def own() -> dict[str, bytes]:
    """Small templates that have everything the engine knows."""
    rows = table(("№", "Товар"), ("{%tr for r in rows %}", ""), ("{{ loop.index }}", "{{ r.x }}"), ("{%tr endfor %}", ""))
    cells = table(("{%tc for r in rows %}", "{{ r }}", "{%tc endfor %}"), ("{% colspan 2 %}x", "x", "{% cellbg a %}б"))
    nested = table(("{%tr for x in r.y %}",), ("{{ x.z }}",), ("{%tr endfor %}",)) + p("x")
    maybe = p("{%p if a %}") + p("x") + p("{%p endif %}")
    inner = table(("{%tr for r in rows %}", ""), ("{% vm %}{{ a }}", nested), ("{%tr endfor %}", ""), (maybe, "б"))
    link = f'<w:hyperlink w:anchor="x">{run("{{ a }}")}</w:hyperlink>'
    begin, middle, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    page = p(begin, "<w:r><w:instrText> PAGE </w:instrText></w:r>", middle, "1", end, "{{ b.c }}")
    sdt = f"<w:sdt><w:sdtPr/><w:sdtContent>{p('{%p if a %}')}{p('{{ a }}')}{p('{%p endif %}')}</w:sdtContent></w:sdt>"
    names = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
    drawing = f'<w:r><w:drawing><wp:inline {names}><wp:extent cx="1" cy="1"/><wp:docPr id="5" name="x"/></wp:inline></w:drawing></w:r>'
    tracked = p(f"<w:ins w:id='2'>{run('{{ a }}')}</w:ins>", "<w:del w:id='1'><w:r><w:delText>{{ b }}</w:delText></w:r></w:del>")
    return {
        "rows": docx("{{ a }}", rows, "{% if a %}да{% else %}нет{% endif %}", "{%p if a %}", "x", "{%p endif %}", header="{{ a }}"),
        "cells": docx("{{ a.b }}", cells, p(link, "{{ x }}"), inner, footer=page, footnotes="{{ a }}"),
        "boxes": docx(sdt, p(drawing, "{{ a }}"), "{%p for r in rows %}", p(drawing), "{%p endfor %}", tracked, page),
        "pictures": docx("{{ image(a, 30) }} {{ a }}", header="{{ logo }}", parts={"word/media/image1.png": png(),
                         "word/_rels/header1.xml.rels": rels("")}),
    }


def bases() -> dict[str, bytes]:
    """Ours, the ones that come with the program, and other people's where they lie on this machine."""
    shipped = {path.name: path.read_bytes() for path in sorted(SHIPPED.rglob("*.docx"))}
    others = {path.name: path.read_bytes() for path in FILES if path.stat().st_size}
    return {**own(), **shipped, **{name: data for name, data in others.items() if data.startswith(b"PK") and not _cut(data)}}


def _cut(data: bytes) -> bool:
    import zipfile
    from io import BytesIO

    try:
        return zipfile.ZipFile(BytesIO(data)).testzip() is not None
    except (zipfile.BadZipFile, OSError, ValueError):
        return True


def play(seed: int, pool: dict[str, bytes]) -> tuple[str, bytes, list[str], list[bytes]]:
    """One spoiled file by its seed: how it came about, the file, what is wrong, the documents made."""
    dice = random.Random(seed)
    base = dice.choice(sorted(pool)) if dice.random() < 0.5 else dice.choice(sorted(own()))
    data, ways = spoil(pool[base], dice)
    found, documents = faults_of(data)
    return f"seed {seed}: {base}, {', '.join(ways)}", data, found, documents


def opened(documents: dict[str, bytes]) -> list[str]:
    """Names of those that LibreOffice does not open, tried alone before they are called so."""
    lost = set(documents) - set(_converted(documents))
    return sorted(name for name in lost if name not in _converted({name: documents[name]}))


def _converted(documents: dict[str, bytes]) -> dict[str, bytes]:
    try:
        return pdf.convert_here(documents)
    except pdf.PdfError:
        return {}


def main() -> int:
    """Until the time or the number is over; 1 when anything was wrong."""
    seed = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
    minutes, count = float(os.environ.get("MINUTES") or 10), int(os.environ.get("COUNT") or 0)
    until, pool, told = time.monotonic() + 60 * minutes, bases(), Counter[str]()
    folder = RESULTS / "fuzz"
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"SEED={seed}, {len(pool)} templates to spoil\n")
    waiting: dict[str, bytes] = {}
    wrong: list[str] = []
    number = 0
    while number < count or (not count and time.monotonic() < until):
        how, data, found, documents = play(seed + number, pool)
        told.update(files=1, accepted=int(bool(documents)), documents=len(documents))
        if found:
            wrong += [f"{how}: {fault}" for fault in found]
            (folder / f"{seed + number}.docx").write_bytes(data)
            sys.stdout.write("\n".join(wrong[-len(found):]) + "\n")
        if documents and told["accepted"] % EVERY == 0:
            waiting[f"s{seed + number}"] = documents[number % len(documents)]
        number += 1
        last = number >= count if count else time.monotonic() >= until
        if pdf.program() and (len(waiting) >= BATCH or (last and waiting)):
            told["in LibreOffice"] += len(waiting)
            for name in opened(waiting):
                wrong.append(f"{name}: LibreOffice does not open the document")
                (folder / f"{name}-made.docx").write_bytes(waiting[name])
            waiting = {}
    kept = {"seed": seed, **told, "wrong": wrong}
    (RESULTS / "fuzz.json").write_text(json.dumps(kept, indent=1, ensure_ascii=False))
    sys.stdout.write(", ".join(f"{value} {name}" for name, value in told.items()) + f", {len(wrong)} wrong\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
