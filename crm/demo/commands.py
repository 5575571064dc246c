"""`flask demo`: a living company to look around in, and its removal."""

import click
from flask import current_app, g
from flask.cli import with_appcontext

from crm.accounts import operations as accounts
from crm.accounts import queries
from crm.core.db import db
from crm.core.i18n import LOCALES
from crm.demo import operations

REAL = ("This database holds a real company, {name}: it is never removed from here. "
        "Make the demo in another folder, for example: DATA_DIR=demo make demo")


@click.command("demo")
@click.option("--locale", type=click.Choice(LOCALES), help="Language of the demo; LOCALE of the settings by default.")
@click.option("--reset", is_flag=True, help="Remove the existing demo company and create it again.")
@click.option("--remove", is_flag=True, help="Remove the demo company and stop.")
@with_appcontext
def demo(locale: str | None, reset: bool, remove: bool) -> None:
    """Fill an empty database with a demo company; prints who can sign in: e-mail, password, role."""
    locale = locale or str(current_app.config["LOCALE"])
    g.locale = locale
    organization = queries.organization()
    if organization is not None:
        if not organization.demo:
            raise click.ClickException(REAL.format(name=organization.name))
        if not (reset or remove):
            raise click.ClickException("The demo company is here already. RESET=1 make demo creates it again, "
                                       "make demo-remove removes it.")
        operations.remove()
    if remove:
        db.session.commit()
        click.echo("The demo company is gone. The next start begins with the wizard.", err=True)
        return
    click.echo("Creating the demo company, a few seconds ...", err=True)
    logins = operations.fill(locale=locale)
    accounts.end_setup()
    db.session.commit()
    for login in logins:
        click.echo(f"{login.email}\t{login.password}\t{login.role}")
