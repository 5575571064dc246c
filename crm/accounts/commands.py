"""`flask user ...`: people from the command line."""

import click
from flask.cli import AppGroup
from flask_babel import gettext as _

from crm.accounts import operations, queries, second
from crm.accounts.rights import ROLES
from crm.core.db import db

group = AppGroup("user", help="People who sign in.")


@group.command("create")
@click.option("--email", required=True)
@click.option("--name", required=True)
@click.option("--role", required=True, help=f"{', '.join(ROLES)}, or the code of an own role.")
@click.option("--password", help="Asked for when it is not given.")
def create(email: str, name: str, role: str, password: str | None) -> None:
    """Make a person who can sign in."""
    password = password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    try:
        operations.ensure_organization(name=_("My company"))
        operations.create_user(name=name, email=email, role=role,
                               password_hash=operations.make_password_hash(password, email))
    except operations.AccountError as error:
        raise click.ClickException(error.message) from error
    db.session.commit()
    click.echo(f"{email}\t{role}")


@group.command("password")
@click.option("--email", required=True)
@click.option("--password", help="Asked for when it is not given.")
def password(email: str, password: str | None) -> None:
    """Set a new password for somebody who forgot it; all their sessions end."""
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    password = password or click.prompt("New password", hide_input=True, confirmation_prompt=True)
    try:
        operations.set_password(user, operations.make_password_hash(password, user.email))
    except operations.AccountError as error:
        raise click.ClickException(error.message) from error
    db.session.commit()
    click.echo(f"{email}: the password is set.")


@group.command("disable-2fa")
@click.argument("email")
def disable_second_step(email: str) -> None:
    """Turn the second step off for somebody who lost their phone."""
    user = queries.user_by_email(email)
    if user is None:
        raise click.ClickException(f"Nobody has the address {email}.")
    second.turn_off(user, actor=None)
    db.session.commit()
    click.echo(f"{email}: the second step is off.")
