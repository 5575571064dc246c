"""Every setting is explained, by the command and in the README."""

from pathlib import Path

import pytest
from flask import Flask

from crm.core import schema
from crm.core.db import db
from crm.settings import SETTINGS

ROOT = Path(__file__).resolve().parents[2]


def test_the_command_explains_every_setting_and_shows_no_secret(app: Flask) -> None:
    text = app.test_cli_runner().invoke(args=["settings"]).output
    for setting in SETTINGS:
        assert setting.name in text
        assert setting.help in text
    assert "tests only" not in text


def test_the_readme_names_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()
    assert [setting.name for setting in SETTINGS if f"`{setting.name}`" not in readme] == []


def test_a_database_of_a_newer_version_is_refused(app: Flask, context: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "current", lambda _engine: "ffff")
    with pytest.raises(schema.NewerDatabaseError, match="newer version"):
        schema.upgrade()
    assert db.session.is_active


def test_the_models_and_the_migrations_make_the_same_tables(real_app: Flask) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from crm.core.db import Base

    with real_app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False, "include_object": schema.compared})
        assert compare_metadata(context, Base.metadata) == []
