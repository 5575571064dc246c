"""Documents from deals: the words, the sums, the numbers, the bytes."""

import datetime as dt
import threading
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.core import files, money
from crm.core.db import db
from crm.core.events import Event
from crm.deals import requirements
from crm.deals.models import Deal, DealLine
from crm.deals.operations import LineInput, set_lines
from crm.deals.queries.lines import line_sums
from crm.documents import context, gaps, qr, queries, sheets
from crm.documents.engine import Picture
from crm.documents.models import Document, NumberSeries, Template
from crm.documents.operations import (
    DocumentError,
    install_templates,
    make_document,
    remake,
    take_number,
    template_for,
)
from crm.documents.shipped import all_shipped
from tests.cast import Cast, make_cast
from tests.documents.scene import make_scene, text_of

DAY = dt.date(2026, 11, 21)
GAP = "\u00a0"


def made(deal: Deal, kind: str, locale: str = "ru", actor: User | None = None, **days: dt.date) -> Document:
    template = template_for(kind=kind, locale=locale, key="")
    return make_document(deal, template=template, actor=actor, **{"dated": DAY, **days})


def text(document: Document) -> str:
    return text_of(files.read(document.digest))


def test_the_shipped_templates_are_installed_once(context: Session, cast: Cast) -> None:
    assert len(install_templates(actor=None)) == len(all_shipped())
    assert install_templates(actor=None) == []
    rows = context.execute(sa.select(Template.kind, Template.locale, Template.name).order_by(Template.id)).all()
    assert [(kind, locale) for kind, locale, _name in rows] == [(one.kind, one.locale) for one in all_shipped()]
    assert [name for kind, locale, name in rows if kind in ("quote", "contract", "invoice") and locale == "ru"] == [
        "КП", "Договор", "Договор поставки", "Договор оказания услуг", "Договор подряда", "Счёт"]


def test_a_first_document_brings_only_the_row_of_its_own_template(deal: Deal, boris: User) -> None:
    document = made(deal, "quote", actor=boris)
    assert db.session.scalars(sa.select(Template.kind)).all() == ["quote"]
    assert document.version is not None
    assert document.version.digest == document.version.template.current.digest  # type: ignore[union-attr]


def test_the_sums_are_those_of_the_deal(deal: Deal) -> None:
    reckoned = money.totals(line_sums(deal.lines))
    assert reckoned.total == deal.amount == 41_020_393
    data = context.build(deal, kind="quote", lang="ru", number="1/2026", dated=DAY, valid_until=None)
    assert data["deal"]["total_number"] == Decimal("410203.93")
    assert data["deal"]["vat_number"] == money.to_major(reckoned.vat, "RUB")
    assert sum(item["total_number"] for item in data["items"]) == data["deal"]["total_number"]
    assert data["deal"]["discount"] == f"18{GAP}300,00"
    assert data["deal"]["total_words"] == "Четыреста десять тысяч двести три рубля 93 копейки"


def test_what_goods_cost_us_is_among_no_data_of_a_document(deal: Deal) -> None:
    for line in deal.lines:
        line.cost = 654_321_98
    data = str(context.build(deal, kind="quote", lang="en", number="1/2026", dated=DAY, valid_until=None))
    assert "Стол" in data
    assert not [text for text in ("654321", "654,321", "65432198") if text in data]


def test_a_quote_has_the_client_the_lines_and_the_sum(deal: Deal, boris: User) -> None:
    words = text(made(deal, "quote", actor=boris))
    for part in ("№ 1/2026", "«Рога & Копыта»", "Стол <30 мм> & стул", f"347{GAP}700,00", f"410{GAP}203,93",
                 "Борис Ёлкин", "Лебедь Ольга Ивановна"):
        assert part in words
    assert "{{" not in words


def test_a_contract_names_both_signatories_in_the_genitive(deal: Deal) -> None:
    words = text(made(deal, "contract"))
    assert "Генерального директора Орловой Марины Викторовны, действующей на основании Устава" in words
    assert "Директора Кравца Ильи Ильича, действующего на основании Устава" in words
    assert f"«21»{GAP}ноября 2026{GAP}г." in words


def test_the_confirmed_genitive_wins_over_the_proposed_one(deal: Deal) -> None:
    deal.company.signatory_name_genitive = "Кравеца Ильи Ильича"  # type: ignore[union-attr]
    assert "Директора Кравеца Ильи Ильича" in text(made(deal, "contract"))


def test_an_english_document_speaks_english_of_the_same_deal(deal: Deal) -> None:
    document = made(deal, "invoice", "en")
    words = text(document)
    assert "410,203.93" in words
    assert "Four hundred and ten thousand, two hundred and three roubles and 93 kopecks" in words
    assert document.file_name == "Invoice 1-2026 ООО «Рога & Копыта Юг».docx"


def test_a_deal_without_vat_says_so(deal: Deal, boris: User) -> None:
    set_lines(deal, [LineInput(name="Урок", price=150_000, vat_rate=None)], actor=boris)
    data = context.build(deal, kind="quote", lang="ru", number="1/2026", dated=DAY, valid_until=None)
    assert (data["deal"]["vat_words"], data["deal"]["vat"], data["items"][0]["vat_rate"]) == ("Без НДС", "", "Без НДС")


def test_a_deal_without_lines_is_one_line_with_its_sum_and_the_usual_vat(cast: Cast, context: Session) -> None:
    deal = make_scene(cast)
    deal.lines, deal.amount = [], 1_220_000
    document = made(deal, "quote")
    db.session.flush()
    assert document.amount == 1_220_000
    assert db.session.scalars(sa.select(DealLine)).all() == []  # the line is on paper only
    assert "Оснащение класса" in text(document)
    assert f"2{GAP}200,00" in text(document)  # 22/122 of 12,200


def test_a_private_person_signs_for_themselves(deal: Deal) -> None:
    deal.company = None
    data = context.build(deal, kind="contract", lang="ru", number="1/2026", dated=DAY, valid_until=None)
    assert (data["client"]["name"], data["client"]["kind"], data["client"]["called"]) == (
        "Лебедь Ольга Ивановна", "person", "именуемая")
    assert data["client"]["signatory"]["name_genitive"] == "Лебедь Ольги Ивановны"
    assert data["client"]["email"] == "o.lebed@port.example"


def test_a_rouble_invoice_carries_the_payment_code(deal: Deal) -> None:
    data = context.build(deal, kind="invoice", lang="ru", number="7/2026", dated=DAY, valid_until=None)
    assert data[qr.TEXT] == (
        "ST00012|Name=Общество с ограниченной ответственностью «Тест»|PersonalAcc=40702810000001702674"
        "|BankName=АО «Альфа-Банк»|BIC=044525593|CorrespAcc=30101810200000000593|Sum=41020393"
        "|Purpose=Оплата по счёту № 7/2026 от 21.11.2026, в том числе НДС 22 % — 73 971,20 руб.|PayeeINN=7736207543|KPP=770401001")
    picture = context.with_pictures(data)["qr"]
    assert isinstance(picture, Picture)
    assert picture.data.startswith(b"\x89PNG")


def test_there_is_no_payment_code_for_other_money_or_without_an_account(deal: Deal, cast: Cast) -> None:
    deal.currency = "EUR"
    build = {"kind": "invoice", "lang": "ru", "number": 1, "dated": DAY, "valid_until": None}
    assert qr.TEXT not in context.build(deal, **build)
    deal.currency = "RUB"
    the_organization().account = "123"
    assert context.build(deal, **build)[qr.TEXT] == ""


def test_the_same_data_make_the_same_bytes(deal: Deal) -> None:
    document = made(deal, "invoice")
    db.session.flush()
    db.session.expire(document, ["context"])
    assert remake(document) == files.read(document.digest)


def test_a_document_stays_as_it_was_when_the_deal_changes(deal: Deal, boris: User) -> None:
    document = made(deal, "quote")
    before = text(document)
    set_lines(deal, [LineInput(name="Другое", price=1)], actor=boris)
    assert text(document) == before
    assert remake(document) == files.read(document.digest)


def test_numbers_count_by_kind_and_year(deal: Deal) -> None:
    found = [made(deal, kind, dated=day) for kind, day in (
        ("quote", DAY), ("quote", DAY), ("invoice", DAY), ("quote", dt.date(2027, 1, 1)))]
    assert [(one.kind, one.series, one.number) for one in found] == [
        ("quote", 2026, 1), ("quote", 2026, 2), ("invoice", 2026, 1), ("quote", 2027, 1)]


def test_a_failed_document_leaves_no_gap(deal: Deal) -> None:
    made(deal, "quote")
    with pytest.raises(DocumentError):
        made(deal, "quote", valid_until=dt.date(2026, 1, 1))
    savepoint = db.session.begin_nested()
    take_number("quote", 2026)
    savepoint.rollback()
    assert made(deal, "quote").number == 2


def test_eight_at_once_get_eight_numbers_without_gaps(real_app: Flask) -> None:
    with real_app.app_context():
        deal = make_scene(make_cast())
        db.session.commit()
        deal_id = deal.id
    start, failures = threading.Barrier(8), []

    def work() -> None:
        try:
            with real_app.app_context():
                start.wait()
                for _round in range(3):
                    made(db.session.get_one(Deal, deal_id), "quote")
                    db.session.commit()
                db.session.remove()
        except Exception as error:  # a thread's failure must reach the test
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with real_app.app_context():
        numbers = db.session.scalars(sa.select(Document.number).order_by(Document.number)).all()
        assert list(numbers) == list(range(1, 25))
        assert db.session.get_one(NumberSeries, ("quote", 2026)).last == 24
        assert db.session.scalars(sa.select(Template.kind)).all() == ["quote"]


def test_the_timeline_hears_of_a_document(deal: Deal, boris: User) -> None:
    document = made(deal, "quote", actor=boris)
    db.session.flush()
    event = db.session.scalars(sa.select(Event).where(Event.kind == "document.made")).one()
    assert {(link.card, link.card_id) for link in event.links} == {
        ("document", document.id), ("deal", deal.id), ("company", deal.company_id), ("contact", deal.contact_id)}
    assert (event.actor_id, event.data["title"]) == (boris.id, "КП 1/2026")


def test_a_stage_that_asks_for_a_quote_sees_it(deal: Deal) -> None:
    codes = ["document_quote", "document_contract"]
    assert [one.code for one in requirements.missing(deal, codes)] == codes
    made(deal, "quote")
    assert [one.code for one in requirements.missing(deal, codes)] == ["document_contract"]


def missing(deal: Deal, kind: str, lang: str = "ru") -> list[tuple[str, str, str]]:
    choice = queries.choose(kind, lang)
    assert choice is not None
    data = context.build(deal, kind=kind, lang=lang, number="0/2026", dated=DAY, valid_until=None)
    found = gaps.gaps(deal, data, sheets.report(choice.digest).fields_used, the_organization(), lang)
    return [(gap.place, gap.column or gap.path, gap.proposal) for gap in found]


def test_what_is_empty_is_named_with_where_to_fill_it_in(deal: Deal) -> None:
    deal.company.inn = deal.company.signatory_name = ""  # type: ignore[union-attr]
    found = missing(deal, "contract")
    assert sorted(row for row in found if not row[2]) == [
        ("client", "client.email", ""), ("client", "inn", ""), ("client", "signatory_name", "")]


def test_an_unconfirmed_genitive_is_proposed_until_it_is_confirmed(deal: Deal) -> None:
    assert ("client", "signatory_name_genitive", "Кравца Ильи Ильича") in missing(deal, "contract")
    deal.company.signatory_name_genitive = "Кравца Ильи Ильича"  # type: ignore[union-attr]
    assert "signatory_name_genitive" not in [column for place, column, _text in missing(deal, "contract")
                                             if place == "client"]
    assert [row for row in missing(deal, "contract", "en") if row[2]] == []


def test_what_is_rightly_empty_is_not_asked_for(deal: Deal) -> None:
    deal.company.kind, deal.company.kpp = "entrepreneur", ""  # type: ignore[union-attr]
    assert [row for row in missing(deal, "invoice") if row[1] in ("kpp", "vat_id", "qr", "items[].discount")] == []


def test_a_field_is_known_by_its_russian_name_too() -> None:
    assert gaps.canonical("клиент.подписант.фио_в_родительном") == "client.signatory.name_genitive"
    assert gaps.canonical("позиции[].цена") == "items[].price"
    assert gaps.canonical("client.счет") == "client.account"
    assert gaps.canonical("client.shoe_size") is None
