"""Tables are changed whole or not at all, and nobody's rows go along with a table that is made anew."""

import subprocess
import sys

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask import Flask

from crm.clients.models import Channel, Contact
from crm.core import schema
from crm.core.db import db


@pytest.fixture
def person(real_app: Flask) -> int:
    """A client with a phone."""
    with real_app.app_context():
        made = Contact(surname="Ёлкин", channels=[Channel(kind="phone", typed="1", value="+1")])
        db.session.add(made)
        db.session.commit()
        return made.id


def test_the_newest_file_is_the_head_that_alembic_finds(real_app: Flask) -> None:
    assert schema.head() == ScriptDirectory(str(schema.FOLDER)).get_current_head()
    with real_app.app_context():
        assert schema.current() == schema.head()


def test_a_start_on_a_migrated_database_does_without_alembic() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import sys, crm; print([name for name in sys.modules if name.split('.')[0] == 'alembic'])"],
        cwd=schema.FOLDER.parent, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def phones() -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(Channel)) or 0


def test_a_table_made_anew_keeps_the_rows_that_point_to_it(real_app: Flask, person: int) -> None:
    with real_app.app_context():
        with schema.changing() as connection:
            change = Operations(MigrationContext.configure(connection))
            with change.batch_alter_table("contact", recreate="auto") as table:
                table.alter_column("source", existing_type=sa.String(100), type_=sa.String(150))
        assert phones() == 1


def break_off() -> None:
    with schema.changing() as connection:
        change = Operations(MigrationContext.configure(connection))
        change.create_table("later", sa.Column("id", sa.Integer, primary_key=True))
        change.execute(sa.update(Contact).values(surname=""))
        raise ZeroDivisionError


def orphan_a_phone(person: int) -> None:
    with schema.changing() as connection:
        connection.execute(sa.delete(Contact).where(Contact.id == person))
        connection.execute(sa.insert(Channel).values(contact_id=person, kind="phone", typed="2", value="+2", position=0))


def test_a_change_that_breaks_off_leaves_everything_as_it_was(real_app: Flask, person: int) -> None:
    with real_app.app_context():
        with pytest.raises(ZeroDivisionError):
            break_off()
        assert not sa.inspect(db.engine).has_table("later")
        assert db.session.get_one(Contact, person).surname == "Ёлкин"


def test_a_server_ends_what_a_killed_start_has_begun(real_app: Flask) -> None:
    """Else a long statement goes on for nobody, and every later start waits for its locks."""
    with real_app.app_context():
        if db.engine.dialect.name != "postgresql":
            pytest.skip("SQLite works in the program itself")
        with schema.changing() as connection:
            assert connection.scalar(sa.text("SHOW client_connection_check_interval")) == "2s"
        assert db.session.scalar(sa.text("SHOW client_connection_check_interval")) == "0"


def test_keys_are_checked_before_the_end_of_a_change_and_followed_again_after_it(real_app: Flask, person: int) -> None:
    with real_app.app_context():
        with pytest.raises((RuntimeError, sa.exc.IntegrityError)):
            orphan_a_phone(person)
        db.session.execute(sa.delete(Contact).where(Contact.id == person))
        db.session.commit()
        assert phones() == 0
