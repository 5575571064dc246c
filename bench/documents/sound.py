"""Whether documents are right: equal to docxtpl's, the same bytes twice, never mixed up by threads."""

import hashlib
import io
import json
import os
import re
import subprocess
import sys
import warnings
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from lxml import etree

from bench.documents import samples
from bench.documents.row import Row

ROOT = Path(__file__).resolve().parents[2]
THREADS, DOCUMENTS, PEOPLE = 8, 2_000, 50
_TEXT = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")


def parts(data: bytes) -> dict[str, bytes]:
    """All parts of a file."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def texts(data: bytes) -> str:
    """All text of a document, headers and footers too."""
    found = []
    for name, blob in parts(data).items():
        if _TEXT.fullmatch(name):
            found += [element.text or "" for element in etree.fromstring(blob).iter("{*}t")]
    return "".join(found)


def filled(data: bytes, values: dict[str, Any], who: str) -> None:
    """Every value is on the paper and no tag is left, or this is no measurement."""
    text = texts(data)
    wanted = [value for value in values.values() if isinstance(value, str)]
    wanted += [value for item in values.get("items", ()) for value in item.values()]
    lost = [value for value in wanted if value not in text]
    if lost or re.search(r"\{[{%#d]|\{f\d", text):
        raise RuntimeError(f"{who} lost {len(lost)} values, the first {lost[:1]}")


def same_as_docxtpl(ours: bytes, theirs: bytes) -> None:
    """The XML of every text part, without differences of form."""
    from tests.documents.engine.others import canonical

    one, two = parts(ours), parts(theirs)
    for name in two:
        if _TEXT.fullmatch(name) and canonical(one[name].decode()) != canonical(two[name].decode()):
            raise RuntimeError(f"{name} is not what docxtpl makes")


def equality() -> list[Row]:
    """docxtpl's own test templates: which are accepted, and which parts of their documents are equal to docxtpl's."""
    from crm.documents.engine import CompiledTemplate, Dialect, check
    from tests.documents.engine import others

    files = [path for path in others.FILES if path.parent.name == "docxtpl"]
    if not files:
        return [Row("equal to docxtpl on its own test templates", None, note=f"skipped: no files in {others.FOLDER}, set SAMPLE_DATA")]
    filters = {"my_filterA": lambda a, b: f"{a}{b}", "my_filterB": lambda a, b: f"{a}/{b}"}
    details, refused, formatted, same, odd = [], [], [], 0, 0
    for path in files:
        data, name = path.read_bytes(), others.short(path)
        report = check(data, None, filters=filters)
        if not report.ok:
            refused.append(f"{name} ({report.faults[0].code})")
        elif name in others.FORMATTED:
            formatted.append(name)
        else:
            context = others.context_of(iter(report.fields_used))
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                theirs = parts(others.by_docxtpl(data, context, filters))
            ours = parts(CompiledTemplate(data, Dialect(filters=filters)).render(context))
            equal, other = _compared(ours, theirs)
            same += equal
            odd += len(other)
            details += [f"{name}: {part}" for part in other]
    note = f"{len(files)} templates, {len(files) - len(refused)} accepted; refused: {', '.join(refused)}"
    return [Row("docxtpl's own test templates that are accepted", float(len(files) - len(refused)), note=note),
            Row("parts of their documents that are equal (c14n)", float(same), note=f"{len(formatted)} templates put ready XML into "
                "the text ({{r x}}, subdocuments), which is refused here by design, and are not compared"),
            Row("parts that are not equal", float(odd), most=0.0, details=details)]


# What python-docx writes anew into every file, whatever the template: who saved it, and relations in its own order.
_ITS_OWN = re.compile(r"docProps/core\.xml|\[Content_Types\]\.xml|.*\.rels")


def _compared(ours: dict[str, bytes], theirs: dict[str, bytes]) -> tuple[int, list[str]]:
    from tests.documents.engine.others import canonical

    same, odd = 0, []
    for name, blob in theirs.items():
        if _ITS_OWN.fullmatch(name) or re.fullmatch(r"word/comments.*\.xml", name):
            continue
        mine = ours.get(name)
        if mine == blob or (mine is not None and name.endswith(".xml") and canonical(mine.decode()) == canonical(blob.decode())):
            same += 1
        else:
            odd.append(name)
    return same, odd


def threads() -> list[Row]:
    """Eight threads, one compiled template, two thousand documents: in a process of its own, for a crash would be told too."""
    name = "8 threads, one template, 2,000 documents: wrong"
    command = [sys.executable, "-m", "bench.documents.sound"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode:
        return [Row(name, float(DOCUMENTS), most=0.0, note=done.stderr[-300:])]
    told = json.loads(done.stdout)
    again = subprocess.run([*command, "digest"], capture_output=True, text=True, check=True, cwd=ROOT,
                           env={**os.environ, "PYTHONHASHSEED": "5"})
    same = json.loads(again.stdout)["digests"] == told["digests"]
    return [Row(name, float(told["wrong"]), most=0.0, note=f"{told['rate']:.0f} documents a second"),
            Row("the same bytes twice, in two processes (1 is yes)", float(same), least=1.0)]


def _work() -> None:
    import time

    from crm.documents.engine import CompiledTemplate

    templates = [CompiledTemplate(samples.contract("jinja")), CompiledTemplate(samples.quote("jinja"))]
    data = [samples.contract_data(n) if n % 2 else samples.quote_data(n % 7, n) for n in range(PEOPLE)]
    alone = [templates[1 - n % 2].render(data[n]) for n in range(PEOPLE)]
    for number, document in enumerate(alone):
        filled(document, data[number], "ours")
    digests = [hashlib.sha256(document).hexdigest() for document in alone]
    if sys.argv[1:] == ["digest"]:
        sys.stdout.write(json.dumps({"digests": digests}))
        return
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        right = list(pool.map(lambda n: templates[1 - n % PEOPLE % 2].render(data[n % PEOPLE]) == alone[n % PEOPLE], range(DOCUMENTS)))
    rate = DOCUMENTS / (time.perf_counter() - began)
    sys.stdout.write(json.dumps({"wrong": right.count(False), "rate": rate, "digests": digests}))


if __name__ == "__main__":
    _work()
