"""The leaderboard as a file: CSV for programs, XLSX for people."""

import csv
import io
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from crm.core import money
from crm.core.sheets import Marks, safe_text, sheet_name
from crm.scoreboard.places import Racer
from crm.scoreboard.queries import Figures

COLUMNS = ("place", "manager", "won", "lost", "open", "revenue", "win_rate", "average_deal",
           "median_cycle_days")


def csv_text(racers: Iterable[Racer], currency: str) -> str:
    """The rows by place; revenue and average deal in major units, empty where undefined."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    for racer in racers:
        row = racer.figures
        rate = "" if row.win_rate is None else f"{row.win_rate:.6f}"
        writer.writerow([racer.place, safe_text(row.name), row.won, row.lost, row.open,
                         _plain(money.to_major(row.revenue, currency)), rate, _average(row, currency),
                         "" if row.median is None else f"{row.median:g}"])
    return target.getvalue()


def _plain(value: Decimal) -> str:
    """Whole sums without a point: 1153214; others with all their digits: 1153214.50."""
    return f"{value.to_integral_value() if value == value.to_integral_value() else value:f}"


def _average(row: Figures, currency: str) -> str:
    if not row.priced:
        return ""
    minor = (Decimal(row.revenue) / row.priced).quantize(Decimal(1), ROUND_HALF_UP)
    return f"{money.to_major(int(minor), currency):f}"


def xlsx_bytes(racers: Iterable[Racer], currency: str, title: str, head: Iterable[str], marks: Marks) -> bytes:
    """The same as a workbook of one sheet; `head` are the column names in the reader's language. Who made it and when
    stands in its properties.
    """
    import xlsxwriter  # slow to load, and only this file needs it

    target = io.BytesIO()
    # every text stays text, whatever it begins with
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties(marks.properties(title))
    sheet = book.add_worksheet(sheet_name(title))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    places = money.exponent(currency)
    sums = book.add_format({"num_format": "#,##0" + (f".{'0' * places}" if places else "")})
    share, days = book.add_format({"num_format": "0.0%"}), book.add_format({"num_format": "0.0"})
    sheet.write_row(0, 0, list(head), bold)
    for line, racer in enumerate(racers, 1):
        _write_row(sheet, line, racer, currency, (sums, share, days))
    sheet.set_column(0, 0, 7)
    sheet.set_column(1, 1, 32)
    sheet.set_column(2, len(COLUMNS) - 1, 14)
    sheet.freeze_panes(1, 2)
    book.close()
    return target.getvalue()


def _write_row(sheet: Any, line: int, racer: Racer, currency: str, formats: tuple[Any, Any, Any]) -> None:
    row = racer.figures
    sums, share, days = formats
    sheet.write_number(line, 0, racer.place)
    sheet.write_string(line, 1, row.name)
    for column, count in enumerate((row.won, row.lost, row.open), 2):
        sheet.write_number(line, column, count)
    sheet.write_number(line, 5, money.to_major(row.revenue, currency), sums)
    for column, value, form in ((6, row.win_rate, share), (8, row.median, days)):
        if value is not None:
            sheet.write_number(line, column, value, form)
    if row.average is not None:
        sheet.write_number(line, 7, money.to_major(round(row.average), currency), sums)
