"""The specification as a document of its own: what is supplied under a contract that is already signed."""

from typing import Any

from contracts import GENERAL_NAMES, MARGINS
from layout import Look, new_document, page_numbers, para
from pieces import SERIF, WORDS, items, signatures, taxed, tie

TITLE = {"ru": "Спецификация № {{ document.number }}", "en": "Specification No. {{ document.number }}"}
TO = {
    "ru": "от {{ document.date_words }}{% if contract.number %} к договору № {{ contract.number }} "
          "от {{ contract.date_words }}{% endif %}",
    "en": "of {{ document.date_words }}{% if contract.number %} to agreement No. {{ contract.number }} "
          "of {{ contract.date_words }}{% endif %}",
}
OPENING = {
    "ru": "**{{ company.legal_name or company.name }}** («Исполнитель») и **{{ client.legal_name or client.name }}** "
          "(«Заказчик») согласовали наименования, количество и цены того, что Исполнитель передаёт, оказывает или выполняет, "
          "а Заказчик принимает и оплачивает.",
    "en": "**{{ company.legal_name or company.name }}** (the “Supplier”) and **{{ client.legal_name or client.name }}** (the "
          "“Customer”) have agreed on the items, quantities and prices that the Supplier shall supply and the Customer "
          "shall accept and pay for.",
}
TOTAL = {"ru": "Всего: **{{ deal.total }} {{ deal.currency_sign }}** ({{ deal.total_words }}), ",
         "en": "Total: **{{ deal.total }} {{ deal.currency }}** ({{ deal.total_words }}), "}
TERMS = {
    "ru": ("Сроки и место исполнения, порядок оплаты и приёмки определяются договором"
           "{% if not contract.number %}, который Стороны подписывают вместе со спецификацией{% endif %}.",
           "Спецификация действует со дня подписания и составляет неотъемлемую часть договора. Составлена в двух экземплярах, "
           "по одному для каждой из Сторон."),
    "en": ("Time and place of supply, payment and acceptance are governed by the agreement"
           "{% if not contract.number %} that the parties sign together with this specification{% endif %}.",
           "This specification takes effect on signature and forms part of the agreement. It is signed in two counterparts, one "
           "for each party."),
}


def specification(lang: str) -> Any:
    """Title, what was agreed, the table, the terms, both signatures."""
    words = WORDS[lang]
    doc = new_document(SERIF, 11, lang=words["lang"], title="Спецификация" if lang == "ru" else "Specification", margins=MARGINS)
    para(doc, TITLE[lang], Look("center", 14, bold=True, heading=True))
    para(doc, TO[lang], Look("center", after=10))
    para(doc, OPENING[lang], Look("both", after=8, spacing=1.08))
    items(doc, lang, 10)
    para(doc, TOTAL[lang] + taxed(lang), Look("both", before=8, after=6, spacing=1.08))
    for number, term in enumerate(TERMS[lang], 1):
        last = number == len(TERMS[lang])
        para(doc, f"{number}.\u00a0{term}", Look("both", after=14 if last else 2, spacing=1.08, keep=last))
    signatures(doc, lang, GENERAL_NAMES[lang])
    page_numbers(doc, f"{TITLE[lang]} · ", words["page"])
    return tie(doc)
