"""What several documents share: the items' table, sides and their details, letterhead, places to sign.

The words that differ by language are in WORDS; everything else here takes `lang` or the texts themselves.
"""

import re
from typing import Any

from docx.oxml.ns import qn
from layout import (
    Column,
    Look,
    cell_text,
    items_table,
    para,
    row_marks,
    rule,
    table,
    write,
)

SANS, SERIF = "Arial", "Times New Roman"
WIDTH = 175.0
BLANK = "__________________"
STAMP = {"ru": "М. П.", "en": ""}

WORDS = {
    "ru": {
        "lang": "ru-RU", "page": ("Страница", "из"),
        "quote": "Коммерческое предложение", "contract": "Договор", "invoice": "Счёт на оплату",
        "columns": ("№", "Наименование", "Ед.", "Кол-во", "Цена, {{ deal.currency_sign }}", "НДС",
                    "Сумма, {{ deal.currency_sign }}"),
        "subtotal": "Итого без скидки", "discount": "Скидка", "total": "**Итого**", "vat": "В том числе НДС",
        "item_discount": "скидка",
    },
    "en": {
        "lang": "en-GB", "page": ("Page", "of"),
        "quote": "Quotation", "contract": "Supply and Services Agreement", "invoice": "Invoice",
        "columns": ("No.", "Description", "Unit", "Qty", "Unit price", "VAT", "Amount, {{ deal.currency }}"),
        "subtotal": "Before discount", "discount": "Discount", "total": "**Total**", "vat": "VAT included",
        "item_discount": "discount",
    },
}


def items(doc: Any, lang: str, size: float, total: str = "", *, choice: str = "") -> None:
    """The table of the deal's items with its totals; `total` replaces the usual label, `choice` stands after the name."""
    words = WORDS[lang]
    heads = words["columns"]
    columns = [
        Column(heads[0], "{{ item.n }}", 9, "center"),
        Column(heads[1], named(lang) + choice, 67),
        Column(heads[2], "{{ item.unit }}", 13, "center"),
        Column(heads[3], "{{ item.quantity }}", 17, "right"),
        Column(heads[4], "{{ item.price }}", 25, "right"),
        Column(heads[5], "{{ item.vat_rate }}", 18, "center"),
        Column(heads[6], "{{ item.total }}", 26, "right"),
    ]
    items_table(doc, columns, [
        ("deal.discount", words["subtotal"], "{{ deal.subtotal }}"),
        ("deal.discount", words["discount"], "{{ deal.discount }}"),
        ("", total or words["total"], "{{ deal.total }}"),
        ("deal.vat", words["vat"], "{{ deal.vat }}"),
    ], size)


def named(lang: str) -> str:
    """The name of an item, with its discount where it has one."""
    return f"{{{{ item.name }}}}{{% if item.discount %}} ({WORDS[lang]['item_discount']} {{{{ item.discount }}}}){{% endif %}}"


def options(doc: Any, lang: str, size: float) -> None:
    """What the client may choose beside what is in the total, with a heading; nothing where there is nothing to choose."""
    heads = WORDS[lang]["columns"]
    head = ("На выбор, в сумму не входит:" if lang == "ru" else "To choose, not in the total:")
    para(doc, "{%p if options %}", Look())
    para(doc, f"**{head}**", Look(before=10, after=4, keep=True))
    items_table(doc, [
        Column(heads[0], "{{ item.n }}", 9, "center"),
        Column(heads[1], named(lang) + " ({{ item.choice }})", 67),
        Column(heads[3], "{{ item.quantity }} {{ item.unit }}", 30, "right"),
        Column(heads[4], "{{ item.price }}", 25, "right"),
        Column(heads[5], "{{ item.vat_rate }}", 18, "center"),
        Column(heads[6], "{{ item.total }}", 26, "right"),
    ], [], size, rows="options")
    para(doc, "{%p endif %}", Look())


def drawn(name: str) -> str:
    """Our logo, stamp or signature, where the owner has given one."""
    return f"{{% if company.{name} %}}{{{{ company.{name} }}}}{{% endif %}}"


def signature(cell: Any, heading: str, party: str, *, stamp: str, lang: str = "", pictures: bool = False) -> None:
    """One side's place to sign: job, line, name, stamp; with `lang` an unknown name is left to be filled by hand. `pictures`: our own
    signature and stamp lie on it, as on what we alone sign.
    """
    signed, sealed = (drawn("signature"), drawn("stamp")) if pictures else ("", "")
    if heading:
        cell_text(cell, heading, Look(bold=True, after=4, keep=True))
        first = cell.add_paragraph()
    else:
        first = cell.paragraphs[0]
    blank = f" or '{BLANK}'" if lang else ""
    write(first, job(party) if lang == "ru" else f"{{{{ {party}.signatory.job }}}}", Look(after=14, keep=True))
    if not stamp:
        write(cell.add_paragraph(), f"{signed}____________________________{sealed}", Look(keep=True))
        write(cell.add_paragraph(), f"{{{{ {party}.signatory.name{blank} }}}}", Look(before=2))
        return
    write(cell.add_paragraph(), f"{signed}________________ / {{{{ {party}.signatory.short{blank} }}}} /", Look(keep=True))
    stamp = sealed + stamp
    sealed = stamp if party == "company" else f"{{% if {party}.kind != 'person' %}}{stamp}{{% else %}}\u00a0{{% endif %}}"
    write(cell.add_paragraph(), sealed, Look(size=8, grey=True, before=3))


def alone(party: str) -> str:
    """A condition: the side is an entrepreneur; our own company is known by its tax number of twelve digits."""
    return "client.kind == 'entrepreneur'" if party == "client" else "company.inn|length == 12"


def job(party: str) -> str:
    """The job of who signs; an entrepreneur has none, but is one."""
    return (f"{{% if {party}.signatory.job %}}{{{{ {party}.signatory.job }}}}"
            f"{{% elif {alone(party)} %}}Индивидуальный предприниматель{{% endif %}}")


def requisites(party: str, lang: str) -> list[str]:
    """Lines of a side's details; an empty detail leaves no line."""
    def line(field: str, label: str) -> str:
        path = f"{party}.{field}"
        return f"{{%p if {path} %}}\n{label}{{{{ {path} }}}}\n{{%p endif %}}"

    labels = {
        "ru": (("address", ""), ("inn", "ИНН "), ("kpp", "КПП "), ("ogrn", "ОГРН "), ("account", "р/с "),
               ("bank", ""), ("bic", "БИК "), ("corr_account", "к/с "), ("phone", "Тел. "), ("email", "")),
        "en": (("address", ""), ("ogrn", "Registration No. "), ("vat_id", "VAT No. "), ("inn", "Tax ID "),
               ("bank", ""), ("account", "Account "), ("bic", "BIC "), ("phone", "Tel. "), ("email", "")),
    }
    return [line(field, label) for field, label in labels[lang]]


def details(party: str, lang: str) -> list[str]:
    """`requisites` and, for a private person, the passport; lines to write on for what their card does not say."""
    lines = requisites(party, lang)
    if lang == "ru":
        lines = [line.replace("\nОГРН {{", f"\nОГРН{{% if {alone(party)} %}}ИП{{% endif %}} {{{{") for line in lines]
    if party == "client":
        known, passport, address = (
            ("паспорт ", ("паспорт: серия ________ № ______________", "выдан " + "_" * 30, "_" * 36), ("адрес: " + "_" * 30, "_" * 36))
            if lang == "ru" else ("Identity document: ", ("Identity document: " + "_" * 20,), ("Address: " + "_" * 28, "_" * 36)))
        lines[:0] = ["{%p if client.kind == 'person' %}", "{%p if client.passport %}", known + "{{ client.passport }}", "{%p else %}",
                     *passport, "{%p endif %}", "{%p if not client.address %}", *address, "{%p endif %}", "{%p endif %}"]
    return lines


def identity(party: str, lang: str, *, phone: bool = True) -> str:
    """A side in one paragraph: name, numbers, address; what is not known leaves no comma behind."""
    labels = ((("inn", "ИНН "), ("kpp", "КПП "), ("address", ""), ("phone", "тел. ")) if lang == "ru" else
              (("vat_id", "VAT No. "), ("ogrn", "Registration No. "), ("address", "")))
    rest = (f"{{% if {party}.{field} %}}, {label}{{{{ {party}.{field} }}}}{{% endif %}}" for field, label in labels
            if phone or field != "phone")
    return f"**{{{{ {party}.legal_name or {party}.name }}}}**" + "".join(rest)


def dotted(*fields: tuple[str, str]) -> str:
    """Our details in one line, a dot between those that are known; `fields` are names and what stands before each."""
    line, before = "", []
    for field, label in fields:
        dot = f"{{% if {' or '.join(before)} %}} · {{% endif %}}" if before else ""
        line += f"{{% if company.{field} %}}{dot}{label}{{{{ company.{field} }}}}{{% endif %}}"
        before.append(f"company.{field}")
    return line


def basis(lang: str, otherwise: str = "", *, bills: bool = True) -> str:
    """What a document rests on: the contract, without one the invoice if `bills`, without any `otherwise`."""
    contract, invoice, of = ("договор №", "счёт №", "от") if lang == "ru" else ("agreement No.", "invoice No.", "of")
    dated = "{{{{ {0}.number }}}} {1} {{{{ {0}.date_words }}}}"
    billed = f"{{% elif invoice.number %}}{invoice} {dated.format('invoice', of)}" if bills else ""
    return f"{{% if contract.number %}}{contract} {dated.format('contract', of)}{billed}{{% else %}}{otherwise}{{% endif %}}"


GROUND = "{% if company.vat_ground %} ({{ company.vat_ground }}){% endif %}"


def taxed(lang: str) -> str:
    """The sentence about VAT that follows a total in words."""
    untaxed = "НДС не облагается" if lang == "ru" else "no VAT is charged"
    return f"{{% if deal.vat %}}{{{{ deal.vat_words }}}}{{% else %}}{untaxed}{GROUND}{{% endif %}}"


def signatures(doc: Any, lang: str, names: tuple[str, str]) -> None:
    """Both sides' places to sign beside each other, together with what was said last."""
    made = table(doc, [WIDTH / 2, WIDTH / 2], 1, border="none", pad=1.5)
    row_marks(made.rows[0])
    for place, (party, name) in enumerate(zip(("company", "client"), names, strict=True)):
        signature(made.cell(0, place), name, party, stamp=STAMP[lang], lang=lang)


_TAG = re.compile(r"(\{[{%].*?[%}]\})")
_BOUND = r"№|No\.|скидка|discount|ИНН|КПП|ОГРН|Registration|г\.|ст\.|тел\.|М\.|Schedule|section|разделе"
_TIES = ((re.compile(rf"((?<!\w)(?:{_BOUND})) "), "\\1\u00a0"),
         (re.compile(r" (?=—)"), "\u00a0"), (re.compile(r"(?<=\d) (?=[%а-яё]|working|days|months)"), "\u00a0"))


def tie(doc: Any) -> Any:
    """Put no-break spaces where a line must not end: after №, between a number and its word, before a dash."""
    for node in doc.element.body.iter(qn("w:t")):
        pieces = _TAG.split(node.text or "")
        for place in range(0, len(pieces), 2):
            for tie_, spaced in _TIES:
                pieces[place] = tie_.sub(spaced, pieces[place])
        node.text = "".join(pieces)
    return doc


def letterhead(doc: Any, ru: bool) -> None:
    """Our company's name and details over the first page only."""
    section = doc.sections[0]
    section.different_first_page_header_footer = True
    header = section.first_page_header
    write(header.paragraphs[0], "{%p if company.logo %}")
    para(header, "{{ company.logo }}", Look(after=4))
    para(header, "{%p endif %}")
    para(header, "{{ company.name }}", Look(size=15, bold=True, after=2))
    numbers = (dotted(("inn", "ИНН "), ("kpp", "КПП "), ("ogrn", "ОГРН ")) if ru else
               dotted(("ogrn", "Registration No. "), ("vat_id", "VAT No. ")))
    reach = dotted(("address", ""), ("phone", ""), ("email", ""))
    para(header, reach, Look(size=8.5, grey=True))
    rule(para(header, numbers, Look(size=8.5, grey=True)))
    # The first page has a footer of its own; it stays empty, as a single page needs no number.
    section.first_page_footer.is_linked_to_previous = False


def who(doc: Any, rows: tuple[tuple[str, str], ...]) -> None:
    """Labels on the left, what they stand for on the right: sides and the basis over a table of items."""
    made = table(doc, [30, WIDTH - 30], len(rows), border="none", pad=1)
    for place, (label, text) in enumerate(rows):
        cell_text(made.cell(place, 0), label, Look(size=9, grey=True))
        cell_text(made.cell(place, 1), text, Look(size=9.5, after=3))
        row_marks(made.rows[place])
    para(doc, "", Look(size=4))
