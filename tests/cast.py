"""The fixed cast of every test: who owns, who leads, who sells, who must see nothing."""

from dataclasses import dataclass

from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations, passwords
from crm.core.db import db

PASSWORD = "correct horse"


@dataclass(frozen=True)
class Cast:
    """Ids of people. Boris and Vera share a team; Gleb is in another: to them he is a stranger."""

    owner: int
    head: int
    boris: int
    vera: int
    gleb: int
    accountant: int
    viewer: int


PEOPLE = (("owner", "Анна Хозяйкина", "owner", ""), ("head", "Пётр Главный", "head", ""),
          ("boris", "Борис Ёлкин", "manager", "North"), ("vera", "Вера Соколова", "manager", "North"),
          ("gleb", "Глеб Чужой", "manager", "South"), ("accountant", "Мария Счётова", "accountant", ""),
          ("viewer", "Олег Смотров", "viewer", ""))


def make_cast(**company: object) -> Cast:
    """Our company and its people, committed. `company` changes its settings (manager_sees="team")."""
    operations.create_organization(**{"name": "ООО «Тест»", "currency": "RUB", "timezone": "Europe/Moscow",
                                      "locale": "ru", **company})
    password_hash = passwords.make_hash(PASSWORD)
    teams = {name: operations.create_team(name=name).id for name in ("North", "South")}
    ids = {}
    for code, name, role, team in PEOPLE:
        user = operations.create_user(name=name, email=f"{code}@example.com", role=role,
                                      password_hash=password_hash, team_id=teams.get(team), locale="en")
        ids[code] = user.id
    db.session.commit()
    return Cast(**ids)


def sign_in(app: Flask, who: str) -> FlaskClient:
    """A browser in which `who` (a name of the cast) has signed in; pages come in English."""
    client = app.test_client()
    answer = client.post("/login", data={"email": f"{who}@example.com", "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client
