"""`flask import deals FILE`, `flask import contacts FILE` and `flask import products FILE`."""

from pathlib import Path

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from crm.accounts import operations as accounts
from crm.accounts.speaking import speak_for_company
from crm.core.db import db
from crm.core.errors import DomainError
from crm.imports import mapping, operations
from crm.imports.reading import read_table

group = AppGroup("import", help="Deals, people and products from CSV or XLSX files.")


@group.command("deals")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def deals(file: Path) -> None:
    """Take deals; columns are known by their names, rows by their key."""
    _run("deals", file)


@group.command("contacts")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def contacts(file: Path) -> None:
    """Take people; who is here already gets what was missing."""
    _run("contacts", file)


@group.command("products")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def products(file: Path) -> None:
    """Take products that are new; known ones are changed in the browser."""
    _run("products", file)


def _run(what: str, file: Path) -> None:
    speak_for_company()
    try:
        table = read_table(file.read_bytes(), file.name)
        accounts.ensure_organization(name=_("My company"), currency="USD")
        take = {"deals": operations.import_deals, "contacts": operations.import_contacts, "products": operations.import_products}[what]
        report = take(table, mapping.guess(table.columns, what), actor=None)
    except DomainError as problem:
        db.session.rollback()
        raise click.ClickException(problem.message) from problem
    click.echo(f"{report.rows} rows: {report.added} added, {report.changed} changed, {report.same} unchanged, "
               f"{len(report.refused)} refused.")
    for line, reason in report.refused:
        click.echo(f"line {line}: {reason}", err=True)
