"""The transfer document: the Russian universal one with status 2, on a page turned on its side; the English delivery note."""

from dataclasses import dataclass
from typing import Any

from layout import (
    Look,
    bottom,
    cell_text,
    landscape,
    line_under,
    middle,
    new_document,
    page_numbers,
    para,
    row_marks,
    rule,
    shade,
    table,
    together,
)
from pieces import BLANK, SANS, WORDS, basis, identity, items, job, signatures, taxed, tie, who

SMALL, TINY = Look(size=7.5), Look("center", 6, grey=True)
WIDE = 277.0
DASH = "—"


@dataclass(frozen=True)
class Cell:
    """A column of the Russian table: heads, the number that the form gives it, tag, total, width, alignment."""

    head: str
    mark: str
    tag: str
    total: str
    width: float
    align: str = "right"


COLUMNS = (
    Cell("№ п/п", "1", "{{ item.n }}", "", 10, "center"),
    Cell("Код товара, работ, услуг", "А", "{{ item.code or '—' }}", "", 24, "center"),
    Cell("Наименование товара (описание выполненных работ, оказанных услуг), имущественного права", "1а",
         "{{ item.name }}{% if item.discount %} (скидка {{ item.discount }}){% endif %}", "", 80, "left"),
    Cell("Ед. изм.", "2а", "{{ item.unit or '—' }}", "", 14, "center"),
    Cell("Коли-\nчество", "3", "{{ item.quantity }}", "", 18),
    Cell("Цена за единицу{% if deal.vat %}, с налогом{% endif %}{% if deal.discount %}, до скидки{% endif %}", "4",
         "{{ item.price }}", "", 27),
    Cell("Стоимость без налога — всего", "5", "{{ item.net }}", "{{ deal.net }}", 30),
    Cell("Налоговая ставка", "7", "{{ item.vat_rate }}", "Х", 18, "center"),
    Cell("Сумма налога, предъявляемая покупателю", "8", "{{ item.vat or 'Без НДС' }}", "{{ deal.vat or 'Без НДС' }}", 27),
    Cell("Стоимость с налогом — всего", "9", "{{ item.total }}", "{{ deal.total }}", 29),
)
CURRENCIES = (("RUB", "российский рубль, 643"), ("USD", "доллар США, 840"), ("EUR", "евро, 978"),
              ("GBP", "фунт стерлингов, 826"), ("KZT", "казахстанский тенге, 398"), ("BYN", "белорусский рубль, 933"),
              ("CNY", "китайский юань, 156"))


def transfer(lang: str) -> Any:
    """The transfer document in one of the languages."""
    return transfer_ru() if lang == "ru" else delivery_note()


def transfer_ru() -> Any:
    """Status and sides, the table, the basis, who handed over and who received."""
    doc = new_document(SANS, 10, lang="ru-RU", title="Универсальный передаточный документ", margins=(10, 10, 12, 10))
    landscape(doc)
    heading(doc)
    para(doc, "", Look(size=4))
    lines(doc)
    para(doc, "", Look(size=4, keep=True))
    grounds(doc)
    para(doc, "", Look(size=4, keep=True))
    hands(doc)
    page_numbers(doc, "УПД № {{ document.number }} от {{ document.date }} · ", WORDS["ru"]["page"])
    return tie(doc)


def currency() -> str:
    """The name and the code of the currency, as the form asks for them."""
    first, *rest = CURRENCIES
    known = "".join(f"{{% elif deal.currency == '{code}' %}}{name}" for code, name in rest)
    return f"{{% if deal.currency == '{first[0]}' %}}{first[1]}{known}{{% else %}}{{{{ deal.currency }}}}{{% endif %}}"


def tax_numbers(party: str) -> str:
    """INN and KPP as the form writes them: with a stroke between; a private person has none."""
    return f"{{{{ {party}.inn or '—' }}}}{{% if {party}.kpp %}} / {{{{ {party}.kpp }}}}{{% endif %}}"


def full(party: str, *, address: bool = False) -> str:
    """The name of a side, with its address where the form wants both."""
    name = f"{{{{ {party}.legal_name or {party}.name }}}}"
    return f"{name}{{% if {party}.address %}}, {{{{ {party}.address }}}}{{% endif %}}" if address else name


def heading(doc: Any) -> None:
    """The strip with the status, the number, the lines of seller and buyer in their usual order."""
    left = (("**Передаточный документ №**", "**{{ document.number }}** от **{{ document.date_words }}**", "(1)"),
            ("Продавец", full("company"), "(2)"),
            ("Адрес", "{{ company.address or '—' }}", "(2а)"),
            ("ИНН / КПП продавца", tax_numbers("company"), "(2б)"),
            ("Грузоотправитель и его адрес", "он же", "(3)"),
            ("Грузополучатель и его адрес", full("client", address=True), "(4)"),
            ("К платёжно-расчётному документу", DASH, "(5)"),
            ("Документ об отгрузке", "№ п/п {% if items|length > 1 %}1–{% endif %}{{ items|length }} № {{ document.number }} "
             "от {{ document.date }}", "(5а)"))
    right = (("Исправление №", "— от —", "(1а)"),
             ("Покупатель", full("client"), "(6)"),
             ("Адрес", "{{ client.address or '—' }}", "(6а)"),
             ("ИНН / КПП покупателя", tax_numbers("client"), "(6б)"),
             ("Валюта: наименование, код", currency(), "(7)"),
             ("Идентификатор госконтракта (если есть)", DASH, "(8)"),
             ("", "", ""), ("", "", ""))
    made = table(doc, [28, 45, 68, 8, 4, 53, 63, 8], len(left), border="none", pad=0.8, sides=True)
    status(made.cell(0, 0).merge(made.cell(len(left) - 1, 0)))
    for place, (ours, theirs) in enumerate(zip(left, right, strict=True)):
        row_marks(made.rows[place])
        for start, (label, text, mark) in ((1, ours), (5, theirs)):
            if label:
                cell_text(made.cell(place, start), label, SMALL)
                cell_text(made.cell(place, start + 1), text, SMALL)
                cell_text(made.cell(place, start + 2), mark, Look("right", 7))
                line_under(made.cell(place, start + 1))


def status(cell: Any) -> None:
    """What kind of document this is; 2 means that no invoice for VAT is meant by it."""
    shade(cell)
    cell_text(cell, "Универсальный передаточный документ", Look(size=8.5, bold=True, after=6))
    para(cell, "Статус: **2**", Look(size=10, after=6))
    para(cell, "1 — счёт-фактура и передаточный документ (акт)", Look(size=6.5, grey=True))
    para(cell, "2 — передаточный документ (акт)", Look(size=6.5, grey=True))


def lines(doc: Any) -> None:
    """The table: two rows of heads that come again on each page, a row for each item, the total."""
    made = table(doc, [column.width for column in COLUMNS], 6, pad=1)
    for place, column in enumerate(COLUMNS):
        cell_text(made.cell(0, place), column.head, Look("center", 7))
        cell_text(made.cell(1, place), column.mark, Look("center", 6.5, grey=True))
        cell_text(made.cell(3, place), column.tag, Look(column.align, 8))
        for row in (0, 1):
            shade(made.cell(row, place))
            middle(made.cell(row, place))
        if place >= 6:
            cell_text(made.cell(5, place), f"**{column.total}**", Look(column.align, 8))
    for row in (0, 1):
        row_marks(made.rows[row], head=True)
    for row in (3, 5):
        row_marks(made.rows[row])
    for row, tag in ((2, "{%tr for item in items %}"), (4, "{%tr endfor %}")):
        cell_text(made.cell(row, 0).merge(made.cell(row, len(COLUMNS) - 1)), tag)
    cell_text(made.cell(5, 0).merge(made.cell(5, 5)), "**Всего к оплате (9)**", Look("right", 8, keep=True))


def grounds(doc: Any) -> None:
    """On what the transfer rests, and how the goods travelled."""
    made = table(doc, [66, WIDE - 66 - 9, 9], 2, border="none", pad=0.8, sides=True)
    rows = (("Основание передачи (сдачи) / получения (приёмки)", basis("ru", "{{ deal.title }}"), "[8]"),
            ("Данные о транспортировке и грузе", DASH, "[9]"))
    for place, (label, text, mark) in enumerate(rows):
        row_marks(made.rows[place])
        cell_text(made.cell(place, 0), label, Look(size=7.5, keep=True))
        cell_text(made.cell(place, 1), text, Look(size=7.5, keep=True))
        cell_text(made.cell(place, 2), mark, Look("right", 7, keep=True))
        line_under(made.cell(place, 1))


HALF = (46.0, 2.0, 32.0, 2.0, 46.0, 8.0)
CAPTIONS = ("должность", "", "подпись", "", "ф. и. о.", "")


def hands(doc: Any) -> None:
    """The two halves below: who handed over on the left, who received on the right, kept together on a page."""
    made = table(doc, [*HALF, 5.0, *HALF], 11, border="none", pad=0.6, sides=True)
    halves = (
        (0, "company", "**Товар (груз) передал / услуги, результаты работ, права сдал**", 10,
         "Дата отгрузки, передачи (сдачи)", "{{ document.date_words }}", "Иные сведения об отгрузке, передаче"),
        (7, "client", "**Товар (груз) получил / услуги, результаты работ, права принял**", 15,
         "Дата получения (приёмки)", "«____» ________________ 20___ г.", "Иные сведения о получении, приёмке"))
    for start, party, title, mark, date, dated, other in halves:
        joined(made, 0, start, title)
        signed(made, 1, start, party, mark)
        labelled(made, 3, start, date, dated, mark + 1)
        labelled(made, 4, start, other, "", mark + 2)
        joined(made, 5, start, "Ответственный за правильность оформления факта хозяйственной жизни")
        signed(made, 6, start, party, mark + 3)
        joined(made, 8, start, "Наименование экономического субъекта — составителя документа")
        author = f"{full(party)}{{% if {party}.inn %}}, ИНН / КПП {tax_numbers(party)}{{% endif %}}"
        cell = joined(made, 9, start, author, f"[{mark + 4}]")
        line_under(cell)
        joined(made, 10, start, "М. П." if party == "company" else "{% if client.kind != 'person' %}М. П.{% endif %}")
    together(made)


def joined(made: Any, row: int, start: int, text: str, mark: str = "") -> Any:
    """A line over a whole half, with its number in the form at the end; gives the cell of the line."""
    cell = made.cell(row, start).merge(made.cell(row, start + 4))
    cell_text(cell, text, Look(size=7.5, before=2, keep=row < 10))
    cell_text(made.cell(row, start + 5), mark, Look("right", 7, before=2))
    return cell


def labelled(made: Any, row: int, start: int, label: str, text: str, mark: int) -> None:
    """A label and a line to write on."""
    cell_text(made.cell(row, start), label, Look(size=7.5, before=2, keep=True))
    cell = made.cell(row, start + 2).merge(made.cell(row, start + 4))
    cell_text(cell, text, Look(size=7.5, before=2))
    line_under(cell)
    cell_text(made.cell(row, start + 5), f"[{mark}]", Look("right", 7, before=2))


def signed(made: Any, row: int, start: int, party: str, mark: int) -> None:
    """Job, place for the signature and name over their captions."""
    for place, text in ((0, job(party)), (2, ""), (4, f"{{{{ {party}.signatory.short }}}}")):
        cell_text(made.cell(row, start + place), text, Look("center", 7.5, before=6, keep=True))
        line_under(made.cell(row, start + place))
        bottom(made.cell(row, start + place))
        cell_text(made.cell(row + 1, start + place), CAPTIONS[place], TINY)
    cell_text(made.cell(row, start + 5), f"[{mark}]", Look("right", 7, before=6))


def delivery_note() -> Any:
    """The English one: sides, basis, items with amounts, who handed over and who received."""
    doc = new_document(SANS, 10, lang="en-GB", title="Delivery note")
    rule(para(doc, "Delivery note No. {{ document.number }}", Look(size=16, bold=True, heading=True)), heavy=True)
    para(doc, "{{ document.date_words }}", Look(grey=True, before=4, after=8))
    who(doc, (("From:", identity("company", "en")), ("To:", identity("client", "en")), ("Basis:", basis("en", "{{ deal.title }}")),
              ("Delivery to:", "{% if client.address %}{{ client.address }}{% else %}" + BLANK * 2 + "{% endif %}")))
    items(doc, "en", 9)
    para(doc, "{{ deal.total_words }}, " + taxed("en") + ".", Look(before=6, after=8, size=9.5))
    para(doc, "The items listed above were handed over and received in full and in good order, unless remarks are written below.",
         Look(after=4, spacing=1.15))
    para(doc, "Remarks: " + "_" * 70, Look(before=6, after=6))
    para(doc, "Date of receipt: " + BLANK, Look(after=16, keep=True))
    signatures(doc, "en", ("Handed over", "Received"))
    page_numbers(doc, "Delivery note {{ document.number }} · ", WORDS["en"]["page"])
    return tie(doc)
