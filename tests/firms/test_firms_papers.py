"""Numbers, VAT, templates and pictures of each company of ours."""

import datetime as dt
import io
import threading
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.catalog import vat
from crm.catalog.models import Product
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import context as papers
from crm.documents import offering, operations, queries
from crm.documents.models import Document, NumberSeries
from crm.documents.routes import public
from crm.firms import operations as firms
from crm.firms.models import Firm
from tests.cast import Cast, make_cast, sign_in
from tests.documents.scene import committed, link_of, make_scene, text_of
from tests.documents.test_own_pictures import png
from tests.firms.scene import committed_trader, make_trader

DAY = dt.date(2026, 3, 9)


def make(deal: Deal, kind: str = "quote", dated: dt.date = DAY) -> Document:
    return operations.make_document(deal, template=operations.template_for(kind=kind, locale="ru", key=""), actor=None, dated=dated)


def test_each_company_counts_by_itself(context: Session, cast: Cast) -> None:
    owner, firm = db.session.get_one(User, cast.owner), make_trader(cast)
    deal = make_scene(cast)
    made = [make(deal).numbered]
    deal.firm_id = firm.id
    made += [make(deal).numbered, make(deal).numbered]
    operations.set_number_rule("quote", pattern="ИП-{NN}", yearly=False, following=None, year=2026, actor=owner, firm_id=firm.id)
    made += [make(deal).numbered, make(deal, dated=dt.date(2027, 2, 1)).numbered]
    deal.firm_id = None
    made.append(make(deal).numbered)
    assert made == ["1/2026", "1/2026", "2/2026", "ИП-03", "ИП-04", "2/2026"]
    assert [queries.next_number("quote", queries.number_rule("quote", whose), DAY, whose) for whose in (None, firm.id)] == [3, 5]
    with pytest.raises(operations.DocumentError):
        operations.set_number_rule("quote", pattern="ИП-{NN}", yearly=False, following=4, year=2026, actor=owner, firm_id=firm.id)
    assert queries.number_rule("quote").pattern == "{N}/{YYYY}"


def test_no_gaps_and_no_repeats_of_two_companies_under_load(real_app: Flask) -> None:
    app = real_app
    with app.app_context():
        cast = make_cast()
    firm_id = committed_trader(app, cast)
    deals = {None: committed(app, cast), firm_id: committed(app, cast, firm_id=firm_id)}
    start, failures = threading.Barrier(6), []

    def work(deal_id: int) -> None:
        try:
            with app.app_context():
                start.wait(30)
                for turn in range(4):
                    operations.make_document(db.session.get_one(Deal, deal_id), actor=None, dated=DAY, template=operations.template_for(
                        kind="quote", locale="ru", key=""))
                    db.session.rollback() if turn == 1 else db.session.commit()
                db.session.remove()
        except Exception as error:  # a thread's failure must reach the test
            failures.append(error)

    with app.app_context():
        operations.install_templates(actor=None)
        db.session.commit()
    threads = [threading.Thread(target=work, args=(deal_id,)) for deal_id in deals.values() for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context():
        for firm in deals:
            query = sa.select(Document.number).where(Document.firm_id == firm if firm else Document.firm_id.is_(None))
            assert sorted(db.session.scalars(query)) == list(range(1, 10))
        assert sorted(map(tuple, db.session.execute(sa.select(NumberSeries.series, NumberSeries.last)))) == [
            (2026, 9), (firm_id * 10_000 + 2026, 9)]


def test_the_paper_speaks_for_the_company(context: Session, cast: Cast) -> None:
    firm, deal = make_trader(cast), make_scene(cast)
    before = make(deal, "act")
    deal.firm_id = firm.id
    for line in deal.lines:
        line.vat_rate = None
    text = text_of(operations.remake(make(deal, "act")))
    assert "Индивидуальный предприниматель Орлова Марина Викторовна" in text
    assert "п. 1 ст. 145 НК РФ" in text
    assert "«Тест»" not in text
    firms.change_firm(firm, actor=db.session.get_one(User, cast.owner), name="ИП Сидорова", legal_name="ИП Сидорова")
    assert "«Тест»" in text_of(operations.remake(before))


def test_a_confirmed_genitive_is_never_reckoned_anew(context: Session, cast: Cast) -> None:
    firm, deal = make_trader(cast, signatory_name_genitive="Орловой-Белой М. В."), make_scene(cast)
    deal.firm_id = firm.id
    data = papers.build(deal, kind="contract", lang="ru", number="1", dated=DAY, valid_until=None)
    assert data["company"]["signatory"]["name_genitive"] == "Орловой-Белой М. В."
    assert data["company"]["called"] == "именуемая"


def test_an_act_refers_to_the_contract_of_the_same_company(context: Session, cast: Cast) -> None:
    firm, deal = make_trader(cast), make_scene(cast)
    contract = make(deal, "contract")
    deal.firm_id = firm.id
    data = papers.build(deal, kind="act", lang="ru", number="1", dated=DAY, valid_until=None)
    assert data["contract"] == {}
    deal.firm_id = None
    assert papers.build(deal, kind="act", lang="ru", number="1", dated=DAY, valid_until=None)["contract"]["number"] == contract.numbered


@pytest.mark.parametrize(("rate", "day", "wanted"), [
    (22, dt.date(2025, 12, 31), 20), (22, dt.date(2026, 1, 1), 22), (5, dt.date(2025, 1, 1), 5), (None, DAY, None), (0, DAY, 0)])
def test_the_usual_rate_goes_by_the_day(rate: int | None, day: dt.date, wanted: int | None) -> None:
    assert vat.usual(rate, day) == (None if wanted is None else Decimal(wanted))


def test_a_line_of_a_company_without_vat_begins_without_it(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    first, second, boris = committed(app, cast), committed(app, cast, firm_id=firm_id), sign_in(app, "boris")
    with app.app_context():
        product = Product(name="Доска", price=100, currency="RUB", vat_rate=Decimal(10), search_text="доска")
        db.session.add(product)
        db.session.commit()
        product_id = product.id

    def rate(address: str) -> str:
        page = boris.get(address).text
        return page.partition('name="vat_rate"')[2].partition("</select>")[0].partition("<option selected value=\"")[2].partition('"')[0]

    assert [rate(f"/deals/{deal_id}/lines/new") for deal_id in (first, second)] == ["22", ""]
    asked = f"form?product_id={product_id}&product_id_text=x"
    assert [rate(f"/deals/{deal_id}/lines/{asked}") for deal_id in (first, second)] == ["10", ""]


def test_a_template_is_offered_to_deals_of_a_company(context: Session, cast: Cast) -> None:
    firm, deal = make_trader(cast), make_scene(cast)
    assert (offering.fits({"firms": [0]}, deal), offering.fits({"firms": [firm.id]}, deal)) == (True, False)
    deal.firm_id = firm.id
    assert (offering.fits({"firms": [0]}, deal), offering.fits({"firms": [firm.id]}, deal)) == (False, True)
    deal.lines.clear()
    assert offering.vat_mode(deal) == "without"


def test_a_company_has_its_own_stamp(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    owner = sign_in(app, "owner")
    assert owner.get(f"/settings/numbers/pictures/stamp?firm={firm_id}").status_code == 404
    page = owner.get(f"/settings/numbers/?firm={firm_id}").text
    assert f"/settings/numbers/pictures/stamp?firm={firm_id}" in page
    sent = owner.post(f"/settings/numbers/pictures/stamp?firm={firm_id}", data={"file": (io.BytesIO(png(colour=99)), "x.png")})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/settings/numbers/?firm={firm_id}")
    assert owner.get(f"/settings/numbers/pictures/stamp?firm={firm_id}").data == png(colour=99)
    assert owner.get("/settings/numbers/pictures/stamp").status_code == 404
    deals = {None: committed(app, cast), firm_id: committed(app, cast, firm_id=firm_id)}
    with app.app_context():
        found = [papers.build(db.session.get_one(Deal, one), kind="act", lang="ru", number="1", dated=DAY, valid_until=None).get("pictures")
                 for one in deals.values()]
    assert [sorted(one or ()) for one in found] == [[], ["stamp"]]
    assert owner.post(f"/settings/numbers/quote?firm={firm_id}", data={"pattern": "ИП-{N}"}).status_code == 303
    assert "ИП-{N}" in owner.get(f"/settings/numbers/?firm={firm_id}").text
    assert "ИП-{N}" not in owner.get("/settings/numbers/").text


def test_lines_that_bear_another_vat_than_the_company_are_told_and_set(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    first, second, boris = committed(app, cast), committed(app, cast, firm_id=firm_id), sign_in(app, "boris")
    assert "Set the VAT of all lines" not in boris.get(f"/deals/{first}").text
    shown = boris.get(f"/deals/{second}").text
    assert "ИП Орлова is without VAT, but lines here have it" in shown
    assert ("Take VAT off all lines" in shown, "Set the VAT of all lines" in shown) == (True, False)
    with app.app_context():
        amount = db.session.get_one(Deal, second).amount
    assert boris.post(f"/deals/{second}/lines/vat").status_code in (200, 204, 303)
    with app.app_context():
        deal = db.session.get_one(Deal, second)
        assert ({line.vat_rate for line in deal.lines}, deal.amount) == ({None}, amount)
    assert "VAT of" not in boris.get(f"/deals/{second}").text
    with app.app_context():
        for line in db.session.get_one(Deal, first).lines:
            line.vat_rate = None
        db.session.commit()
    assert "Set the VAT of all lines" in boris.get(f"/deals/{first}").text


def test_letters_and_the_client_s_page_name_the_company(app: Flask, cast: Cast, client: FlaskClient) -> None:
    public.misses.forget()
    firm_id, boris = committed_trader(app, cast), sign_in(app, "boris")
    deal_id = committed(app, cast, firm_id=firm_id)
    page = boris.post(f"/deals/{deal_id}/documents", data={"kind": "quote", "locale": "en"}).headers["Location"]
    shown = client.get(link_of(boris, page)).text
    assert ("ИП Орлова" in shown, "ООО «Тест»" in shown) == (True, False)
    letter = boris.get(f"/deals/{deal_id}/letter?document={page.rpartition('/')[2]}").text
    assert "ИП Орлова" in letter


def test_the_wizard_says_that_the_company_is_archived(app: Flask, cast: Cast) -> None:
    firm_id = committed_trader(app, cast)
    page, boris = f"/deals/{committed(app, cast, firm_id=firm_id)}/documents/new?kind=quote", sign_in(app, "boris")
    assert "is archived" not in boris.get(page).text
    with app.app_context():
        firms.archive_firm(db.session.get_one(Firm, firm_id), away=True, actor=db.session.get_one(User, cast.owner))
        db.session.commit()
    assert "is archived. If this paper" in boris.get(page).text
