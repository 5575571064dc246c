"""The company under load: five people, one pipeline, on a database of either kind with everything synced to the disk."""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from crm import create_app
from crm.accounts import operations as accounts
from crm.core import jobs, schema
from crm.core.db import db
from crm.deals.models import OPEN, Pipeline
from crm.setup import operations as setup
from faults.people import PASSWORD
from faults.postgres import Cluster

EMAILS = [f"{name}@example.com" for name in ("owner", "ann", "ben", "cleo", "dan")]


@dataclass
class Company:
    """Where its data are, and who works there."""

    kind: str
    folder: Path
    url: str
    app: Flask  # for looking into the database, never for serving
    stages: list[int]
    server: Cluster | None = None


def found(kind: str, folder: Path, url: str, server: Cluster | None = None) -> Company:
    """Migrate and fill; `url` is empty for SQLite in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    app = create_app({"DATABASE_URL": url or f"sqlite:///{folder / 'voronka.sqlite3'}", "DATA_DIR": folder, "LOCALE": "en",
                      "SECRET_KEY": "", "SMTP_URL": "", "BASE_URL": "", "CHEAP_PASSWORDS": True})
    logging.getLogger().setLevel(logging.WARNING)
    with app.app_context():
        schema.upgrade()
        secret = accounts.make_password_hash(PASSWORD)
        setup.begin(company={"name": "Fault Ltd", "currency": "GBP", "timezone": "Europe/London"}, business="services",
                    locale="en", owner_name="Olive Owner", owner_email=EMAILS[0], password_hash=secret)
        for email in EMAILS[1:]:
            accounts.create_user(name=email.split("@")[0].title(), email=email, role="head", password_hash=secret, locale="en")
        jobs.ensure_recurring()
        pipeline = db.session.query(Pipeline).order_by(Pipeline.id).first()
        assert pipeline
        stages = [stage for stage in pipeline.stages if stage.kind == OPEN]
        for stage in stages:
            stage.requires = []
        db.session.commit()
        ids = [stage.id for stage in stages]
        db.session.remove()
        db.engine.dispose()
    return Company(kind, folder, url, app, ids, server)


@contextmanager
def company(kind: str, folder: Path, server: Cluster | None = None) -> Iterator[Company]:
    """A company on SQLite (with FULL sync, as the program sets it) or on a PostgreSQL with fsync."""
    if kind == "sqlite":
        made = found(kind, folder, "")
        yield made
        _close(made.app)
        return
    own = server or Cluster.start()
    try:
        made = found(kind, folder, own.create(f"faults_{uuid.uuid4().hex[:12]}"), own)
        yield made
        _close(made.app)
    finally:
        if server is None:
            own.stop()


def _close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
