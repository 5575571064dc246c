"""The power of attorney to collect goods: our company sends a person, whose passport is written in by hand."""

from typing import Any

from contracts import MARGINS, place_and_date
from layout import Column, Look, cell_text, items_table, line_under, new_document, page_numbers, para, row_marks, table
from pieces import BLANK, SERIF, STAMP, WIDTH, WORDS, alone, basis, identity, signature, tie

TITLE = {"ru": "Доверенность № {{ document.number }}", "en": "Power of attorney No. {{ document.number }}"}
ABOUT = {"ru": "на получение товарно-материальных ценностей", "en": "to collect goods"}
GIVES = {
    "ru": "**{{ company.legal_name or company.name }}**{% if company.inn %}, ИНН {{ company.inn }}{% endif %}"
          f"{{% if company.ogrn %}}, ОГРН{{% if {alone('company')} %}}ИП{{% endif %}} {{{{ company.ogrn }}}}{{% endif %}}"
          "{% if company.address %}, {{ company.address }}{% endif %}"
          "{% if company.signatory.name_genitive and company.signatory.name not in company.legal_name %}, "
          "в лице {% if company.signatory.job_genitive %}{{ company.signatory.job_genitive }} {% endif %}"
          "{{ company.signatory.name_genitive }}{% if company.signatory.basis_genitive %}, {{ company.signatory.acting }} "
          "на основании {{ company.signatory.basis_genitive }}{% endif %}{% endif %}, настоящей доверенностью уполномочивает:",
    "en": "**{{ company.legal_name or company.name }}**{% if company.address %}, of {{ company.address }}{% endif %}"
          "{% if company.signatory.name and company.signatory.name not in company.legal_name %}, represented by "
          "{{ company.signatory.name }}{% if company.signatory.job %}, {{ company.signatory.job }}{% endif %}"
          "{% if company.signatory.basis %}, acting under {{ company.signatory.basis }}{% endif %}{% endif %}, "
          "authorises the following person:",
}
PERSON = {
    "ru": (("Фамилия, имя, отчество", "**{{ manager.name }}**"), ("Должность", "{{ manager.job }}"),
           ("Паспорт: серия и номер", ""), ("Кем и когда выдан", "")),
    "en": (("Full name", "**{{ manager.name }}**"), ("Job title", "{{ manager.job }}"),
           ("Identity document, number", ""), ("Issued by, date", "")),
}
GOODS = {
    "ru": (("Поставщик", identity("client", "ru", phone=False)), ("Основание", basis("ru", "{{ deal.title }}"))),
    "en": (("Supplier", identity("client", "en")), ("Basis", basis("en", "{{ deal.title }}"))),
}
RIGHTS = {
    "ru": "Для этого представитель вправе проверять количество и состояние ценностей, подписывать накладные, акты и универсальные "
          "передаточные документы, вносить в них замечания. Передоверие не допускается.",
    "en": "For this purpose the person may check the quantity and condition of the goods, sign delivery notes and certificates, and "
          "write remarks in them. The authority may not be passed on to another person.",
}
TERM = {
    "ru": "Доверенность действительна {% if document.valid_until %}по {{ document.valid_until_words }} включительно{% else %}"
          "в течение 15 календарных дней со дня выдачи{% endif %}.",
    "en": "This power of attorney is valid {% if document.valid_until %}until {{ document.valid_until_words }}, inclusive{% else %}"
          "for 15 days from its date{% endif %}.",
}
SAMPLE = {"ru": f"Подпись представителя {BLANK} удостоверяем.", "en": f"Signature of the person authorised: {BLANK}"}


def attorney(lang: str) -> Any:
    """Who sends whom, for what and to whom, with which rights, how long; our signature alone."""
    ru = lang == "ru"
    words = WORDS[lang]
    title = "Доверенность" if ru else "Power of attorney"
    doc = new_document(SERIF, 11, lang=words["lang"], title=title, margins=MARGINS)
    para(doc, TITLE[lang], Look("center", 14, bold=True, heading=True))
    para(doc, ABOUT[lang], Look("center", after=10))
    if ru:
        place_and_date(doc)
    else:
        para(doc, "{{ document.date_words }}", Look("right"))
    para(doc, GIVES[lang], Look("both", before=6, after=6, spacing=1.08))
    form(doc, PERSON[lang])
    goods = "получить следующие товарно-материальные ценности:" if ru else "to collect the following goods:"
    para(doc, goods, Look(before=8, after=4, keep=True))
    form(doc, GOODS[lang])
    para(doc, "", Look(size=6, keep=True))
    heads = words["columns"]
    items_table(doc, [Column(heads[0], "{{ item.n }}", 10, "center"), Column(heads[1], "{{ item.name }}", 115),
                      Column(heads[2], "{{ item.unit }}", 20, "center"), Column(heads[3], "{{ item.quantity }}", 30, "right")],
                [], 10)
    para(doc, RIGHTS[lang], Look("both", before=8, after=4, spacing=1.08))
    para(doc, TERM[lang], Look("both", after=12, spacing=1.08, keep=True))
    para(doc, SAMPLE[lang], Look(after=16, keep=True))
    signature(table(doc, [WIDTH], 1, border="none", pad=0).cell(0, 0), "", "company", stamp=STAMP[lang], lang=lang)
    page_numbers(doc, f"{TITLE[lang]} · ", words["page"])
    return tie(doc)


def form(doc: Any, rows: tuple[tuple[str, str], ...]) -> None:
    """Labels with lines beside them; what the program does not know is written on the line."""
    made = table(doc, [50, WIDTH - 50], len(rows), border="none", pad=1.4, sides=True)
    for place, (label, text) in enumerate(rows):
        row_marks(made.rows[place])
        cell_text(made.cell(place, 0), label, Look(size=10, grey=True))
        cell_text(made.cell(place, 1), text)
        line_under(made.cell(place, 1))
