"""The act of acceptance: what was supplied, for how much, that it was accepted."""

from typing import Any

from layout import Look, new_document, page_numbers, para, rule
from pieces import SANS, WORDS, basis, identity, items, signatures, taxed, tie, who

TITLE = {"ru": "Акт № {{ document.number }} от {{ document.date_words }}",
         "en": "Certificate of acceptance No. {{ document.number }} of {{ document.date_words }}"}
ABOUT = {"ru": "приёмки товаров, услуг и результатов работ", "en": "of goods, services and work"}
LABELS = {"ru": ("Исполнитель:", "Заказчик:", "Основание:"), "en": ("Supplier:", "Customer:", "Basis:")}
SUMMARY = {
    "ru": "Всего наименований {{ items|length }}, на сумму {{ deal.total }} {{ deal.currency_sign }}, ",
    "en": "Items: {{ items|length }}; total {{ deal.total }} {{ deal.currency }}, ",
}
ACCEPTED = {
    "ru": "Исполнитель передал, а Заказчик принял товары, услуги и результаты работ, перечисленные в этом акте. Объём, качество и "
          "сроки соответствуют {% if contract.number %}договору{% else %}условиям, согласованным сторонами{% endif %}. "
          "Претензий по принятому у Заказчика нет.",
    "en": "The Supplier has handed over and the Customer has accepted the goods, services and work listed above. Extent, quality "
          "and time are as agreed{% if contract.number %} in the agreement{% endif %}. The Customer has no claims about what "
          "was accepted.",
}
COPIES = {"ru": "Акт составлен в двух экземплярах, по одному для каждой из сторон, и служит основанием для расчётов.",
          "en": "This certificate is signed in two counterparts, one for each party, and is a basis for payment."}
NAMES = {"ru": ("Сдал: Исполнитель", "Принял: Заказчик"), "en": ("Handed over: the Supplier", "Accepted: the Customer")}


def act(lang: str) -> Any:
    """Title, sides and basis, the table, the total in words, the statement, both signatures."""
    words = WORDS[lang]
    doc = new_document(SANS, 10, lang=words["lang"], title="Акт" if lang == "ru" else "Certificate of acceptance")
    para(doc, TITLE[lang], Look(size=14, bold=True, heading=True))
    rule(para(doc, ABOUT[lang], Look(grey=True, before=2, after=8)), heavy=True)
    sides = (identity("company", lang), identity("client", lang), basis(lang, "{{ deal.title }}"))
    who(doc, tuple(zip(LABELS[lang], sides, strict=True)))
    items(doc, lang, 9)
    para(doc, SUMMARY[lang] + taxed(lang), Look(size=9.5, before=8))
    rule(para(doc, "**{{ deal.total_words }}**", Look(before=2, after=8)), heavy=True)
    para(doc, ACCEPTED[lang], Look("both", before=2, after=4, spacing=1.15))
    para(doc, COPIES[lang], Look("both", after=16, spacing=1.15, keep=True))
    signatures(doc, lang, NAMES[lang])
    page_numbers(doc, f"{TITLE[lang]} · ", words["page"])
    return tie(doc)
