"""One application and one migrated database for the whole run; every test is rolled back.

TEST_DB=sqlite (default) or postgres chooses the database; tests that know none are marked `plain`. `real_app` gives a test
its own database with real commits, for concurrency and for the browser.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from crm import create_app
from crm.core import schema
from crm.core.db import db
from tests.cast import Cast, make_cast
from tests.postgres import PostgresServer

KIND = os.environ.get("TEST_DB", "sqlite")
DATABASES = {"template_url", "postgres"}  # what every fixture with a database begins with
BASE = {"TESTING": True, "WTF_CSRF_ENABLED": False, "CHEAP_PASSWORDS": True, "SECRET_KEY": "tests only",
        "BASE_URL": "", "SMTP_URL": "", "LOCALE": "ru", "TIMEZONE": "Europe/Moscow"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what knows no database as `plain`: it need not run once more on another one."""
    for item in items:
        if not DATABASES.intersection(getattr(item, "fixturenames", ())) and item.get_closest_marker("faults") is None:
            item.add_marker("plain")


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer | None]:
    """A PostgreSQL server when the run is on PostgreSQL."""
    if KIND != "postgres":
        yield None
        return
    server = PostgresServer.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template_url(postgres: PostgresServer | None, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated, empty database that others are copied from."""
    if postgres:
        url = postgres.create("voronka_template")
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('template') / 'template.sqlite3'}"
    app = create_app({**BASE, "DATABASE_URL": url, "DATA_DIR": tmp_path_factory.mktemp("data")})
    with app.app_context():
        schema.upgrade()
        db.session.remove()
        db.engine.dispose()  # the last connection writes the log back into the file
    return url


def _copy(template: str, postgres: PostgresServer | None, folder: Path) -> str:
    if postgres:
        return postgres.create(f"t{uuid.uuid4().hex[:12]}", "voronka_template")
    path = folder / "voronka.sqlite3"
    shutil.copy(template.removeprefix("sqlite:///"), path)
    return f"sqlite:///{path}"


@pytest.fixture(scope="session")
def shared_app(template_url: str, postgres: PostgresServer | None,
               tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of all tests that are rolled back."""
    folder = tmp_path_factory.mktemp("shared")
    return create_app({**BASE, "DATABASE_URL": _copy(template_url, postgres, folder), "DATA_DIR": folder})


@pytest.fixture
def app(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application inside a transaction that ends with the test; commits become savepoints."""
    with shared_app.app_context():
        connection = db.engine.connect()
        outer = connection.begin()
        monkeypatch.setattr(type(db.session()), "get_bind", lambda *args, **kwargs: connection)
        db.session.remove()
        db.session.configure(join_transaction_mode="create_savepoint")
    yield shared_app
    with shared_app.app_context():
        db.session.remove()
        outer.rollback()
        connection.close()


@pytest.fixture
def context(app: Flask) -> Iterator[Session]:
    """An application context for tests of operations and queries; gives the session."""
    with app.app_context():
        yield db.session()


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Our company and its people, committed: owner, head, two managers of one team, one of another ..."""
    with app.app_context():
        return make_cast()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session."""
    return app.test_client()


@pytest.fixture
def real_app(template_url: str, postgres: PostgresServer | None, tmp_path: Path) -> Iterator[Flask]:
    """An application with a database of its own and real commits."""
    made = create_app({**BASE, "DATABASE_URL": _copy(template_url, postgres, tmp_path), "DATA_DIR": tmp_path})
    yield made
    with made.app_context():
        db.session.remove()
        db.engine.dispose()
