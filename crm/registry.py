"""The one list of what the program is made of: blueprints, subscribers, jobs, commands."""

from flask import Flask

import crm.catalog.models
import crm.clients.models
import crm.core.once
import crm.deals.models
import crm.documents.models
import crm.imports.models
import crm.mail.models
import crm.plans.models
import crm.tasks.models  # noqa: F401
from crm.accounts import commands as account_commands
from crm.accounts import routes as accounts
from crm.core import commands as core_commands
from crm.core import health

BLUEPRINTS = (
    health.blueprint,
    accounts.blueprint,
)
COMMANDS = (
    core_commands.database,
    core_commands.settings,
    account_commands.group,
)


def register(app: Flask) -> None:
    """Hang everything into the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for command in COMMANDS:
        app.cli.add_command(command)
