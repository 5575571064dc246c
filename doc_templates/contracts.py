"""The contracts: the general one and those of supply, services and work, each with its specification as an annex."""

from dataclasses import replace
from typing import Any

from clauses import Wording, general, opening_en, opening_ru, services, supply, work
from layout import Look, bottom, cell_text, new_document, page_numbers, para, table, together
from pieces import SERIF, STAMP, WIDTH, WORDS, details, items, signature, signatures, taxed, tie

MARGINS = (18, 15, 18, 20)
HEADING = Look("left", bold=True, before=7, after=2, keep=True, heading=True, size=11)
CLAUSE = Look("both", after=2, spacing=1.08)
GENERAL_NAMES = {"ru": ("Исполнитель", "Заказчик"), "en": ("The Supplier", "The Customer")}
TITLES = {
    "general": ("Договор", "Supply and Services Agreement"), "supply": ("Договор поставки", "Supply Agreement"),
    "services": ("Договор возмездного оказания услуг", "Services Agreement"), "work": ("Договор подряда", "Agreement for Work"),
}
WORDINGS = {"general": general, "supply": supply, "services": services, "work": work}


def contract(kind: str, lang: str) -> Any:
    """A contract of a kind (general, supply, services, work): its sections in order, then the sides, then the annex."""
    ru = lang == "ru"
    words = WORDS[lang]
    wording: Wording = WORDINGS[kind].RU if ru else WORDINGS[kind].EN
    doc = new_document(SERIF, 10.5, lang=words["lang"], title=TITLES[kind][0 if ru else 1], margins=MARGINS)
    sign = "№" if ru else "No."
    para(doc, f"{wording.title} {sign} {{{{ document.number }}}}",
         Look("center", 14, bold=True, after=0 if wording.subtitle else 8, heading=True))
    if wording.subtitle:
        para(doc, wording.subtitle, Look("center", after=8))
    if ru:
        place_and_date(doc)
    para(doc, (opening_ru if ru else opening_en)(wording.roles), Look("both", before=4, after=4, spacing=1.08))
    last = len(wording.sections) + 1
    for number, (heading, clauses) in enumerate(wording.sections, 1):
        para(doc, f"{number}. {heading}", HEADING)
        for place, clause in enumerate(clauses, 1):
            # the very last clause goes along with the signatures: nobody signs a page that says nothing
            look = replace(CLAUSE, keep=(number, place) == (last - 1, len(clauses)))
            para(doc, f"{number}.{place}.\u00a0{clause.replace('[details]', str(last))}", look)
    heading = "Адреса, реквизиты и подписи Сторон" if ru else "Details and signatures"
    para(doc, f"{last}. {heading}", Look(bold=True, before=9, after=4, keep=True, heading=True, size=11))
    names = wording.roles if ru else (f"The {wording.roles[0]}", f"The {wording.roles[1]}")
    sides(doc, lang, names)
    annex(doc, lang, names)
    page_numbers(doc, f"{wording.title} {sign} {{{{ document.number }}}} · ", words["page"])
    return tie(doc)


def place_and_date(doc: Any) -> None:
    """The town on the left, the date on the right, as over Russian contracts."""
    place = table(doc, [WIDTH / 2, WIDTH / 2], 1, border="none", pad=0)
    cell_text(place.cell(0, 0), "{% if company.city %}г. {{ company.city }}{% endif %}")
    cell_text(place.cell(0, 1), "{{ document.date_words }}", Look("right"))
    # with the table right above the text LibreOffice leaves headings alone at the end of pages
    para(doc, "", Look(size=4))


def sides(doc: Any, lang: str, names: tuple[str, str]) -> None:
    """Both sides' details and places to sign, side by side, not torn apart by a page's end."""
    made = table(doc, [WIDTH / 2 - 4, 8, WIDTH / 2 - 4], 2, border="none", pad=1.5)  # the gap keeps long names apart
    for place, party, name in zip((0, 2), ("company", "client"), names, strict=True):
        whole = f"**{{{{ {party}.legal_name or {party}.name }}}}**"
        cell_text(made.cell(0, place), "\n".join([f"**{name}**", whole, *details(party, lang)]), Look(size=10, keep=True))
        signature(made.cell(1, place), "", party, stamp=STAMP[lang], lang=lang)
        made.cell(1, place).paragraphs[0].paragraph_format.space_before = 120_000
        bottom(made.cell(1, place))  # the lines of both stand level when a job takes two
    together(made)


def annex(doc: Any, lang: str, names: tuple[str, str]) -> None:
    """The specification on a page of its own."""
    ru = lang == "ru"
    head = "Приложение № 1" if ru else "Schedule 1"
    to = ("к договору № {{ document.number }} от {{ document.date_words }}" if ru else
          "to agreement No. {{ document.number }} of {{ document.date_words }}")
    para(doc, head, Look("right", bold=True, page_break=True))
    para(doc, to, Look("right", after=10))
    heading = "Спецификация" if ru else "Items and prices"
    para(doc, heading, Look("center", 13, bold=True, after=8, heading=True))
    items(doc, lang, 10)
    total = ("Всего: {{ deal.total_words }}, " if ru else "Total: {{ deal.total_words }}, ") + taxed(lang)
    para(doc, total, Look("both", before=8, after=14, spacing=1.08, keep=True))
    signatures(doc, lang, names)
