"""The first start."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations, queries
from crm.core.db import db
from crm.deals.models import Deal, Pipeline
from tests.cast import Cast

FORM = {"name": "ООО «Ромашка»", "currency": "RUB", "timezone": "Europe/Moscow", "vat_rate": "22",
        "business": "cleaning", "owner_name": "Анна", "owner_email": "anna@example.com", "password": "long enough"}


@pytest.fixture
def token(app: Flask) -> str:
    """The token of the one-time link that the console prints."""
    with app.app_context():
        link = operations.setup_link("http://localhost")
    assert link
    return link.rpartition("/")[2]


def test_before_the_first_start_every_page_leads_to_the_wizards_page(client: FlaskClient) -> None:
    for path in ("/", "/deals/board", "/login"):
        answer = client.get(path, follow_redirects=True)
        assert (answer.status_code, answer.request.path) == (200, "/setup/")


def test_a_stranger_without_the_link_cannot_become_the_owner(client: FlaskClient, token: str) -> None:
    assert client.get("/setup/wrong").status_code == 404
    assert client.post("/setup/wrong", data=FORM).status_code == 404
    assert client.post("/setup/wrong/demo").status_code == 404


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("business", ["language_school", "distribution", "cleaning", "projects", "services", "shop"])
def test_the_wizard_ends_on_the_board_with_a_pipeline_and_an_example(
        app: Flask, client: FlaskClient, token: str, locale: str, business: str) -> None:
    client.post(f"/setup/{token}/locale/{locale}")
    answer = client.post(f"/setup/{token}", data={**FORM, "business": business})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/deals/board")
    assert client.get("/deals/board").status_code == 200
    with app.app_context():
        organization = queries.the_organization()
        assert (organization.name, organization.locale, organization.business) == ("ООО «Ромашка»", locale, business)
        assert (db.session.query(Pipeline).count(), db.session.query(Deal).count()) == (1, 1)


def test_the_link_works_once(app: Flask, client: FlaskClient, token: str) -> None:
    client.post(f"/setup/{token}", data=FORM)
    assert app.test_client().get(f"/setup/{token}").status_code == 404
    assert app.test_client().post(f"/setup/{token}", data=FORM).status_code == 404


def test_missing_answers_are_named_and_nothing_is_made(app: Flask, client: FlaskClient, token: str) -> None:
    answer = client.post(f"/setup/{token}", data={**FORM, "name": " ", "owner_email": "nowhere", "password": "short"},
                         headers={"Accept-Language": "en"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    for sentence in ("Type the name of your company.", "This is not an e-mail address.", "8 to 200 characters"):
        assert sentence in text
    with app.app_context():
        assert queries.organization() is None


def test_a_common_password_keeps_what_was_typed_beside_it(client: FlaskClient, token: str) -> None:
    answer = client.post(f"/setup/{token}", data={**FORM, "password": "password1"}, headers={"Accept-Language": "en"})
    text = answer.get_data(as_text=True)
    assert (answer.status_code, "among the first that strangers try" in text) == (422, True)
    assert 'value="anna@example.com"' in text
    assert "password1" not in text


def test_the_picture_of_the_pipeline_follows_the_choice(client: FlaskClient, token: str) -> None:
    answer = client.get(f"/setup/{token}/pipeline?business=cleaning", headers={"HX-Request": "true", "Accept-Language": "ru"})
    assert "Подписан договор" in answer.get_data(as_text=True)


def test_the_wizard_is_gone_once_somebody_can_sign_in(client: FlaskClient, cast: Cast) -> None:
    assert client.get("/setup/").headers["Location"] == "/login"


def test_the_demo_button_opens_a_demo_company_as_its_owner(app: Flask, client: FlaskClient, token: str) -> None:
    answer = client.post(f"/setup/{token}/demo")
    assert answer.status_code == 200
    assert client.get("/").status_code == 200
    with app.app_context():
        assert queries.the_organization().demo
