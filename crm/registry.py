"""The one list of what the program is made of: blueprints, subscribers, jobs, commands."""

from flask import Flask

import crm.catalog.models
import crm.clients.models
import crm.core.once
import crm.deals.models
import crm.documents.models
import crm.imports.jobs
import crm.mail.jobs
import crm.plans.models
import crm.tasks.models  # noqa: F401
from crm.accounts import commands as account_commands
from crm.accounts.routes import account, people, settings, sign_in
from crm.catalog import routes as products
from crm.clients.routes import companies as companies_pages
from crm.clients.routes import people as contacts_pages
from crm.core import commands as core_commands
from crm.core import health
from crm.deals.routes import deals as deal_pages
from crm.deals.routes import lines, moves, steps
from crm.imports import commands as import_commands
from crm.imports import routes as imports
from crm.mail import routes as mail
from crm.plans import routes as plans
from crm.scoreboard import routes as scoreboard
from crm.search import routes as search
from crm.timeline import routes as timeline

BLUEPRINTS = (
    health.blueprint,
    sign_in.blueprint,
    account.blueprint,
    settings.blueprint,
    people.blueprint,
    products.blueprint,
    deal_pages.blueprint,
    lines.blueprint,
    steps.blueprint,
    moves.blueprint,  # the board with its moves
    contacts_pages.blueprint,
    companies_pages.blueprint,
    timeline.blueprint,
    search.blueprint,
    mail.blueprint,
    imports.blueprint,
    plans.blueprint,
    scoreboard.blueprint,
)
COMMANDS = (
    core_commands.database,
    core_commands.settings,
    account_commands.group,
    import_commands.group,
)


def register(app: Flask) -> None:
    """Hang everything into the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
