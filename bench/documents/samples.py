"""What is made: a contract with forty fields, cut into runs as Word does it, and a quote with logo, header and footer.

The same document in the tags of each program: `jinja` for docxtpl and ours, `braces` for docxtemplater and
easy-template-x, `carbone` for Carbone. The data are the same for all: texts with Cyrillic, `<`, `>` and `&`.
"""

import io
import random
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm

FIELDS = 40
SIZES = (10, 100, 1000)
COLUMNS = ("n", "code", "name", "unit", "quantity", "price", "vat", "total")
HEADS = ("№", "Артикул", "Наименование", "Ед.", "Кол-во", "Цена", "НДС", "Сумма")
_PHRASES = ("Поставщик обязуется передать в собственность Покупателя товар, именуемый далее {0}, по адресу {1},",
            "а Покупатель обязуется принять его не позднее {0} и оплатить по цене {1} в порядке, о котором сказано ниже.",
            "Стороны договорились, что {0} отвечает за сохранность груза до {1}, о чём составляется акт.",
            "В случае просрочки более чем на {0} дней начисляется неустойка в размере {1} от суммы недопоставки.")


def tag(dialect: str, name: str) -> str:
    """A field in a dialect."""
    return {"jinja": f"{{{{ {name} }}}}", "braces": f"{{{name}}}", "carbone": f"{{d.{name}}}"}[dialect]


def contract(dialect: str) -> bytes:
    """One page with forty fields, every fourth cut over runs with marks of the spelling check between."""
    document = docx.Document()
    document.add_heading("Договор поставки", 1)
    for number in range(FIELDS // 2):
        paragraph = document.add_paragraph()
        before, between, after = _PHRASES[number % 4].replace("{1}", "{0}").split("{0}")
        for index, text in enumerate((before, between)):
            paragraph.add_run(text)
            field = number * 2 + index
            _typed(paragraph, tag(dialect, f"f{field}"), cut=field % 4 == 0)
        paragraph.add_run(after)
    for number, element in enumerate(document.element.body.iter(qn("w:p"), qn("w:r"))):
        element.set(qn("w:rsidR"), f"00{0xA1B2C3 + number * 77:06X}")
    return _saved(document)


def _typed(paragraph: Any, text: str, *, cut: bool) -> None:
    pieces = [text] if not cut else [text[:1], text[1:3], text[3:-1], text[-1:]]
    for index, piece in enumerate(pieces):
        if index:
            mark = OxmlElement("w:proofErr")
            mark.set(qn("w:type"), "spellStart" if index % 2 else "spellEnd")
            paragraph._p.append(mark)
        paragraph.add_run(piece)


def quote(dialect: str) -> bytes:
    """A logo of 45 KB in the header, the page's number in the footer, a table of eight columns."""
    document = docx.Document()
    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.add_run().add_picture(io.BytesIO(logo()), width=Mm(40))
    head.add_run(" " + tag(dialect, "company"))
    _page_number(section.footer.paragraphs[0])
    document.add_heading(f"Коммерческое предложение № {tag(dialect, 'number')}", 1)
    document.add_paragraph(f"Для {tag(dialect, 'client')} от {tag(dialect, 'date')}")
    table = document.add_table(rows=1, cols=len(COLUMNS), style="Table Grid")
    for cell, text in zip(table.rows[0].cells, HEADS, strict=True):
        cell.text = text
    for texts in _rows(dialect):
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text
    document.add_paragraph(f"Всего: {tag(dialect, 'total')}")
    return _saved(document)


def _rows(dialect: str) -> Iterator[list[str]]:
    if dialect == "jinja":
        yield ["{%tr for i in items %}", *[""] * 7]
        yield [f"{{{{ i.{name} }}}}" for name in COLUMNS]
        yield ["{%tr endfor %}", *[""] * 7]
    elif dialect == "braces":
        texts = [f"{{{name}}}" for name in COLUMNS]
        yield ["{#items}" + texts[0], *texts[1:-1], texts[-1] + "{/items}"]
    else:
        yield [f"{{d.items[i].{name}}}" for name in COLUMNS]
        yield [f"{{d.items[i+1].{COLUMNS[0]}}}", *[""] * 7]


def _page_number(paragraph: Any) -> None:
    for kind in ("begin", "", "separate", "1", "end"):
        run = paragraph.add_run("1" if kind == "1" else "")
        if kind == "":
            element = OxmlElement("w:instrText")
            element.text = " PAGE "
            run._r.append(element)
        elif kind != "1":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


def _saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def logo() -> bytes:
    """A PNG of about 45 KB that does not shrink."""
    dice, side = random.Random(7), 123
    rows = b"".join(b"\0" + dice.randbytes(3 * side) for _ in range(side))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def contract_data(number: int = 0) -> dict[str, Any]:
    """Forty values; `number` makes them another client's."""
    words = ("Рога & Копыта <ООО>", "г. Санкт-Петербург, Дорога на Турухтанные Острова, д. 6", "«21» ноября 2026 г.", "R&D > плана")
    return {f"f{field}": f"{words[field % 4]} №{number}.{field}" for field in range(FIELDS)}


def quote_data(rows: int, number: int = 0) -> dict[str, Any]:
    """A quote of so many rows."""
    items = [{"n": str(place + 1), "code": f"ST-{place * 7 % 1000:03}", "name": f"Стол ученический <регулируемый> & стул №{number}.{place}",
              "unit": "шт.", "quantity": str(place % 30 + 1), "price": f"{place * 37 % 9000 + 100} 200,00", "vat": "22 %",
              "total": f"{place * 91 % 90000 + 1000} 700,00"} for place in range(rows)]
    return {"company": f"ООО «Вертикаль & Ко» №{number}", "number": f"{number}/2026", "client": "ООО «Северный порт»",
            "date": "21.11.2026", "items": items, "total": "347 700,00"}


def cases() -> dict[str, tuple[str, dict[str, Any], int]]:
    """What is timed: name → (kind of template, data, documents of ours in a round)."""
    found: dict[str, tuple[str, dict[str, Any], int]] = {"contract, 40 fields": ("contract", contract_data(), 20)}
    for size, count in zip(SIZES, (20, 8, 2), strict=True):
        found[f"quote, {size} rows"] = ("quote", quote_data(size), count)
    return found


def template(kind: str, dialect: str) -> bytes:
    """A template by its kind."""
    return contract(dialect) if kind == "contract" else quote(dialect)
