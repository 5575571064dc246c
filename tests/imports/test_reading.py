"""Files as people have them, and files that are none."""

import io
import zipfile

import pytest
from flask import g
from openpyxl import Workbook

from crm.imports.reading import ImportProblem, read_table


@pytest.fixture(autouse=True)
def _context(context: object) -> None:
    """Sentences need an application context."""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encoding_and_delimiter_are_found(encoding: str, delimiter: str) -> None:
    rows = [["Название", "Сумма", "Этап"], ["Поставка ёлок для праздника", "12", "Выиграна"],
            ["Уборка офиса в выходные дни", "7", "Переговоры с клиентом"], ["Мойка окон", "3", "Отказ"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    table = read_table(text.encode(encoding), "deals.csv")
    assert table.columns == rows[0]
    assert table.rows == rows[1:]


def test_quoted_cells_keep_line_breaks_and_delimiters() -> None:
    table = read_table(b'a,b\n"one, two","x\ny"\n', "x.csv")
    assert table.rows == [["one, two", "x\ny"]]


def test_repeated_and_empty_column_names_get_names_of_their_own() -> None:
    assert read_table(b"a,a,,a\n1,2,3,4\n", "x.csv").columns == ["a", "a (2)", "#3", "a (3)"]


def test_excel_dates_and_whole_numbers_read_as_people_see_them() -> None:
    book = Workbook()
    book.active.append(["day", "sum"])
    book.active.append([__import__("datetime").datetime(2026, 11, 22), 12.0])
    file = io.BytesIO()
    book.save(file)
    assert read_table(file.getvalue(), "x.xlsx").rows == [["2026-11-22", "12"]]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<!DOCTYPE lolz [<!ENTITY a 'aaa'>]><workbook/>")
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


@pytest.mark.parametrize(("data", "name"), [
    (b"", "x.csv"), (b"   \n \n", "x.csv"), (b"just one column\nvalue\n", "x.csv"),
    (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "x.xls"), (b"plain text", "x.xlsx"), (b"PK\x03\x04 cut", "x.xlsx"),
    (b"\x00\x01\x02\x03,\x00\n" * 20, "x.csv"), (bomb(), "x.xlsx")])
def test_what_is_no_table_gets_a_sentence(data: bytes, name: str) -> None:
    with pytest.raises(ImportProblem) as problem:
        read_table(data, name)
    assert problem.value.message.endswith(".")


def test_a_quote_that_is_never_closed_gets_a_sentence() -> None:
    with pytest.raises(ImportProblem):
        read_table(b'stage,title\nWon,"' + b"y" * 1_100_000, "deals.csv")


@pytest.mark.parametrize("name", ["prices.pdf", "prices.csv", "prices.xlsx"])
def test_a_pdf_is_called_one_and_told_what_is_taken(name: str) -> None:
    g.locale = "en"
    with pytest.raises(ImportProblem, match=r"This is a PDF\. Send the table as Excel \(\.xlsx\) or CSV\."):
        read_table(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n", name)
