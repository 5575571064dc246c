"""People of the company: invitations, leaving, the last owner, commands."""

import re

from flask import Flask

from crm.accounts import queries
from crm.accounts.models import User
from crm.core.db import db
from tests.cast import PASSWORD, Cast, sign_in


def invite_link(page: str) -> str:
    found = re.search(r'value="(http[^"]+/invite/[^"]+)"', page)
    assert found
    return found[1].replace("http://localhost", "")


def test_an_invited_person_chooses_a_password_once(app: Flask, cast: Cast) -> None:
    page = sign_in(app, "owner").post("/settings/users/new", data={
        "name": "Нина Новая", "email": "nina@example.com", "role": "manager", "team_id": ""}).get_data(as_text=True)
    link = invite_link(page)
    guest = app.test_client()
    assert guest.get(link).status_code == 200
    assert guest.post(link, data={"password": "short"}).status_code == 422
    assert guest.post(link, data={"password": "long enough"}).status_code == 303
    assert app.test_client().get(link).status_code == 404
    again = app.test_client().post("/login", data={"email": "nina@example.com", "password": "long enough"})
    assert again.headers["Location"] == "/"


def test_a_new_person_is_proposed_as_a_manager_and_a_known_one_as_they_are(app: Flask, cast: Cast) -> None:
    def chosen(address: str) -> list[str]:
        field = re.search(r'<select[^>]*name="role".*?</select>', sign_in(app, "owner").get(address).text, re.DOTALL)
        assert field
        return re.findall(r'<option selected value="([^"]+)"', field[0])

    assert chosen("/settings/users/new") == ["manager"]
    assert chosen(f"/settings/users/{cast.owner}") == ["owner"]


def test_who_leaves_is_out_at_once_and_everywhere(app: Flask, cast: Cast) -> None:
    boris = sign_in(app, "boris")
    sign_in(app, "owner").post(f"/settings/users/{cast.boris}/active/0")
    assert boris.get("/account/").status_code == 303
    refused = app.test_client().post("/login", data={"email": "boris@example.com", "password": PASSWORD})
    assert refused.status_code == 422


def test_the_last_owner_stays_an_owner(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    fields = {"name": "Анна", "email": "owner@example.com", "role": "manager", "team_id": ""}
    assert client.post(f"/settings/users/{cast.owner}", data=fields).status_code == 409
    with app.app_context():
        assert db.session.get_one(User, cast.owner).role == "owner"


def test_two_people_cannot_have_one_address(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/settings/users/new", data={
        "name": "X", "email": "BORIS@example.com", "role": "viewer", "team_id": ""})
    assert answer.status_code == 409


def test_a_double_click_adds_one_person(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    fields = {"name": "Нина", "email": "", "role": "viewer", "team_id": "", "once": "same-key"}
    first, second = (client.post("/settings/users/new", data=fields) for _ in range(2))
    with app.app_context():
        count = db.session.query(User).filter_by(name="Нина").count()
    assert (first.status_code, second.status_code, count) == (303, 303, 1)


def test_changing_ones_password_ends_other_sessions_but_not_this_one(app: Flask, cast: Cast) -> None:
    here, elsewhere = sign_in(app, "vera"), sign_in(app, "vera")
    here.post("/account/password", data={"present": PASSWORD, "password": "another good one"})
    assert (here.get("/account/").status_code, elsewhere.get("/account/").status_code) == (200, 303)


def test_the_command_makes_a_person_and_a_company_before_any_wizard(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=[
        "user", "create", "--email", "Boss@example.com", "--name", "Boss", "--role", "owner", "--password", PASSWORD])
    assert (result.exit_code, result.output) == (0, "Boss@example.com\towner\n")
    answer = app.test_client().post("/login", data={"email": "boss@example.com", "password": PASSWORD})
    assert answer.status_code == 303
    with app.app_context():
        assert queries.the_organization().currency == "RUB"


def test_a_forgotten_password_is_set_from_the_command_line(app: Flask, cast: Cast) -> None:
    session = sign_in(app, "gleb")
    result = app.test_cli_runner().invoke(args=["user", "password", "--email", "gleb@example.com", "--password", "fresh one"])
    assert result.exit_code == 0
    assert session.get("/account/").status_code == 303
    assert app.test_client().post("/login", data={"email": "gleb@example.com", "password": "fresh one"}).status_code == 303


def test_an_invitation_ends_when_its_person_is_switched_off(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    link = invite_link(owner.post(f"/settings/users/{cast.gleb}/invite").get_data(as_text=True))
    for active in (0, 0, 1):
        owner.post(f"/settings/users/{cast.gleb}/active/{active}")
    assert app.test_client().get(link).status_code == 404
