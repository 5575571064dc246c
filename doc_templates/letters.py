"""The official letter on our letterhead: its few sentences hold as they are and are meant to be changed in Word."""

from typing import Any

from layout import Look, cell_text, line_under, new_document, page_numbers, para, row_marks, table, write
from pieces import BLANK, SANS, WIDTH, WORDS, job, letterhead, tie

BODY = Look("both", after=8, spacing=1.2)
ABOUT = {"ru": "О документах по теме «{{ deal.title }}»", "en": "Re: {{ deal.title }}"}
HELLO = {
    "ru": "{% if client.kind == 'person' %}Здравствуйте!{% else %}Уважаемые коллеги!{% endif %}",
    "en": "{% if person.name %}Dear {{ person.name }},{% else %}Dear Sir or Madam,{% endif %}",
}
TEXT = {
    "ru": (
        "Направляем вам документы{% if contract.number %} по договору № {{ contract.number }} от "
        "{{ contract.date_words }}{% elif invoice.number %} по счёту № {{ invoice.number }} от {{ invoice.date_words }}{% endif %} "
        "и благодарим вас за сотрудничество.",
        "Просим рассмотреть их, подписать и вернуть нам один экземпляр. Если у вас есть замечания, сообщите о них в течение 5 рабочих "
        "дней со дня получения письма.",
        "{% if manager.name %}Вопросы можно задать по телефону или электронной почте: {{ manager.name }}"
        "{% if manager.phone %}, {{ manager.phone }}{% endif %}{% if manager.email %}, {{ manager.email }}{% endif %}."
        "{% else %}Будем рады ответить на ваши вопросы.{% endif %}",
    ),
    "en": (
        "Thank you for working with us. Please find enclosed the documents{% if contract.number %} for agreement No. "
        "{{ contract.number }} of {{ contract.date_words }}{% elif invoice.number %} for invoice No. {{ invoice.number }} of "
        "{{ invoice.date_words }}{% endif %}.",
        "Please look through them, sign them and return one copy to us. If you have any remarks, let us know within five working days "
        "of receiving this letter.",
        "{% if manager.name %}Your contact for any questions is {{ manager.name }}{% if manager.phone %}, {{ manager.phone }}{% endif %}"
        "{% if manager.email %}, {{ manager.email }}{% endif %}.{% else %}We will be glad to answer any questions.{% endif %}",
    ),
}
ENCLOSED = {"ru": "Приложение: документы на ____ л. в ____ экз.", "en": "Enclosed: documents, ____ sheets"}
REGARDS = {"ru": "С уважением,", "en": "Yours faithfully,"}


def letter(lang: str) -> Any:
    """Letterhead, number and addressee, the text, the signature, who wrote it."""
    ru = lang == "ru"
    words = WORDS[lang]
    doc = new_document(SANS, 10.5, lang=words["lang"], title="Письмо" if ru else "Letter", margins=(18, 15, 16, 25))
    letterhead(doc, ru)
    para(doc, "", Look(size=8))
    addressed(doc, lang)
    para(doc, ABOUT[lang], Look(bold=True, before=18, after=14))
    para(doc, HELLO[lang], Look("center" if ru else "left", after=10))
    for text in TEXT[lang]:
        para(doc, text, BODY)
    para(doc, ENCLOSED[lang], Look(before=6, after=20, size=9.5))
    para(doc, REGARDS[lang], Look(after=8, keep=True))
    signed(doc, lang)
    if ru:
        para(doc, "{%p if manager.name %}", Look(size=8))
        para(doc, "Исполнитель: {{ manager.name }}{% if manager.phone %}, {{ manager.phone }}{% endif %}",
             Look(size=8, grey=True, before=24))
        para(doc, "{%p endif %}", Look(size=8))
    page_numbers(doc, "{{ company.name }} · ", words["page"])
    return tie(doc)


def signed(doc: Any, lang: str) -> None:
    """Job, place for the signature and name in one row: a letter bears no stamp."""
    made = table(doc, [68, 45, 4, WIDTH - 5 - 117], 1, border="none", pad=0)
    row_marks(made.rows[0])
    for place, text in ((0, job("company") if lang == "ru" else "{{ company.signatory.job }}"),
                        (3, f"{{{{ company.signatory.short or '{BLANK}' }}}}")):
        cell_text(made.cell(0, place), text, Look(before=10))
    line_under(made.cell(0, 1))


def addressed(doc: Any, lang: str) -> None:
    """Number and date on the left, to whom on the right, as letters are laid out where the language is spoken."""
    ru = lang == "ru"
    made = table(doc, [75, WIDTH - 5 - 75], 1, border="none", pad=0)
    left, right = made.cell(0, 0), made.cell(0, 1)
    number = ("Исх. № {{ document.number }}\nот {{ document.date_words }}\nНа № __________ от __________" if ru else
              "Our ref. {{ document.number }}\n{{ document.date_words }}")
    cell_text(left, number, Look(size=9.5, after=4))
    write(right.paragraphs[0], "{{ client.legal_name or client.name }}", Look(bold=True, after=2, left=12))
    attention = "Вниманию: " if ru else "Attn: "
    person = "person.name and client.kind != 'person'"
    for field, text in (("client.address", "{{ client.address }}"), (person, attention + "{{ person.name }}"),
                        ("client.email", "{{ client.email }}")):
        for line in ("{%p if " + field + " %}", text, "{%p endif %}"):
            write(right.add_paragraph(), line, Look(size=9.5, after=2, left=12))
