"""A deal with everything that a document needs, and readers of what came out."""

import io
import re
import zipfile
from decimal import Decimal
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import etree

from crm.accounts import queries as accounts
from crm.accounts.models import User
from crm.clients.models import BankAccount, Channel
from crm.core.db import db
from crm.deals.models import Deal
from crm.deals.operations import LineInput, set_lines
from tests.cast import Cast
from tests.factories import make_company, make_contact, make_deal, make_pipeline

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OURS = {"legal_name": "Общество с ограниченной ответственностью «Тест»", "inn": "7736207543", "kpp": "770401001",
        "ogrn": "1027700229193", "address": "119021, г. Москва, ул. Льва Толстого, д. 16", "phone": "+7 495 123-45-67",
        "email": "office@test.example", "bank": "АО «Альфа-Банк»", "bic": "044525593",
        "account": "40702810000001702674", "corr_account": "30101810200000000593",
        "signatory_name": "Орлова Марина Викторовна", "signatory_job": "Генеральный директор",
        "signatory_basis": "Устав"}
FIRM = {"legal_name": "Общество с ограниченной ответственностью «Рога & Копыта»", "inn": "7707083893",
        "kpp": "773601001", "ogrn": "1027700132195", "legal_address": "198096, г. Санкт-Петербург, Морская, 6",
        "signatory_name": "Кравец Илья Ильич", "signatory_job": "Директор", "signatory_basis": "Устав"}


def make_scene(cast: Cast, **fields: Any) -> Deal:
    """A deal of Boris with three lines, a company, a person; flushed, in the present context."""
    ours = accounts.the_organization()
    for name, value in OURS.items():
        setattr(ours, name, value)
    firm = make_company("ООО «Рога & Копыта <Юг>»", manager_id=cast.boris, **FIRM)
    firm.channels = [Channel(kind="phone", typed="8 812 765-43-21", value="+78127654321", position=0)]
    firm.accounts = [BankAccount(bank="ПАО Сбербанк", bic="044525225", account="40702810238000139300",
                                 corr_account="30101810400000000225")]
    person = make_contact("Лебедь", "Ольга", patronymic="Ивановна", company=firm, manager_id=cast.boris)
    person.channels = [Channel(kind="email", typed="o.lebed@port.example", value="o.lebed@port.example", position=0)]
    deal = make_deal(make_pipeline(), title="Оснащение класса", company=firm, contact=person,
                     **{"manager_id": cast.boris, **fields})
    set_lines(deal, LINES, actor=db.session.get_one(User, cast.boris))
    return deal


LINES = (
    LineInput(name="Стол <30 мм> & стул", quantity=Decimal(30), price=1_220_000, discount=Decimal(5),
              vat_rate=Decimal(22), unit="шт."),
    LineInput(name="Доска магнитная", quantity=Decimal(2), price=1_999_990, vat_rate=Decimal(22), unit="шт."),
    LineInput(name="Доставка", quantity=Decimal("12.5"), price=180_033, vat_rate=Decimal(22), unit="ч"),
)


def committed(app: Flask, cast: Cast, **fields: Any) -> int:
    """The id of such a deal, committed, for tests of pages."""
    with app.app_context():
        deal = make_scene(cast, **fields)
        db.session.commit()
        return deal.id


def link_of(client: FlaskClient, page: str) -> str:
    """Make the link of the document with this page; its path."""
    shown = client.post(f"{page}/link", headers={"HX-Request": "true"}).text
    found = re.search(r'value="http://localhost(/q/[^"]+)"', shown)
    assert found is not None, shown
    return found.group(1)


def text_of(word: bytes) -> str:
    """All text of a Word file's body, paragraphs as lines."""
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        root = etree.fromstring(archive.read("word/document.xml"))
    return "\n".join("".join(node.text or "" for node in paragraph.iter(f"{W}t")) for paragraph in root.iter(f"{W}p"))
