"""How a client may pay: what the owner offers, and what the page of an invoice shows of it."""

import base64
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm.accounts.models import User
from crm.accounts.queries import the_organization
from crm.billing import operations
from crm.core.db import db
from crm.deals.models import Deal
from crm.documents import operations as documents
from crm.documents import pdf, sheets, ways
from crm.documents.models import Document
from crm.documents.routes import public
from tests.billing.scene import committed
from tests.cast import Cast, sign_in
from tests.documents.scene import link_of, make_scene


@pytest.fixture
def invoice_id(app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(pdf, "program", lambda: None)
    for pace in (public.misses, public.openings, public.answers):
        pace.forget()
    return committed(app, cast)[1]


@pytest.fixture
def path(app: Flask, invoice_id: int) -> str:
    return link_of(sign_in(app, "boris"), f"/documents/{invoice_id}")


def settle(app: Flask, **settled: object) -> None:
    with app.app_context():
        the_organization().billing = settled
        db.session.commit()


def pay(app: Flask, cast: Cast, invoice_id: int, amount: int) -> None:
    with app.app_context():
        invoice = db.session.get_one(Document, invoice_id)
        operations.record_payment(db.session.get_one(Deal, invoice.deal_id), amount=amount, invoices=[invoice],
                                  actor=db.session.get_one(User, cast.accountant))
        db.session.commit()


def test_the_page_of_an_invoice_shows_requisites_to_copy_and_the_code(client: FlaskClient, path: str) -> None:
    page = client.get(path).text
    assert 'data-copy="40702810000001702674"' in page
    assert 'data-copy="Оплата по счёту № 1/2026' in page
    code = re.search(r'src="data:image/png;base64,([^"]+)"[^>]*alt="Код для оплаты', page)
    assert code is not None
    assert base64.b64decode(code[1]).startswith(b"\x89PNG")
    assert "Оплатить картой" not in page
    assert "Наличными" not in page


def test_what_the_owner_offers_is_shown_and_nothing_else(app: Flask, client: FlaskClient, path: str) -> None:
    settle(app, ways=["card", "cash"], card_link="https://pay.example.com/?o={number}&s={sum}&c={currency}")
    page = client.get(path).text
    assert 'href="https://pay.example.com/?o=1%2F2026&amp;s=410203.93&amp;c=RUB"' in page
    assert "Наличными: 119021" in page
    assert "data-copy" not in page
    assert "Код для оплаты: откройте" not in page
    settle(app, ways=[])
    assert 'id="pay"' not in client.get(path).text


def test_what_is_left_is_asked_for_and_a_paid_invoice_says_so(
        app: Flask, cast: Cast, client: FlaskClient, path: str, invoice_id: int) -> None:
    settle(app, ways=["card", "qr"], card_link="https://pay.example.com/{sum}")
    pay(app, cast, invoice_id, 410_003_93)
    assert "https://pay.example.com/200.00" in client.get(path).text
    pay(app, cast, invoice_id, 200_00)
    page = client.get(path).text
    assert "Счёт оплачен" in page
    assert "pay.example.com" not in page


def test_the_code_asks_for_what_is_left(app: Flask, cast: Cast, invoice_id: int, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    drawn = ways.qr.picture
    monkeypatch.setattr(ways.qr, "picture", lambda text, title: said.append(text) or drawn(text, title))
    with app.app_context():
        invoice = db.session.get_one(Document, invoice_id)
        invoice.paid = 10_00
        assert ways.paying(invoice)
    assert "|Sum=41019393|" in said[0]


def test_one_code_is_shown_and_it_asks_for_what_is_left(app: Flask, cast: Cast, client: FlaskClient, path: str, invoice_id: int) -> None:
    page = client.get(path).text
    assert (page.count("data:image/png"), "Код для оплаты<" in page, "Осталось оплатить" in page) == (1, False, False)
    pay(app, cast, invoice_id, 400_000_00)
    page = client.get(path).text
    assert page.count("data:image/png") == 1
    assert re.search(r"Осталось оплатить:[^<]*<[^>]*>10 203,93 ₽", page.replace("\xa0", " "))
    pay(app, cast, invoice_id, 10_203_93)
    assert "data:image/png" not in client.get(path).text
    assert "data:image/png" in sign_in(app, "boris").get(f"/documents/{invoice_id}").text


def test_the_link_for_cards_on_the_client_s_page_asks_for_what_is_left(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        make_scene(cast)
        db.session.commit()
    settle(app, ways=["card"], card_link="https://pay.example.com/?o={number}&s={sum}")
    invoice_id = committed(app, cast)[1]
    path = link_of(sign_in(app, "boris"), f"/documents/{invoice_id}")

    def sums() -> list[str]:
        return re.findall(r"pay\.example\.com/[^<\"]*s=([\d.]+)", client.get(path).text)

    assert sums() == ["410203.93"] * 2  # on the paper and beneath it
    pay(app, cast, invoice_id, 400_000_00)
    assert sums() == ["10203.93"] * 2
    pay(app, cast, invoice_id, 10_203_93)
    assert sums() == []


def test_the_purpose_names_the_vat_of_what_is_left(app: Flask, invoice_id: int) -> None:
    with app.app_context():
        invoice = db.session.get_one(Document, invoice_id)
        invoice.paid = invoice.amount // 2
        found = ways.paying(invoice)
    assert found is not None
    assert found.purpose.replace("\xa0", " ").endswith("в том числе НДС 22 % — 36 985,60 руб.")


@pytest.mark.parametrize(("settled", "code", "card"), [
    ({}, True, False), ({"ways": ["transfer"]}, False, False),
    ({"ways": ["card", "qr"], "card_link": "https://pay.example.com/?o={number}&s={sum}"}, True, True)])
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_the_paper_offers_what_the_owner_offers(
        context: Session, deal: Deal, boris: User, locale: str, settled: dict[str, object], code: bool, card: bool) -> None:
    the_organization().billing = settled
    template = documents.template_for(kind="invoice", locale=locale, key="", deal=deal)
    made = documents.make_document(deal, template=template, actor=boris)
    paper = sheets.paper(made.digest)
    assert ("data:image/png" in paper) == code
    assert (f"https://pay.example.com/?o={made.number}%2F2026&amp;s=410203.93" in paper) == card
    assert (("Оплатить картой:" if locale == "ru" else "By card:") in paper) == card


def test_other_papers_and_cancelled_invoices_have_no_ways(app: Flask, invoice_id: int) -> None:
    with app.app_context():
        invoice = db.session.get_one(Document, invoice_id)
        invoice.kind = "quote"
        assert ways.paying(invoice) is None


@pytest.mark.parametrize(("typed", "status"), [
    ({"ways": ["card"], "card_link": "https://x.example/{sum}"}, 303), ({"ways": ["card"], "card_link": ""}, 422),
    ({"ways": ["card"], "card_link": "javascript:alert(1)"}, 422), ({"ways": ["card"], "card_link": "https://"}, 422),
    ({"ways": ["card"], "card_link": "https://{sum}"}, 422), ({"ways": ["card"], "card_link": "https://x.example/{summa}"}, 422),
    ({"ways": ["card"], "card_link": "https://x.example/ {sum}"}, 422), ({"ways": ["gold"]}, 422), ({"task_after": "0"}, 422), ({}, 303)])
def test_the_owner_settles_the_ways(app: Flask, cast: Cast, typed: dict[str, object], status: int) -> None:
    answer = sign_in(app, "owner").post("/settings/payments", data={"task_after": "2", "letter_after": "5", "letters": "y", **typed})
    assert answer.status_code == status, answer.text
    if status == 303:
        with app.app_context():
            assert the_organization().billing == {"ways": typed.get("ways", []), "card_link": typed.get("card_link", ""), "task_after": 2,
                                                  "letters": True, "letter_after": 5}
    assert sign_in(app, "head").get("/settings/payments").status_code == 403
