"""The quote, in both languages."""

from typing import Any

from layout import Look, new_document, page_numbers, para, table
from pieces import GROUND, SANS, WIDTH, WORDS, items, letterhead, options, signature


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
    items(doc, lang, 9, choice="{% if item.choice %} ({{ item.choice }}){% endif %}")
    summary = ("Всего: **{{ deal.total }} {{ deal.currency_sign }}** ({{ deal.total_words }})"
               "{% if not deal.vat %}, НДС не облагается" + GROUND + "{% endif %}." if ru else
               "Total: **{{ deal.total }} {{ deal.currency }}** ({{ deal.total_words }})"
               "{% if not deal.vat %}; no VAT is charged" + GROUND + "{% endif %}.")
    para(doc, summary, Look(before=8, spacing=1.15))
    options(doc, lang, 9)
    terms = (("Цены {% if deal.vat %}включают НДС{% else %}НДС не облагаются{% endif %}"
              "{% if document.valid_until %} и действуют до {{ document.valid_until_words }}{% endif %}",
              "Оплата по счёту; срок и порядок поставки закрепляются договором") if ru else
             ("Prices {% if deal.vat %}include VAT{% else %}are free of VAT{% endif %}"
              "{% if document.valid_until %} and hold until {{ document.valid_until_words }}{% endif %}",
              "Payment is by invoice; delivery is agreed in the contract"))
    for place, term in enumerate(terms):  # the first stands off from the sum, or from the table of what may be chosen
        para(doc, "•  " + term, Look(left=5, hanging=5, before=0 if place else 8, after=2, spacing=1.15))
    contact = ("Ваш менеджер: " if ru else "Your contact: ") + (
        "**{{ manager.name }}**{% if manager.phone %}, {{ manager.phone }}{% endif %}"
        "{% if manager.email %}, {{ manager.email }}{% endif %}")
    para(doc, "{%p if manager.name %}")
    para(doc, contact, Look(before=10, after=18, keep=True))
    para(doc, "{%p endif %}", Look(keep=True))
    place = table(doc, [WIDTH], 1, border="none", pad=0).cell(0, 0)
    signature(place, "", "company", stamp="М. П." if ru else "", pictures=True)
    page_numbers(doc, "{{ company.name }} · № {{ document.number }} · " if ru else
                 "{{ company.name }} · {{ document.number }} · ", words["page"])
    return doc
