"""The fixed cast of every test: who owns, who leads, who sells, who must see nothing."""

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from crm.accounts import operations, passwords, queries, roles
from crm.accounts.models import Organization, Team
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


def make_cast(*, manager_sees: str = "own", **company: object) -> Cast:
    """Our company and its people, committed. `company` changes its settings; `manager_sees` own, team or all.

    Its zone is UTC, so that a test means the same day inside and outside of a request, at every hour of the night.
    """
    operations.create_organization(**{"name": "ООО «Тест»", "currency": "RUB", "timezone": "UTC",
                                      "locale": "ru", **company})
    password_hash = passwords.make_hash(PASSWORD)
    teams = {name: operations.create_team(name=name).id for name in ("North", "South")}
    ids = {}
    for code, name, role, team in PEOPLE:
        user = operations.create_user(name=name, email=f"{code}@example.com", role=role,
                                      password_hash=password_hash, team_id=teams.get(team), locale="en")
        ids[code] = user.id
    if manager_sees != "own":
        roles.set_level("manager", manager_sees)
    db.session.commit()
    return Cast(**ids)


def add_colleague(role: str, team: str = "") -> str:
    """One more person of this role, committed; their name for `sign_in`, such as "lawyer-north"."""
    code = f"{role}-{team}".strip("-").lower()
    team_id = db.session.scalar(sa.select(Team.id).where(Team.name == team)) if team else None
    operations.create_user(name=f"Коллега {code}", email=f"{code}@example.com", role=role, team_id=team_id,
                           password_hash=passwords.make_hash(PASSWORD), locale="en")
    db.session.commit()
    return code


def levels_of(role: str) -> dict[str, str]:
    """What a role comes to: the level of every right."""
    powers = queries.powers_of(role)
    assert powers is not None
    return dict(powers.levels)


def sign_in(app: Flask, who: str) -> FlaskClient:
    """A browser in which `who` (a name of the cast) has signed in; pages come in English."""
    client = app.test_client()
    answer = client.post("/login", data={"email": f"{who}@example.com", "password": PASSWORD})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return client


def move_to_moscow() -> None:
    """The company's day is Moscow's from now on, three hours ahead of UTC; committed."""
    db.session.scalars(sa.select(Organization)).one().timezone = "Europe/Moscow"
    db.session.commit()
