"""`flask db upgrade` and `flask settings`."""

import copy
import os
from typing import Any

import click
import sqlalchemy.exc
from flask import current_app
from flask.cli import AppGroup, with_appcontext

from crm.core import schema
from crm.core.errors import DomainError
from crm.settings import SETTINGS

database = AppGroup("db", help="The tables of the database.")


def in_plain_words(command: click.Command) -> click.Command:
    """The command, which ends in a sentence when the database does not answer."""
    spoken, run = copy.copy(command), command.invoke

    def invoke(context: click.Context) -> Any:
        try:
            return run(context)
        except sqlalchemy.exc.OperationalError as error:
            raise click.ClickException(schema.refusal(error)) from error

    spoken.invoke = invoke  # type: ignore[assignment, method-assign]
    return spoken


@database.command("upgrade")
def upgrade() -> None:
    """Make or change the tables; nothing happens when they are current."""
    try:
        schema.upgrade()
    except schema.NewerDatabaseError as error:
        raise click.ClickException(schema.refusal(error)) from error
    except DomainError as refusal:  # the backup before an upgrade failed
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"The database is at {schema.head()}.")


@database.command("revision")
@click.argument("message")
def revision(message: str) -> None:
    """For developers: write a migration from the difference between the models and this database."""
    click.echo(schema.write_revision(message))


@click.command("settings")
@with_appcontext
def settings() -> None:
    """Explain every environment variable and show what is in force."""
    for setting in SETTINGS:
        value = current_app.config[setting.name]
        given = os.environ.get(setting.name, "").strip()  # what is in force of an empty one was made by the program
        shown = ("(set)" if given else "(empty)") if setting.secret else (
            ", ".join(map(str, value)) if isinstance(value, tuple) else str(value))
        click.echo(f"{setting.name:<16} {shown}\n{'':<17}{setting.help}")
