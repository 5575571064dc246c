"""The invoice: Russian and English ones differ in their whole layout."""

from typing import Any

from layout import Look, cell_text, middle, new_document, page_numbers, para, rule, shade, table, write
from pieces import GROUND, SANS, WIDTH, WORDS, basis, dotted, drawn, items, signature


def invoice(lang: str) -> Any:
    """The invoice in one of the languages."""
    return invoice_ru() if lang == "ru" else invoice_en()


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
            ("Основание:", basis("ru", "{{ deal.title }}", bills=False)))
    for place, (label, text) in enumerate(rows):
        cell_text(who.cell(place, 0), label, Look(size=9, grey=True))
        cell_text(who.cell(place, 1), text, Look(size=9.5, after=3))
    para(doc, "", Look(size=4))
    items(doc, "ru", 9, "**Всего к оплате**")
    para(doc, "Всего наименований {{ items|length }}, на сумму {{ deal.total }} {{ deal.currency_sign }}"
         "{% if not deal.vat %} НДС не облагается" + GROUND + ".{% endif %}", Look(size=9.5, before=8))
    rule(para(doc, "**{{ deal.total_words }}**", Look(after=8)), heavy=True)
    foot = table(doc, [WIDTH - 45, 45], 1, border="none", pad=0)
    left, right = foot.rows[0].cells
    until = ("{% if document.valid_until %}Счёт действителен до {{ document.valid_until_words }} {% endif %}"
             "В назначении платежа укажите номер и дату счёта.")
    cell_text(left, until, Look(size=9, after=18, spacing=1.1))
    for text in ("{%p if pay_link %}", "Оплатить картой: {{ pay_link }}", "{%p endif %}"):
        write(left.add_paragraph(), text, Look(size=9, after=18))
    for label, name in (("{{ company.signatory.job }}", "{{ company.signatory.short }}"),
                        ("Главный бухгалтер", "")):
        write(left.add_paragraph(), label, Look(size=9.5, after=2, keep=True))
        line = f"{drawn('signature')}_________________________ / {name} /" if name else "_________________________"
        write(left.add_paragraph(), line, Look(after=12, keep=True))
    write(left.add_paragraph(), f"{drawn('stamp')}М. П.", Look(size=8, grey=True))
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
             dotted(("phone", ""), ("email", "")))
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
    para(doc, f"For: **{basis('en', '{{ deal.title }}', bills=False)}**", Look(before=4, after=8))
    items(doc, "en", 9, "**Total due**")
    para(doc, "{{ deal.total_words }}{% if not deal.vat %}; no VAT is charged" + GROUND + "{% endif %}.",
         Look(before=6, after=12, size=9.5))
    payment(doc)
    signature(table(doc, [WIDTH], 1, border="none", pad=0).cell(0, 0), "", "company", stamp="", pictures=True)
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
             "Reference: invoice {{ document.number }}",
             "{%p if pay_link %}", "By card: {{ pay_link }}", "{%p endif %}")
    for line in lines:
        write(cell.add_paragraph(), line, Look(size=9.5, after=1))
    middle(made.cell(0, 1))
    cell_text(made.cell(0, 1), "{% if qr %}{{ qr }}{% endif %}", Look("right"))
    para(doc, "", Look(after=12))
