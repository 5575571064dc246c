"""Tables as files: CSV for programs, XLSX for people, written row by row, so that a large one needs no memory.

Texts stay texts whatever they begin with: no spreadsheet program takes one for a formula (OWASP, "CSV injection").
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from crm.core import dates

CSV, XLSX = "csv", "xlsx"
TYPES = {CSV: "text/csv", "zip": "application/zip", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
MOST_XLSX = 1_048_575  # rows of a sheet below its head
MOST_CELL = 32_767
FORMATS = {"whole": "#,##0", "number": "#,##0.00", "day": "dd.mm.yyyy", "moment": "dd.mm.yyyy hh:mm"}


@dataclass(frozen=True)
class Column:
    """A column: its name for people, what it holds (text, whole, number, day or moment) and its width in letters."""

    label: str
    kind: str = "text"
    width: int = 20


@dataclass(frozen=True)
class Marks:
    """Who made the file and when, and the code under which the log knows it."""

    author: str
    at: dt.datetime
    code: str
    company: str = ""

    def properties(self, title: str) -> dict[str, Any]:
        """The document properties of a workbook; never a row of it."""
        return {"title": title, "author": self.author, "company": self.company, "keywords": self.code,
                "comments": f"{self.author}, {self.at:%Y-%m-%d %H:%M} UTC, {self.code}",
                "created": self.at.astimezone(dt.UTC).replace(tzinfo=None)}


def safe_text(text: str) -> str:
    """A text that no spreadsheet program takes for a formula: an apostrophe goes before = + - @ and the tab."""
    return f"'{text}" if text.startswith(RISKY) else text


def write(ending: str, target: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], *, title: str,
          marks: Marks) -> None:
    """Write the rows into `target` as `ending`, csv or xlsx. Only a workbook can carry the marks."""
    if ending == XLSX:
        _write_xlsx(target, columns, rows, title, marks)
    else:
        _write_csv(target, columns, rows)


def _write_csv(target: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]]) -> None:
    """UTF-8 with its mark, so that spreadsheets read Cyrillic; days as 2026-12-31, moments in the company's zone."""
    text = io.TextIOWrapper(target, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([column.label for column in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)
    text.flush()
    text.detach()


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, dt.datetime):
        return f"{value.astimezone(dates.zone()):%Y-%m-%d %H:%M}"
    return f"{value:f}" if isinstance(value, Decimal) else value


def _write_xlsx(target: IO[bytes], columns: Sequence[Column], rows: Iterable[Sequence[Any]], title: str,
                marks: Marks) -> None:
    import xlsxwriter  # slow to load, and only files need it

    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(marks.properties(title))
    sheet = book.add_worksheet(sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    shapes = [book.add_format({"num_format": FORMATS[column.kind]}) if column.kind in FORMATS else None
              for column in columns]
    for place, column in enumerate(columns):  # before the rows: in this mode what is written stays
        sheet.set_column(place, place, column.width)
    sheet.freeze_panes(1, 1)
    sheet.write_row(0, 0, [column.label for column in columns], bold)
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            _write_cell(sheet, line, place, value, shapes[place])
    book.close()


def _write_cell(sheet: Any, line: int, place: int, value: Any, shape: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, str):
        sheet.write_string(line, place, value[:MOST_CELL], shape)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(line, place, value.astimezone(dates.zone()).replace(tzinfo=None), shape)
    elif isinstance(value, dt.date):
        sheet.write_datetime(line, place, value, shape)
    else:
        sheet.write_number(line, place, value, shape)


def sheet_name(title: str) -> str:
    """A name that Excel takes for a sheet: at most 31 characters, none of []:*?/ and the backslash."""
    return "".join(" " if char in "[]:*?/\\" else char for char in title)[:31].strip("' ") or "1"
