"""What a contract with a private person needs stands on the person's card, and the wizard leads there."""

import io
import re

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.clients.models import Contact
from crm.core.db import db
from crm.deals.models import Deal
from tests.cast import Cast, sign_in
from tests.documents.scene import committed

TYPED = {"address": "г. Тула, ул. Мира, 1", "passport": "4510 123456, выдан ОВД Арбат 01.02.2010", "inn": " 5001 0073 2259"}


@pytest.fixture
def ids(app: Flask, cast: Cast) -> tuple[int, int]:
    """The ids of a deal with a private person, and of the person."""
    deal_id = committed(app, cast)
    with app.app_context():
        deal = db.session.get_one(Deal, deal_id)
        deal.company = None
        db.session.commit()
        return deal_id, deal.contact_id or 0


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


def test_the_wizard_leads_to_the_card_and_the_contract_can_be_completed(app: Flask, boris: FlaskClient, ids: tuple[int, int]) -> None:
    deal_id, contact_id = ids
    wizard = f"/deals/{deal_id}/documents/new?kind=contract&locale=ru"
    gaps = set(re.findall(r"<span>(Client: [^<]*)</span>", boris.get(wizard).text))
    assert {"Client: Legal address", "Client: Passport of a private person"} <= gaps
    form = boris.get(f"/contacts/{contact_id}/edit").text
    version = re.search(r'name="version"[^>]* value="(\d+)"', form)
    assert version is not None
    saved = boris.post(f"/contacts/{contact_id}/edit", data={
        "surname": "Лебедь", "given_name": "Ольга", "version": version.group(1), **TYPED})
    assert saved.status_code == 303
    page = boris.get(f"/contacts/{contact_id}").text
    assert TYPED["address"] in page
    assert TYPED["passport"] in page
    with app.app_context():
        assert db.session.get_one(Contact, contact_id).inn == "500100732259"
    shown = boris.get(wizard).text
    assert set(re.findall(r"<span>(Client: [^<]*)</span>", shown)) == {"Client: Phone"}
    assert "паспорт 4510 123456" in shown


def test_a_file_of_people_holds_no_passports(app: Flask, cast: Cast, ids: tuple[int, int]) -> None:
    with app.app_context():
        person = db.session.get_one(Contact, ids[1])
        person.address, person.passport = TYPED["address"], TYPED["passport"]
        db.session.commit()
    answer = sign_in(app, "owner").get("/contacts/export.xlsx")
    cells = [cell.value for row in openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows() for cell in row]
    assert TYPED["address"] in cells
    assert not any("4510" in str(cell) for cell in cells)
