"""People of the company: invitations, leaving, the last owner, commands."""

import html
import re

import pytest
import sqlalchemy as sa
from flask import Flask

from crm.accounts import queries, roles
from crm.accounts.models import Team, User
from crm.core.db import db
from tests.cast import PASSWORD, Cast, sign_in


def invite_link(page: str) -> str:
    found = re.search(r'value="(http[^"]+/invite/[^"]+)"', page)
    assert found
    return found[1].replace("http://localhost", "")


def error_of(page: str, field: str) -> str:
    """The sentence at a field."""
    found = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return html.unescape(found[1]) if found else ""


def heading(page: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", page)
    return found[1] if found else ""


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
    answer = client.post(f"/settings/users/{cast.owner}", data={**fields, "job": "Директор"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, error_of(page, "role")) == (422, "The company needs an owner who can sign in. Name another owner first.")
    assert 'value="Директор"' in page
    closed = client.post(f"/settings/users/{cast.owner}/active/0")
    assert (closed.status_code, heading(closed.get_data(as_text=True))) == (409, "This cannot be done")
    with app.app_context():
        assert db.session.get_one(User, cast.owner).role == "owner"


def test_two_people_cannot_have_one_address(app: Flask, cast: Cast) -> None:
    fields = {"name": "Нина Новая", "email": "BORIS@example.com", "phone": "+7 900", "job": "Юрист", "role": "viewer", "team_id": ""}
    owner = sign_in(app, "owner")
    for path in ("/settings/users/new", f"/settings/users/{cast.vera}"):
        answer = owner.post(path, data=fields)
        page = answer.get_data(as_text=True)
        assert (answer.status_code, error_of(page, "email")) == (422, "The address boris@example.com is already in use.")
        assert all(f'value="{typed}"' in page for typed in ("Нина Новая", "BORIS@example.com", "+7 900", "Юрист"))
        assert '<option selected value="viewer">' in page
    with app.app_context():
        assert db.session.get_one(User, cast.vera).name == "Вера Соколова"


def test_a_role_above_ones_own_is_refused_at_its_field(app: Flask, cast: Cast) -> None:
    with app.app_context():
        powers = queries.powers_of("head")
        assert powers is not None
        roles.change_role("head", levels={**powers.levels, "users.see": "all", "users.edit": "all"}, hidden=powers.hidden, actor=None)
        db.session.commit()
    head = sign_in(app, "head")
    answer = head.post("/settings/users/new", data={"name": "Нина", "email": "", "role": "owner", "team_id": ""})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, error_of(page, "role")) == (422, "This role may do more than yours. Ask the owner to give it.")
    assert head.post(f"/settings/users/{cast.owner}", data={"name": "X", "role": "viewer", "team_id": ""}).status_code == 403


def test_a_used_name_of_a_team_is_told_at_its_field(app: Flask, cast: Cast) -> None:
    answer = sign_in(app, "owner").post("/settings/teams", data={"name": "North"})
    page = answer.get_data(as_text=True)
    assert (answer.status_code, error_of(page, "name")) == (422, "A team called North already exists. Type another name.")
    assert 'value="North"' in page


@pytest.mark.parametrize("guess", ["gleb@example.com", "GLEB@example.com"])
def test_what_one_signs_in_with_is_no_password(app: Flask, cast: Cast, guess: str) -> None:
    link = invite_link(sign_in(app, "owner").post(f"/settings/users/{cast.gleb}/invite").get_data(as_text=True))
    answer = app.test_client().post(link, data={"password": guess}, headers={"Accept-Language": "en"})
    assert (answer.status_code, error_of(answer.text, "password")) == (
        422, "This password is among the first that strangers try. Choose another one.")
    own = sign_in(app, "gleb").post("/account/password", data={"present": PASSWORD, "password": guess})
    assert own.status_code == 422


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\u200b", "\ufeff"])
def test_a_name_reads_as_what_it_is(app: Flask, cast: Cast, sign: str) -> None:
    owner = sign_in(app, "owner")
    owner.post("/settings/teams", data={"name": f"We{sign}st"})
    owner.post("/settings/roles/manager/copy", data={"name": f"Se{sign}ller"})
    with app.app_context():
        assert db.session.scalar(sa.select(Team.id).where(Team.name == "West"))
        assert roles.copy_role("manager", name=f"{sign}Helper", actor=db.session.get_one(User, cast.owner)).name == "Helper"


def test_a_common_password_is_told_at_its_field_and_never_shown_again(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    link = invite_link(owner.post(f"/settings/users/{cast.gleb}/invite").get_data(as_text=True))
    guest = app.test_client()
    refused = {"invitation": guest.post(link, data={"password": "password1"}, headers={"Accept-Language": "en"}),
               "own": owner.post("/account/password", data={"present": PASSWORD, "password": "password1"})}
    for answer in refused.values():
        page = answer.get_data(as_text=True)
        assert (answer.status_code, error_of(page, "password")) == (
            422, "This password is among the first that strangers try. Choose another one.")
        assert "password1" not in page
    assert guest.post(link, data={"password": "long enough"}).status_code == 303


def test_closing_access_asks_first(app: Flask, cast: Cast) -> None:
    owner = sign_in(app, "owner")
    card = owner.get(f"/settings/users/{cast.boris}").get_data(as_text=True)
    ask = f"/settings/users/{cast.boris}/close"
    assert f'href="{ask}" hx-get="{ask}" hx-target="#dialog"' in card
    assert f"/settings/users/{cast.boris}/active/0" not in card
    for headers in ({}, {"HX-Request": "true"}):
        page = owner.get(ask, headers=headers).get_data(as_text=True)
        assert "Close Борис Ёлкин&#39;s access?" in page
        assert f'action="/settings/users/{cast.boris}/active/0"' in page
    assert sign_in(app, "boris").get("/account/").status_code == 200  # asking closes nothing


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


def test_the_only_owner_keeps_an_address_to_sign_in_with(app: Flask, cast: Cast) -> None:
    client = sign_in(app, "owner")
    fields = {"name": "Анна", "email": "", "role": "owner", "team_id": ""}
    answer = client.post(f"/settings/users/{cast.owner}", data=fields)
    page = answer.get_data(as_text=True)
    assert (answer.status_code, error_of(page, "email")) == (422, "The company needs an owner who can sign in. Name another owner first.")
    with app.app_context():
        assert db.session.get_one(User, cast.owner).email == "owner@example.com"
        other = db.session.get_one(User, cast.head)
        other.role = "owner"
        db.session.commit()
    assert client.post(f"/settings/users/{cast.owner}", data=fields).status_code == 303  # the other one can
