"""A database filled with the demo company, once for each language."""

from collections.abc import Iterator

import pytest
from flask import Flask, g
from sqlalchemy.orm import Session

from crm import create_app
from crm.core.db import db
from crm.demo import operations
from tests.conftest import BASE, _copy
from tests.postgres import PostgresServer


@pytest.fixture(scope="module", params=["ru", "en"])
def filled(request: pytest.FixtureRequest, template_url: str, postgres: PostgresServer | None,
           tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, list[operations.Login]]]:
    """The application with the demo in it, and who can sign in. Nobody writes to it."""
    folder = tmp_path_factory.mktemp(f"demo-{request.param}")
    app = create_app({**BASE, "DATABASE_URL": _copy(template_url, postgres, folder), "DATA_DIR": folder})
    with app.app_context():
        g.locale = request.param
        logins = operations.fill(locale=request.param)
        db.session.commit()
        db.session.remove()
    yield app, logins
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def demo(filled: tuple[Flask, list[operations.Login]]) -> Iterator[Session]:
    """A session on the filled database, in the company's own language and zone."""
    with filled[0].test_request_context("/"):
        filled[0].preprocess_request()
        yield db.session()
        db.session.remove()
