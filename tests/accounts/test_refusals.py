"""What cannot be kept is said at its field, with all that was typed; nobody is told that somebody was quicker unless it is so."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations, roles
from crm.accounts.models import User
from crm.core.db import db
from tests.cast import Cast, sign_in


@pytest.fixture
def owner(app: Flask, cast: Cast) -> FlaskClient:
    return sign_in(app, "owner")


def error_of(page: str, name: str) -> str:
    """The words at a field."""
    found = re.search(rf'id="{name}-error".*?>(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


PERSON = {"name": "Нина Новая", "phone": "+7 901 000-00-00", "job": "Закупщик", "role": "manager", "team_id": ""}


def test_a_used_address_is_said_at_its_field_and_all_that_was_typed_stays(app: Flask, owner: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        taken = db.session.get_one(User, cast.boris).email or ""
        people = db.session.query(User).count()
    for path in ("/settings/users/new", f"/settings/users/{cast.vera}"):
        answer = owner.post(path, data={**PERSON, "email": taken})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "already in use" in error_of(page, "email")
        assert all(f'value="{value}"' in page for value in (PERSON["name"], PERSON["phone"], PERSON["job"], taken))
    with app.app_context():
        assert db.session.query(User).count() == people
        assert db.session.get_one(User, cast.vera).name != PERSON["name"]


def test_the_last_owner_stays_and_the_form_says_why(owner: FlaskClient, cast: Cast) -> None:
    answer = owner.post(f"/settings/users/{cast.owner}", data={**PERSON, "email": "owner@example.com"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Name another owner first" in page
    assert 'value="Закупщик"' in page


def test_a_common_password_is_said_at_its_field(app: Flask, cast: Cast, client: FlaskClient) -> None:
    with app.app_context():
        new = operations.create_user(name="Нина", email="nina@example.com", role="manager")
        token = operations.invite(new, actor=db.session.get_one(User, cast.owner))
        db.session.commit()
    answer = client.post(f"/invite/{token}", data={"password": "password1"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    assert "Choose another one" in error_of(answer.get_data(as_text=True), "password")
    assert "password1" not in answer.get_data(as_text=True)
    changed = sign_in(app, "boris").post("/account/password", data={"present": "wrong", "password": "password1"})
    assert (changed.status_code, "Choose another one" in changed.get_data(as_text=True)) == (422, True)


def test_the_name_of_a_role_is_asked_for_at_its_field_and_the_choices_stay(app: Flask, owner: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        made = roles.copy_role("viewer", name="Партнёр", actor=db.session.get_one(User, cast.owner)).code
        db.session.commit()
    for name, said in (("", "Type the name"), ("ПАРТНЁР", "called")):
        answer = owner.post("/settings/roles/viewer/copy", data={"name": name})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert said in page
        assert f'value="{name}"' in page
    with app.app_context():
        roles.copy_role("viewer", name="Другой", actor=db.session.get_one(User, cast.owner))
        db.session.commit()
    answer = owner.post(f"/settings/roles/{made}", data={"version": "1", "name": "Другой", "deals.see": "all", "hidden": "client.phone"})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "called" in error_of(page, "name")
    assert re.search(r'name="hidden" value="client.phone" checked', page)


def test_a_team_of_a_known_name_is_said_at_its_field(app: Flask, owner: FlaskClient) -> None:
    with app.app_context():
        operations.create_team(name="Север")
        db.session.commit()
    answer = owner.post("/settings/teams", data={"name": "Север"})
    assert answer.status_code == 422
    assert "already exists" in error_of(answer.get_data(as_text=True), "name")


def test_only_a_stale_edit_is_told_that_somebody_was_quicker(app: Flask, owner: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        made = roles.copy_role("viewer", name="Партнёр", actor=db.session.get_one(User, cast.owner)).code
        db.session.get_one(User, cast.gleb).role = made
        db.session.commit()
    refused = owner.post(f"/settings/roles/{made}/delete")
    assert refused.status_code == 409
    assert "Somebody has this role" in refused.get_data(as_text=True)
    assert "Somebody got there first" not in refused.get_data(as_text=True)
    assert "This cannot be done" in refused.get_data(as_text=True)
    stale = owner.post(f"/settings/roles/{made}", data={"version": "7", "name": "Партнёр"})
    assert (stale.status_code, "Somebody got there first" in stale.get_data(as_text=True)) == (409, True)
