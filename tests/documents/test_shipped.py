"""The Word templates that come with the program: each is sound and makes a paper that can be signed, whoever the client is."""

import datetime as dt
import io
import re
import subprocess
import sys
import zipfile
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.deals.models import Deal
from crm.deals.operations import LineInput, set_lines
from crm.documents import context, engine, sheets
from crm.documents.catalogue import field_tree
from crm.documents.models import KINDS
from crm.documents.operations import make_document, template_for
from crm.documents.shipped import FOLDER, Shipped, all_shipped, shipped
from tests.documents.scene import LINES, W

DAY = dt.date(2026, 11, 21)
GAP = "\u00a0"
CLIENTS = ("company", "entrepreneur", "person")
STEMS = ("quote", "contract", "contract-supply", "contract-services", "contract-work", "specification", "invoice", "act", "transfer",
         "attorney", "letter")
PRICED = tuple(stem for stem in STEMS if stem != "letter")
NAMES = {"company": "Общество с ограниченной ответственностью «Рога & Копыта»",
         "entrepreneur": "Индивидуальный предприниматель Громов Пётр Львович", "person": "Лебедь Ольга Ивановна"}
OURS = "Общество с ограниченной ответственностью «Тест»"
UNTAXED = {"ru": "НДС не облагается", "en": "no VAT is charged"}
every = pytest.mark.parametrize("one", all_shipped(), ids=lambda one: f"{one.locale}-{one.stem}")


def become(deal: Deal, kind: str) -> None:
    """The deal's client as a company, an entrepreneur who signs for himself, or a private person."""
    if kind == "person":
        deal.company = None
    elif kind == "entrepreneur":
        firm = deal.company
        assert firm is not None
        firm.kind, firm.name, firm.legal_name, firm.kpp = kind, "ИП Громов П. Л.", NAMES[kind], ""
        firm.inn, firm.ogrn = "500100732259", "304500116000157"
        firm.signatory_name, firm.signatory_job, firm.signatory_basis = "Громов Пётр Львович", "", ""


def priced(deal: Deal, actor: User, *, vat: bool, discount: bool) -> None:
    """The lines of the scene with VAT or without, with the discount or without."""
    set_lines(deal, [LineInput(name=line.name, quantity=line.quantity, price=line.price, unit=line.unit,
                               discount=line.discount if discount else Decimal(0), vat_rate=line.vat_rate if vat else None)
                     for line in LINES], actor=actor)


def data_of(deal: Deal, one: Shipped) -> dict[str, Any]:
    """What a document of this template is made from."""
    until = dt.date(2026, 12, 5) if one.kind == "quote" else None
    data = context.build(deal, kind=one.kind, lang=one.locale, number="17/2026", dated=DAY, valid_until=until)
    return context.with_pictures(data)


def words(word: bytes) -> str:
    """All text of a Word file: body, headers, footers; lines of cells as lines."""
    found = []
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        for name in sorted(archive.namelist()):
            if re.fullmatch(r"word/(document|header\d*|footer\d*)\.xml", name):
                root = etree.fromstring(archive.read(name))
                found += ["".join(node.text or "" for node in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p")]
    return "\n".join(found).replace(GAP, " ")


def paper(deal: Deal, one: Shipped) -> str:
    """The words of a document of this template."""
    return words(sheets.render(one.digest, data_of(deal, one)))


def one_of(stem: str, locale: str = "ru") -> Shipped:
    return next(one for one in all_shipped() if (one.stem, one.locale) == (stem, locale))


def test_every_kind_is_brought_in_both_languages() -> None:
    assert [(one.locale, one.stem) for one in all_shipped()] == [(locale, stem) for locale in ("ru", "en") for stem in STEMS]
    assert {one.kind for one in all_shipped()} == set(KINDS)


@every
def test_a_shipped_template_has_no_fault_and_no_warning(one: Shipped) -> None:
    report = engine.check(one.data, field_tree())
    assert (report.faults, report.warnings) == ((), ())


@every
@pytest.mark.parametrize("vat", [True, False], ids=["vat", "untaxed"])
@pytest.mark.parametrize("kind", CLIENTS)
def test_it_makes_a_whole_paper_for_any_client(deal: Deal, boris: User, one: Shipped, kind: str, vat: bool) -> None:
    become(deal, kind)
    for discount in (True, False):
        priced(deal, boris, vat=vat, discount=discount)
        found = paper(deal, one)
        assert re.findall(r"\{[{%#]|[}%#]\}|None|Decimal|\[details\]", found) == []
        assert holes(found) == []
        assert "17/2026" in found
        assert NAMES[kind] in found
        assert (OURS in found) or one.kind in ("quote", "letter")
        if one.stem in PRICED and one.kind != "attorney":
            total = {("ru", True): "410 203,93", ("ru", False): "428 503,93", ("en", True): "410,203.93",
                     ("en", False): "428,503.93"}[one.locale, discount]
            assert total in found
            shown = discount and (one.locale, one.stem) != ("ru", "transfer")  # that form has no row for a discount
            assert (("18 300,00" if one.locale == "ru" else "18,300.00") in found) == shown


HOLES = re.compile(r"\(\s*\)|«\s*»|,\s*[,.;)]|\(\s|\s\s|№\s*от\b|/\s+/|\.\.$|·\s*·|\s[,.;]|^[,;.·]|[,·]$")


def holes(found: str) -> list[str]:
    """Lines where an empty value left its mark: empty brackets, a comma before a full stop, two blanks, 'No. of'."""
    lines = (line.strip().removeprefix("•  ") for line in found.split("\n"))
    return [line for line in lines if HOLES.search(line) and not line.startswith(("С уважением", "Dear ", "Yours "))]


@pytest.mark.parametrize(("stem", "wanted"), [
    ("contract-supply", ("Договор поставки № 17/2026", "передать в собственность Покупателя", "для предпринимательской деятельности",
                         "Приложение № 1", "арбитражный суд")),
    ("contract-services", ("Договор возмездного оказания услуг № 17/2026", "по заданию Заказчика оказать услуги", "арбитражный суд")),
    ("contract-work", ("Договор подряда № 17/2026", "сдать их результат", "Гарантийный срок", "завершает их в течение 30 рабочих дней")),
    ("specification", ("Спецификация № 17/2026", "неотъемлемую часть договора")),
    ("act", ("Акт № 17/2026", "Заказчик принял товары", "Претензий по принятому")),
    ("attorney", ("Доверенность № 17/2026", "уполномочивает", "Борис Ёлкин", "15 календарных дней со дня выдачи", "Передоверие не")),
    ("letter", ("Исх. № 17/2026", "Уважаемые коллеги!", "ООО «Тест»")),
])
def test_what_the_paper_is_for_stands_in_it(deal: Deal, stem: str, wanted: tuple[str, ...]) -> None:
    found = paper(deal, one_of(stem))
    assert [part for part in wanted if part not in found] == []


@pytest.mark.parametrize("stem", ["contract-supply", "contract-services", "contract-work", "specification", "act", "invoice", "quote"])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_vat_is_named_or_said_to_be_absent(deal: Deal, boris: User, stem: str, locale: str) -> None:
    sentence = {"ru": "в том числе НДС 22 % — 73 971,20 руб.", "en": "including VAT at 22%: RUB 73,971.20"}[locale]
    found = paper(deal, one_of(stem, locale))
    assert sentence in found or stem in ("invoice", "quote")  # there it stands in the table
    assert UNTAXED[locale] not in found
    priced(deal, boris, vat=False, discount=True)
    found = paper(deal, one_of(stem, locale))
    assert UNTAXED[locale] in found
    assert sentence not in found


@pytest.mark.parametrize("stem", ["contract", "contract-supply", "contract-services", "contract-work"])
def test_each_signs_a_contract_as_what_they_are(deal: Deal, stem: str) -> None:
    one = one_of(stem)
    found = paper(deal, one)
    assert "в лице Директора Кравца Ильи Ильича, действующего на основании Устава, с другой стороны" in found
    become(deal, "entrepreneur")
    found = paper(deal, one)
    assert "Громов Пётр Львович (ОГРНИП 304500116000157), именуемый в дальнейшем" in found
    assert found.count("в лице") == 1  # ours; nobody acts for an entrepreneur who signs
    assert "\nИндивидуальный предприниматель\n" in found
    become(deal, "person")
    found = paper(deal, one)
    assert "Лебедь Ольга Ивановна, именуемая в дальнейшем" in found
    assert "паспорт: серия" in found
    assert found.count("М. П.") == 2  # ours under the contract and under its annex
    assert deal.contact is not None
    deal.contact.passport, deal.contact.address = "4510 123456, выдан ОВД Арбат 01.02.2010", "г. Тула, ул. Мира, 1"
    deal.contact.inn = "500100732259"
    found = paper(deal, one)
    assert "паспорт 4510 123456, выдан ОВД Арбат 01.02.2010\n" in found
    assert "\nг. Тула, ул. Мира, 1\nИНН" in found.replace("\u00a0", " ")
    assert "____\nвыдан" not in found
    assert "адрес: __" not in found


def test_an_entrepreneur_may_send_somebody_else_to_sign(deal: Deal) -> None:
    become(deal, "entrepreneur")
    assert deal.company is not None
    deal.company.signatory_name, deal.company.signatory_basis = "Кравец Илья Ильич", "Доверенность № 5"
    found = paper(deal, one_of("contract-work"))
    assert "(ОГРНИП 304500116000157), именуемый в дальнейшем «Заказчик», в лице Кравца Ильи Ильича, действующего" in found


@pytest.mark.parametrize("stem", ["contract-supply", "contract-services", "contract-work"])
def test_the_law_on_consumers_is_kept_with_a_private_person(deal: Deal, stem: str) -> None:
    one = one_of(stem)
    business = paper(deal, one)
    become(deal, "person")
    found = paper(deal, one)
    for words_of_it in ("законодательство о защите прав потребителей", "по месту своего жительства"):
        assert words_of_it in found
        assert words_of_it not in business
    for narrow in ("без упущенной выгоды", "арбитражный суд", "счёт-фактур"):
        assert narrow in business
        assert narrow not in found
    assert ("Договор купли-продажи" in found) == (stem == "contract-supply")


@pytest.mark.parametrize("stem", ["act", "transfer", "attorney", "specification", "letter"])
def test_a_paper_refers_to_the_contract_else_to_the_invoice(deal: Deal, stem: str) -> None:
    one = one_of(stem)
    nothing = paper(deal, one)
    assert not re.search(r"(договор\w*|счёт\w*) № \d", nothing)
    make_document(deal, template=template_for(kind="invoice", locale="ru", key=""), actor=None, dated=DAY)
    if stem != "specification":  # it belongs to a contract and to nothing else
        assert re.search(r"счёту? № 1/2026 от «21» ноября 2026 г\.", paper(deal, one))
    contract = make_document(deal, template=template_for(kind="contract", locale="ru", key=""), actor=None, dated=DAY)
    contract.numbered = "8/2026"
    assert re.search(r"договору? № 8/2026 от «21» ноября 2026 г\.", paper(deal, one))


def test_the_transfer_document_has_the_sums_with_and_without_tax(deal: Deal, boris: User) -> None:
    one = one_of("transfer")
    found = paper(deal, one)
    for part in ("Статус: 2", "7736207543 / 770401001", "7707083893 / 773601001", "285 000,00", "62 700,00", "347 700,00",
                 "336 232,73", "73 971,20", "410 203,93", "российский рубль, 643", "№ п/п 1–3"):
        assert part in found
    priced(deal, boris, vat=False, discount=False)
    found = paper(deal, one)
    assert found.count("Без НДС") == 7  # two columns of three lines, and the total
    assert "с налогом," not in found


def test_nothing_of_the_company_being_known_leaves_no_hole_where_people_sign(deal: Deal) -> None:
    ours = the_organization()
    ours.signatory_name = ours.signatory_job = ours.signatory_basis = ""
    assert deal.company is not None
    deal.company.signatory_name = deal.company.signatory_job = deal.company.signatory_basis = ""
    for one in all_shipped():
        if one.kind not in ("quote", "invoice"):
            assert holes(paper(deal, one)) == []


def test_each_contract_numbers_its_sections_to_the_last(deal: Deal) -> None:
    for one in all_shipped():
        if one.kind == "contract":
            found = paper(deal, one)
            numbers = [int(number) for number in re.findall(r"^(\d+)\. \w", found, re.M)]
            assert numbers == list(range(1, len(numbers) + 1))
            assert 8 <= len(numbers) <= 12
            assert re.search(rf"(разделе|section) {numbers[-1]}\b|to the addresses below", found)


def test_the_files_are_what_their_sources_make() -> None:
    run = subprocess.run([sys.executable, "-c", SAME], cwd=FOLDER, capture_output=True, text=True, check=True)
    assert run.stdout.split() == []


SAME = """
import build
print(*(f"{lang}/{stem}" for lang in ("ru", "en") for stem in build.MAKERS
        if build.parts(build.made(stem, lang)) != build.parts((build.HERE / lang / f"{stem}.docx").read_bytes())))
"""


@pytest.mark.parametrize("known", ["vat_id", "ogrn", "kpp", "phone", "email"])
@every
def test_what_we_have_not_told_of_ourselves_leaves_no_dot_behind(deal: Deal, one: Shipped, known: str) -> None:
    data = data_of(deal, one)
    for field in ("inn", "kpp", "ogrn", "vat_id", "address", "phone", "email"):
        data["company"][field] = "12345" if field == known else ""
    lines = words(sheets.render(one.digest, data)).split("\n")
    assert not [line for line in lines if line.strip().startswith("·") or line.strip().endswith("·")]


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_the_terms_of_a_quote_stand_off_from_the_table_of_what_may_be_chosen(locale: str) -> None:
    one = shipped("quote", locale)
    assert one is not None
    with zipfile.ZipFile(io.BytesIO(one.data)) as archive:
        body = etree.fromstring(archive.read("word/document.xml"))
    bullets = [node for node in body.iter(f"{W}p") if "".join(text.text or "" for text in node.iter(f"{W}t")).startswith("•")]
    spaces = [int(node.find(f".//{W}spacing").get(f"{W}before", "0")) for node in bullets]
    assert spaces[0] >= 120  # twentieths of a point
    assert not any(spaces[1:])
