"""Tables out of files that people have: the encoding, the delimiter and the head are found, not asked."""

import csv
import io
import zipfile
from dataclasses import dataclass

from flask_babel import gettext as _

from crm.core import files
from crm.core.errors import DomainError

MAX_UNPACKED = 200 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, MAX_CELL = 200_000, 300, 20_000
DELIMITERS = (",", ";", "\t", "|")
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class ImportProblem(DomainError):  # noqa: N818 - shown to people as what it is
    """A file that cannot be taken; the sentence says what to do with it."""

    status = 422


@dataclass(frozen=True)
class Table:
    """Cells as text. `columns` are unique and never empty; a row's line in the file is its index + 2."""

    columns: list[str]
    rows: list[list[str]]
    encoding: str
    delimiter: str


def read_table(data: bytes, file_name: str) -> Table:
    """The table in a CSV, TSV or XLSX file. ImportProblem for anything else, for empty and for huge ones."""
    if not data.strip():
        raise ImportProblem(_("The file is empty. Export it again and choose the new one."))
    if len(data) > files.MAX_UPLOAD:
        raise ImportProblem(_("The file is larger than %(limit)s MB. Split it and import the parts one by one.",
                              limit=files.MAX_MEGABYTES))
    if data.startswith(b"%PDF"):
        raise ImportProblem(_("This is a PDF. Send the table as Excel (.xlsx) or CSV."))
    if data.startswith(b"PK"):
        return _xlsx(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportProblem(_("This is an old Excel file (.xls) or a locked one. Save it as .xlsx or CSV without a "
                              "password and try again."))
    if file_name.lower().endswith((".xlsx", ".xlsm")):
        raise ImportProblem(_("The file is named .xlsx but is not an Excel file. Open it in Excel and save it again."))
    return _csv(data)


def _csv(data: bytes) -> Table:
    text, encoding = _decode(data)
    if "\0" in text:
        raise ImportProblem(_("This is not a text table. Export it as CSV (UTF-8) and try again."))
    csv.field_size_limit(MAX_CELL * 50)
    try:
        delimiter = _delimiter(text)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise ImportProblem(_("The file is cut off or is not CSV: %(reason)s. Export it again.",
                              reason=str(error))) from error
    return _table(rows, encoding, delimiter)


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # slow to import, and most files are UTF-8

    best = from_bytes(data[:200_000], cp_isolation=["cp1251", "cp866", "koi8_r", "cp1252", "utf_16_le", "utf_16_be",
                                                    "mac_cyrillic"]).best()
    if best is None:
        raise ImportProblem(_("The text of this file cannot be read. Save it as CSV (UTF-8) and try again."))
    return data.decode(best.encoding, errors="replace"), best.encoding


def _delimiter(text: str) -> str:
    """The sign that cuts the first lines into the same number of cells, the more the better."""
    lines = [line for line in text.splitlines()[:30] if line.strip()][:20]
    best, cells = ",", 0
    for sign in DELIMITERS:
        counts = [len(row) for row in csv.reader(lines, delimiter=sign)]
        same = sum(1 for count in counts if count == counts[0]) if counts else 0
        score = (counts[0] if counts else 0) * same
        if counts and counts[0] > 1 and score > cells:
            best, cells = sign, score
    return best


def _xlsx(data: bytes) -> Table:
    _check_archive(data)
    from openpyxl import load_workbook  # slow to import

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        rows = []
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            if number > MAX_ROWS:
                break
            rows.append([_cell(value) for value in row[:MAX_COLUMNS]])
    except ImportProblem:
        raise
    except Exception as error:  # openpyxl raises many kinds for a damaged book
        raise ImportProblem(_("This Excel file is damaged. Open it in Excel, save it again and try once more.")) from error
    return _table(rows, "xlsx", "")


def _check_archive(data: bytes) -> None:
    try:
        parts = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except zipfile.BadZipFile as error:
        raise ImportProblem(_("This Excel file is damaged. Open it in Excel, save it again and try once more.")) from error
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise ImportProblem(_("This is not an Excel file. Choose a CSV or an .xlsx file."))
    if sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise ImportProblem(_("This Excel file unpacks to more than 200 MB. Save the sheet as CSV and try again."))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.open(part).read(4096):
                raise ImportProblem(_("This Excel file has parts that Excel does not write. Save it again in Excel."))


def _cell(value: object) -> str:
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        text = value.isoformat()
        return str(text).removesuffix("T00:00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _table(rows: list[list[str]], encoding: str, delimiter: str) -> Table:
    rows = [[cell.strip()[:MAX_CELL] for cell in row] for row in rows]
    while rows and not any(rows[0]):
        rows.pop(0)
    if not rows:
        raise ImportProblem(_("The file is empty. Export it again and choose the new one."))
    if len(rows) > MAX_ROWS:
        raise ImportProblem(_("The file has more than 200,000 rows. Split it and import the parts one by one."))
    head = rows[0][:MAX_COLUMNS]
    if len([name for name in head if name]) < 2:
        raise ImportProblem(_("The first line must name the columns, at least two of them."))
    width = len(head)
    body = [(row + [""] * width)[:width] for row in rows[1:]]
    return Table(_unique(head), body, encoding, delimiter)


def _unique(head: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    names = []
    for place, name in enumerate(head, 1):
        name = name or f"#{place}"
        seen[name] = seen.get(name, 0) + 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return names
