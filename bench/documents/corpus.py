"""A folder of other people's Word files (CORPUS): each gives a document that LibreOffice opens, or a report in plain words.

Documents, their PDFs and the reports are left in bench/results/corpus to be looked at.
"""

import os
import shutil
from pathlib import Path
from typing import Any

from bench.documents.row import Row
from bench.fill import HERE

OUT = HERE / "results" / "corpus"


def run() -> list[Row]:
    """Every .docx below the folder."""
    from tests.documents.engine.others import FOLDER

    folder = Path(os.environ.get("CORPUS") or FOLDER)
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".docx", ".dotx", ".docm", ".doc"))
    if not files:
        return [Row("files of others", None, note=f"skipped: nothing in {folder}, set CORPUS")]
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    made: dict[str, bytes] = {}
    reports, broken = [], []
    for path in files:
        try:
            document, sentences = one(path.read_bytes())
        except Exception as error:  # what is looked for: anything but the engine's own faults
            broken.append(f"{path.name}: {type(error).__name__} {error}")
            continue
        reports.append(f"{path.name}: {'made' if document else 'refused'}" + "".join(f"\n    {text}" for text in sentences))
        if document:
            made[path.stem] = document
            (OUT / f"{path.stem}.docx").write_bytes(document)
    (OUT / "reports.txt").write_text("\n".join(reports) + "\n")
    return [Row("files of others: tracebacks", float(len(broken)), most=0.0, details=broken,
                note=f"{len(files)} files, {len(made)} documents, {len(files) - len(made) - len(broken)} refused; see {OUT}/reports.txt"),
            _opened(made)]


def one(data: bytes) -> tuple[bytes | None, list[str]]:
    """The document that a file makes, with a value for each of its fields, or None; and what is said of the file, in Russian."""
    from crm.documents.engine import CompiledTemplate, check
    from tests.documents.engine.others import context_of
    from tests.documents.engine.test_engine_messages import translate

    report = check(data, None)
    said = [fault.message(translate) for fault in (*report.faults, *report.warnings)]
    if not report.ok:
        return None, said
    context: dict[str, Any] = context_of(iter(report.fields_used))
    return CompiledTemplate(data).render(context), said


def _opened(made: dict[str, bytes]) -> Row:
    from crm.documents import pdf

    name = "documents of them that LibreOffice does not open"
    if pdf.program() is None:
        return Row(name, None, most=0.0, note="skipped: LibreOffice is not installed")
    plain = {f"p{number}": data for number, data in enumerate(made.values())}
    found = pdf.convert_here(plain) if plain else {}
    stems = dict(zip(plain, made, strict=True))
    for key, data in found.items():
        (OUT / f"{stems[key]}.pdf").write_bytes(data)
    lost = [stems[key] for key in plain if key not in found]
    return Row(name, float(len(lost)), most=0.0, details=lost)
