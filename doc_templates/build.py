"""Make the Word templates that come with the product.

Run `python doc_templates/build.py` from the project's folder, in its environment: it writes ru/ and en/
quote.docx, contract.docx and invoice.docx beside this file. The tags are docxtpl's; the fields are those of
crm/documents/catalogue.py. Change the wording here or in clauses.py, run it, and look at the result in Word.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from clauses import EN, OPENING_EN, OPENING_RU, RU
from layout import (
    Column,
    Look,
    cell_text,
    items_table,
    middle,
    new_document,
    page_numbers,
    para,
    rule,
    shade,
    table,
    write,
)

HERE = Path(__file__).parent
SANS, SERIF = "Arial", "Times New Roman"
WIDTH = 175.0

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


def items(doc: Any, lang: str, size: float, total: str = "") -> None:
    """The table of the deal's items with its totals; `total` replaces the usual label."""
    words = WORDS[lang]
    heads = words["columns"]
    discount = f"{{% if item.discount %}} ({words['item_discount']} {{{{ item.discount }}}}){{% endif %}}"
    columns = [
        Column(heads[0], "{{ item.n }}", 9, "center"),
        Column(heads[1], "{{ item.name }}" + discount, 67),
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


def signature(cell: Any, heading: str, party: str, *, stamp: str) -> None:
    """One side's place to sign: job, line, name, stamp."""
    if heading:
        cell_text(cell, heading, Look(bold=True, after=4, keep=True))
        first = cell.add_paragraph()
    else:
        first = cell.paragraphs[0]
    write(first, f"{{{{ {party}.signatory.job }}}}", Look(after=14, keep=True))
    if not stamp:
        write(cell.add_paragraph(), "____________________________", Look(keep=True))
        write(cell.add_paragraph(), f"{{{{ {party}.signatory.name }}}}", Look(before=2))
        return
    write(cell.add_paragraph(), f"________________ / {{{{ {party}.signatory.short }}}} /", Look(keep=True))
    sealed = stamp if party == "company" else f"{{% if {party}.kind != 'person' %}}{stamp}{{% endif %}}"
    write(cell.add_paragraph(), sealed, Look(size=8, grey=True, before=3))


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


def quote(lang: str) -> Any:
    """A quote of one page: letterhead, to whom, what, terms, who signs."""
    ru = lang == "ru"
    words = WORDS[lang]
    doc = new_document(SANS, 10, lang=words["lang"], title=words["quote"])
    letterhead(doc, ru)
    title = "Коммерческое предложение № {{ document.number }}" if ru else "Quotation {{ document.number }}"
    para(doc, title, Look(size=16, bold=True, before=10, heading=True))
    dated = "от {{ document.date_words }}" if ru else "{{ document.date_words }}"
    until = "действует до" if ru else "valid until"
    until = "{% if document.valid_until %} · " + until + " {{ document.valid_until_words }}{% endif %}"
    para(doc, dated + until, Look(grey=True, before=2, after=12))
    whom = "Кому: " if ru else "To: "
    para(doc, whom + "**{{ client.legal_name or client.name }}**{% if person.name %}, {{ person.name }}"
         "{% endif %}", Look(after=4))
    about = "Предмет: " if ru else "Subject: "
    para(doc, about + "**{{ deal.title }}**", Look(after=10))
    hello = ("Благодарим за интерес к нашей компании. Предлагаем следующие условия." if ru else
             "Thank you for your interest. We are pleased to offer the following.")
    para(doc, hello, Look(after=8, spacing=1.15))
    items(doc, lang, 9)
    summary = ("Всего: **{{ deal.total }} {{ deal.currency_sign }}** ({{ deal.total_words }})"
               "{% if not deal.vat %}, НДС не облагается{% endif %}." if ru else
               "Total: **{{ deal.total }} {{ deal.currency }}** ({{ deal.total_words }})"
               "{% if not deal.vat %}; no VAT is charged{% endif %}.")
    para(doc, summary, Look(before=8, after=8, spacing=1.15))
    terms = (("Цены {% if deal.vat %}включают НДС{% else %}НДС не облагаются{% endif %}"
              "{% if document.valid_until %} и действуют до {{ document.valid_until_words }}{% endif %}",
              "Оплата по счёту; срок и порядок поставки закрепляются договором") if ru else
             ("Prices {% if deal.vat %}include VAT{% else %}are free of VAT{% endif %}"
              "{% if document.valid_until %} and hold until {{ document.valid_until_words }}{% endif %}",
              "Payment is by invoice; delivery is agreed in the contract"))
    for term in terms:
        para(doc, "•  " + term, Look(left=5, hanging=5, after=2, spacing=1.15))
    contact = ("Ваш менеджер: " if ru else "Your contact: ") + (
        "**{{ manager.name }}**{% if manager.phone %}, {{ manager.phone }}{% endif %}"
        "{% if manager.email %}, {{ manager.email }}{% endif %}")
    para(doc, "{%p if manager.name %}")
    para(doc, contact, Look(before=10, after=18, keep=True))
    para(doc, "{%p endif %}", Look(keep=True))
    place = table(doc, [WIDTH], 1, border="none", pad=0).cell(0, 0)
    signature(place, "", "company", stamp="М. П." if ru else "")
    page_numbers(doc, "{{ company.name }} · № {{ document.number }} · " if ru else
                 "{{ company.name }} · {{ document.number }} · ", words["page"])
    return doc


def letterhead(doc: Any, ru: bool) -> None:
    """Our company's name and details over the first page only."""
    section = doc.sections[0]
    section.different_first_page_header_footer = True
    header = section.first_page_header
    write(header.paragraphs[0], "{{ company.name }}", Look(size=15, bold=True, after=2))
    numbers = ("{% if company.inn %}ИНН {{ company.inn }}{% endif %}"
               "{% if company.kpp %} · КПП {{ company.kpp }}{% endif %}"
               "{% if company.ogrn %} · ОГРН {{ company.ogrn }}{% endif %}" if ru else
               "{% if company.ogrn %}Registration No. {{ company.ogrn }}{% endif %}"
               "{% if company.vat_id %} · VAT No. {{ company.vat_id }}{% endif %}")
    reach = ("{{ company.address }}{% if company.phone %} · {{ company.phone }}{% endif %}"
             "{% if company.email %} · {{ company.email }}{% endif %}")
    para(header, reach, Look(size=8.5, grey=True))
    rule(para(header, numbers, Look(size=8.5, grey=True)))
    # The first page has a footer of its own; it stays empty, as a single page needs no number.
    section.first_page_footer.is_linked_to_previous = False


def contract(lang: str) -> Any:
    """A contract of supply and services with the specification as an annex."""
    ru = lang == "ru"
    words = WORDS[lang]
    doc = new_document(SERIF, 11, lang=words["lang"], title=words["contract"], margins=(18, 15, 18, 20))
    name = ("Договор № {{ document.number }}" if ru else
            "Supply and Services Agreement No. {{ document.number }}")
    para(doc, name, Look("center", 14, bold=True, heading=True))
    if ru:
        para(doc, "поставки товаров и оказания услуг", Look("center", after=8))
        place = table(doc, [WIDTH / 2, WIDTH / 2], 1, border="none", pad=0)
        cell_text(place.cell(0, 0), "{% if company.city %}г. {{ company.city }}{% endif %}")
        cell_text(place.cell(0, 1), "{{ document.date_words }}", Look("right"))
    para(doc, OPENING_RU if ru else OPENING_EN, Look("both", before=8, after=4, spacing=1.08))
    for heading, clauses in RU if ru else EN:
        number = heading.split(".")[0]
        para(doc, heading, Look("left", bold=True, before=7, after=2, keep=True, heading=True, size=11))
        for place_, clause in enumerate(clauses, 1):
            para(doc, f"{number}.{place_}.\u00a0{clause}", Look("both", after=2, spacing=1.08))
    last = "11. Адреса, реквизиты и подписи Сторон" if ru else "11. Details and signatures"
    para(doc, last, Look(bold=True, before=9, after=4, keep=True, heading=True, size=11))
    sides(doc, lang)
    specification(doc, lang)
    page_numbers(doc, f"{'Договор №' if ru else 'Agreement No.'} {{{{ document.number }}}} · ", words["page"])
    return doc


def sides(doc: Any, lang: str) -> None:
    """Both sides' details and places to sign, side by side, not torn apart by a page's end."""
    names = ("Исполнитель", "Заказчик") if lang == "ru" else ("The Supplier", "The Customer")
    made = table(doc, [WIDTH / 2, WIDTH / 2], 2, border="none", pad=1.5)
    for place, (party, name) in enumerate(zip(("company", "client"), names, strict=True)):
        whole = f"**{{{{ {party}.legal_name or {party}.name }}}}**"
        details = [f"**{name}**", whole, *requisites(party, lang)]
        cell_text(made.cell(0, place), "\n".join(details), Look(size=10, keep=True))
        signature(made.cell(1, place), "", party, stamp="М. П." if lang == "ru" else "")
        made.cell(1, place).paragraphs[0].paragraph_format.space_before = 120_000


def specification(doc: Any, lang: str) -> None:
    """The annex with the items on a page of its own."""
    ru = lang == "ru"
    head = "Приложение № 1" if ru else "Schedule 1"
    to = ("к договору № {{ document.number }} от {{ document.date_words }}" if ru else
          "to agreement No. {{ document.number }} of {{ document.date_words }}")
    para(doc, head, Look("right", bold=True, page_break=True))
    para(doc, to, Look("right", after=10))
    heading = "Спецификация" if ru else "Items and prices"
    para(doc, heading, Look("center", 13, bold=True, after=8, heading=True))
    items(doc, lang, 10)
    total, untaxed = ("Всего", ", НДС не облагается") if ru else ("Total", "; no VAT is charged")
    words = (total + ": {{ deal.total_words }}{% if deal.vat %} ({{ deal.vat_words }}){% else %}" + untaxed
             + "{% endif %}.")
    para(doc, words, Look("both", before=8, after=14, spacing=1.08))
    made = table(doc, [WIDTH / 2, WIDTH / 2], 1, border="none", pad=1.5)
    names = ("Исполнитель", "Заказчик") if ru else ("The Supplier", "The Customer")
    for place, (party, name) in enumerate(zip(("company", "client"), names, strict=True)):
        signature(made.cell(0, place), name, party, stamp="М. П." if ru else "")


def bank_block(doc: Any) -> None:
    """The payment details in the layout that Russian banks and accountants expect over an invoice."""
    made = table(doc, [55, 45, 20, 55], 4, pad=1.2)
    small = Look(size=9)
    bank = made.cell(0, 0).merge(made.cell(1, 1))
    cell_text(bank, "{{ company.bank }}\nБанк получателя", small)
    bank.paragraphs[1].runs[0].font.size = 90_000
    cell_text(made.cell(0, 2), "БИК", small)
    cell_text(made.cell(0, 3), "{{ company.bic }}", small)
    cell_text(made.cell(1, 2), "Сч. №", small)
    cell_text(made.cell(1, 3), "{{ company.corr_account }}", small)
    cell_text(made.cell(2, 0), "ИНН {{ company.inn }}", small)
    cell_text(made.cell(2, 1), "{% if company.kpp %}КПП {{ company.kpp }}{% endif %}", small)
    account = made.cell(2, 2).merge(made.cell(3, 2))
    cell_text(account, "Сч. №", small)
    cell_text(made.cell(2, 3).merge(made.cell(3, 3)), "{{ company.account }}", small)
    payee = made.cell(3, 0).merge(made.cell(3, 1))
    cell_text(payee, "{{ company.legal_name or company.name }}\nПолучатель", small)
    payee.paragraphs[1].runs[0].font.size = 90_000


def invoice_ru() -> Any:
    """The usual Russian invoice for payment, with the bank block and a place for the payment code."""
    doc = new_document(SANS, 10, lang="ru-RU", title="Счёт на оплату")
    bank_block(doc)
    title = "Счёт на оплату № {{ document.number }} от {{ document.date_words }}"
    rule(para(doc, title, Look(size=14, bold=True, before=14, after=8, heading=True)), heavy=True)
    who = table(doc, [30, WIDTH - 30], 3, border="none", pad=1)
    identity = ("**{{{{ {0}.legal_name or {0}.name }}}}**"
                "{{% if {0}.inn %}}, ИНН {{{{ {0}.inn }}}}{{% endif %}}"
                "{{% if {0}.kpp %}}, КПП {{{{ {0}.kpp }}}}{{% endif %}}"
                "{{% if {0}.address %}}, {{{{ {0}.address }}}}{{% endif %}}"
                "{{% if {0}.phone %}}, тел. {{{{ {0}.phone }}}}{{% endif %}}")
    rows = (("Поставщик\n(исполнитель):", identity.format("company")),
            ("Покупатель\n(заказчик):", identity.format("client")),
            ("Основание:", "{{ deal.title }}"))
    for place, (label, text) in enumerate(rows):
        cell_text(who.cell(place, 0), label, Look(size=9, grey=True))
        cell_text(who.cell(place, 1), text, Look(size=9.5, after=3))
    para(doc, "", Look(size=4))
    items(doc, "ru", 9, "**Всего к оплате**")
    para(doc, "Всего наименований {{ items|length }}, на сумму {{ deal.total }} {{ deal.currency_sign }}"
         "{% if not deal.vat %} НДС не облагается.{% endif %}", Look(size=9.5, before=8))
    rule(para(doc, "**{{ deal.total_words }}**", Look(after=8)), heavy=True)
    foot = table(doc, [WIDTH - 45, 45], 1, border="none", pad=0)
    left, right = foot.rows[0].cells
    until = ("{% if document.valid_until %}Счёт действителен до {{ document.valid_until_words }} {% endif %}"
             "В назначении платежа укажите номер и дату счёта.")
    cell_text(left, until, Look(size=9, after=18, spacing=1.1))
    for label, name in (("{{ company.signatory.job }}", "{{ company.signatory.short }}"),
                        ("Главный бухгалтер", "")):
        write(left.add_paragraph(), label, Look(size=9.5, after=2, keep=True))
        tail = f" / {name} /" if name else ""
        write(left.add_paragraph(), "_________________________" + tail, Look(after=12, keep=True))
    write(left.add_paragraph(), "М. П.", Look(size=8, grey=True))
    cell_text(right, "{% if qr %}{{ qr }}{% endif %}\n{% if qr %}Код для оплаты{% endif %}",
              Look("center", 7.5, grey=True))
    page_numbers(doc, "Счёт № {{ document.number }} · ", WORDS["ru"]["page"])
    return doc


def invoice_en() -> Any:
    """An invoice for English paper: sides on top, items, payment details, due date."""
    doc = new_document(SANS, 10, lang="en-GB", title="Invoice")
    head = table(doc, [WIDTH / 2, WIDTH / 2], 1, border="none", pad=0)
    cell_text(head.cell(0, 0), "{{ company.legal_name or company.name }}", Look(size=13, bold=True, after=3))
    lines = ("{{ company.address }}", "{% if company.ogrn %}Registration No. {{ company.ogrn }}{% endif %}",
             "{% if company.vat_id %}VAT No. {{ company.vat_id }}{% endif %}",
             "{{ company.phone }}{% if company.email %} · {{ company.email }}{% endif %}")
    for line in lines:
        write(head.cell(0, 0).add_paragraph(), line, Look(size=9, grey=True))
    cell_text(head.cell(0, 1), "INVOICE", Look("right", 20, bold=True, after=3))
    for label, tag in (("Invoice No. ", "**{{ document.number }}**"),
                       ("Date ", "**{{ document.date_words }}**"),
                       ("{% if document.valid_until %}Due ",
                        "**{{ document.valid_until_words }}**{% endif %}")):
        write(head.cell(0, 1).add_paragraph(), label + tag, Look("right", 10))
    rule(para(doc, "", Look(size=6, after=8)))
    para(doc, "Bill to", Look(size=9, grey=True))
    para(doc, "{{ client.legal_name or client.name }}", Look(bold=True))
    para(doc, "{{ client.address }}", Look(size=9.5))
    para(doc, "{% if client.vat_id %}VAT No. {{ client.vat_id }}{% endif %}", Look(size=9.5))
    para(doc, "{% if person.name %}Attn: {{ person.name }}{% endif %}", Look(size=9.5, after=6))
    para(doc, "For: **{{ deal.title }}**", Look(before=4, after=8))
    items(doc, "en", 9, "**Total due**")
    para(doc, "{{ deal.total_words }}{% if not deal.vat %}; no VAT is charged{% endif %}.",
         Look(before=6, after=12, size=9.5))
    payment(doc)
    signature(table(doc, [WIDTH], 1, border="none", pad=0).cell(0, 0), "", "company", stamp="")
    page_numbers(doc, "Invoice {{ document.number }} · ", WORDS["en"]["page"])
    return doc


def payment(doc: Any) -> None:
    """How to pay an English invoice, with a place for a code."""
    made = table(doc, [WIDTH - 45, 45], 1, border="none", pad=2.5, sides=True)
    cell = made.cell(0, 0)
    shade(cell)
    cell_text(cell, "How to pay", Look(bold=True, after=3))
    lines = ("Beneficiary: {{ company.legal_name or company.name }}",
             "{%p if company.bank %}", "Bank: {{ company.bank }}", "{%p endif %}",
             "{%p if company.account %}", "Account / IBAN: {{ company.account }}", "{%p endif %}",
             "{%p if company.bic %}", "BIC / SWIFT: {{ company.bic }}", "{%p endif %}",
             "Reference: invoice {{ document.number }}")
    for line in lines:
        write(cell.add_paragraph(), line, Look(size=9.5, after=1))
    middle(made.cell(0, 1))
    cell_text(made.cell(0, 1), "{% if qr %}{{ qr }}{% endif %}", Look("right"))
    para(doc, "", Look(after=12))


def main() -> None:
    """Write all six."""
    makers = {"quote": quote, "contract": contract,
              "invoice": lambda lang: invoice_ru() if lang == "ru" else invoice_en()}
    for lang in ("ru", "en"):
        for kind, maker in makers.items():
            (HERE / lang).mkdir(exist_ok=True)
            maker(lang).save(str(HERE / lang / f"{kind}.docx"))


if __name__ == "__main__":
    main()
