"""What is empty in the wizard goes onto the client's card as it would from the card: checked, and over nobody's work."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.clients.models import Company
from crm.core.db import db
from tests.cast import Cast, sign_in
from tests.documents.scene import committed

EMPTY = {"inn": "", "kpp": "", "ogrn": ""}


@pytest.fixture
def boris(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "boris")


@pytest.fixture
def path(app: Flask, cast: Cast) -> str:
    """The wizard's way to the card of a client without numbers and without a bank's details."""
    deal_id = committed(app, cast)
    put(app, **EMPTY, accounts=[])
    return f"/deals/{deal_id}/documents/fill?kind=contract&locale=ru"


def put(app: Flask, **values: Any) -> None:
    with app.app_context():
        company = db.session.scalars(sa.select(Company)).one()
        for name, value in values.items():
            setattr(company, name, value)
        db.session.commit()


def kept(app: Flask, *names: str) -> list[str]:
    with app.app_context():
        company = db.session.scalars(sa.select(Company)).one()
        return [getattr(company, name) for name in names]


def mark_of(text: str) -> str:
    found = re.search(r'name="sure" type="hidden" value="([0-9a-f]+)"', text)
    assert found is not None, text
    return found[1]


def test_a_number_that_does_not_add_up_is_told_at_its_field_and_kept_at_the_second_press(
        app: Flask, boris: FlaskClient, path: str) -> None:
    typed = {"inn": "7707083894", "kpp": "7736 01 001"}
    asked = boris.post(path, data=typed)
    assert (asked.status_code, kept(app, "inn", "kpp")) == (422, ["", ""])
    assert re.search(r'id="inn-error".*INN does not add up', asked.text)
    assert 'value="7707083894"' in asked.text
    other = boris.post(path, data={**typed, "inn": "7707083895", "sure": mark_of(asked.text)})
    assert (other.status_code, kept(app, "inn")) == (422, [""])
    assert boris.post(path, data={**typed, "sure": mark_of(asked.text)}).status_code == 303
    assert kept(app, "inn", "kpp") == ["7707083894", "773601001"]


def test_an_account_is_checked_against_the_bank_that_was_typed_with_it(app: Flask, boris: FlaskClient, path: str) -> None:
    bank = {"bic": "044525225", "account": "40702810238000139301", "corr_account": "30101810400000000225", "bank": "Сбербанк"}
    asked = boris.post(path, data=bank)
    assert (asked.status_code, "This account does not fit the BIC." in asked.text) == (422, True)
    assert boris.post(path, data={**bank, "account": "40702810238000139300"}).status_code == 303


def test_a_number_too_long_for_its_column_is_refused(app: Flask, boris: FlaskClient, path: str) -> None:
    asked = boris.post(path, data={"kpp": "7736 01 0012", "sure": "0"})
    assert (asked.status_code, kept(app, "kpp")) == (422, [""])
    assert "This is too long: at most 9 characters." in asked.text


def test_what_a_colleague_filled_in_meanwhile_is_shown_and_not_written_over(
        app: Flask, cast: Cast, boris: FlaskClient, path: str) -> None:
    head = sign_in(app, "head")
    assert head.post(path, data={"inn": "7707083893"}).status_code == 303
    asked = boris.post(path, data={"inn": "7736207543", "kpp": "773601001"})
    assert (asked.status_code, kept(app, "inn", "kpp")) == (422, ["7707083893", ""])
    assert "Пётр Главный has filled this in meanwhile: 7707083893." in asked.text
    assert 'value="7736207543"' in asked.text
    assert 'value="773601001"' in asked.text
    sure = {"inn": "7736207543", "kpp": "773601001", "sure": mark_of(asked.text)}
    put(app, inn="5024113648")  # and again
    assert boris.post(path, data=sure).status_code == 422
    put(app, inn="7707083893")
    assert boris.post(path, data=sure).status_code == 303
    assert kept(app, "inn", "kpp") == ["7736207543", "773601001"]


def test_the_same_words_of_two_people_are_no_conflict(app: Flask, boris: FlaskClient, path: str) -> None:
    put(app, inn="7707083893")
    assert boris.post(path, data={"inn": "7707 083 893", "kpp": "773601001"}).status_code == 303
    assert kept(app, "kpp") == ["773601001"]


def test_the_wizard_checks_a_number_while_it_is_typed(boris: FlaskClient, path: str) -> None:
    shown = boris.get(path.replace("/fill", "/new")).text
    assert "/companies/check?field=inn" in shown
