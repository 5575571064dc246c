"""The slow hash never runs while this request keeps others from writing: a second, real connection writes during each."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from crm.accounts import operations, passwords, resets
from crm.accounts.models import User
from crm.core.db import db
from tests.cast import PASSWORD, Cast, make_cast, sign_in

NEW = "quite another one"


class Watched:
    """Writes into the same rows by another connection while the hash is reckoned; fails at once where it would have to wait."""

    def __init__(self, url: str, seen: list[str]) -> None:
        self.hasher, self.seen = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1), seen
        self.engine = sa.create_engine(url, connect_args={"timeout": 0} if url.startswith("sqlite") else {})

    def _write(self, what: str) -> None:
        with self.engine.begin() as connection:
            if self.engine.dialect.name == "postgresql":
                connection.execute(sa.text("SET LOCAL lock_timeout = '1ms'"))
            connection.execute(sa.text('UPDATE "user" SET job = job'))
            connection.execute(sa.text("UPDATE sign_in_count SET count = count"))
        self.seen.append(what)

    def verify(self, known: str, password: str) -> bool:
        self._write("verify")
        return self.hasher.verify(known, password)

    def hash(self, password: str) -> str:
        self._write("hash")
        return self.hasher.hash(password)


@pytest.fixture
def cast(real_app: Flask) -> Cast:
    with real_app.app_context():
        return make_cast()


@pytest.fixture
def hashes(real_app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was hashed, each while somebody else wrote."""
    seen: list[str] = []
    hasher = Watched(real_app.config["DATABASE_URL"], seen)
    monkeypatch.setattr(passwords, "_hasher", lambda: hasher)
    yield seen
    hasher.engine.dispose()


def test_others_write_while_passwords_are_checked_and_made(real_app: Flask, cast: Cast, hashes: list[str]) -> None:
    with real_app.app_context():
        owner, boris, gleb = (db.session.get_one(User, one) for one in (cast.owner, cast.boris, cast.gleb))
        with real_app.test_request_context():
            link = resets.make_link_by_hand(boris, actor=owner)
            invitation = operations.invite(gleb, actor=owner)
            db.session.commit()
    client = sign_in(real_app, "vera")
    assert hashes == ["verify"]
    assert client.post("/login", data={"email": "vera@example.com", "password": "no"}).status_code == 422
    assert client.post("/login", data={"email": "nobody@example.com", "password": "no"}).status_code == 422
    assert client.post("/account/password", data={"present": PASSWORD, "password": NEW}).status_code == 303
    assert real_app.test_client().post(f"/reset/{link}", data={"password": NEW}).status_code == 303
    assert real_app.test_client().post(f"/invite/{invitation}", data={"password": NEW}).status_code == 303
    assert hashes == ["verify", "verify", "verify", "verify", "hash", "hash", "hash"]
