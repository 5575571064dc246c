"""The one list of what the program is made of: blueprints, subscribers, jobs, commands."""

from flask import Flask

import crm.catalog.models
import crm.clients.models
import crm.core.once
import crm.deals.models
import crm.documents.jobs
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
from crm.deals.routes import lines, moves, pipelines, steps
from crm.demo import commands as demo_commands
from crm.demo import routes as demo_pages
from crm.desk import routes as desk
from crm.documents.routes import documents, genitive, making, public
from crm.documents.routes import templates as word_templates
from crm.imports import commands as import_commands
from crm.imports import routes as imports
from crm.mail import routes as mail
from crm.plans import routes as plans
from crm.scoreboard import routes as scoreboard
from crm.search import routes as search
from crm.setup import routes as setup
from crm.tasks import handlers as task_handlers
from crm.tasks import routes as tasks
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
    pipelines.blueprint,
    moves.blueprint,  # the board with its moves
    contacts_pages.blueprint,
    companies_pages.blueprint,
    tasks.blueprint,
    timeline.blueprint,
    search.blueprint,
    documents.blueprint,
    making.blueprint,
    genitive.blueprint,
    public.blueprint,
    word_templates.blueprint,
    mail.blueprint,
    setup.blueprint,
    mail.letters,
    imports.blueprint,
    desk.blueprint,
    plans.blueprint,
    scoreboard.blueprint,
    demo_pages.blueprint,
)
COMMANDS = (
    core_commands.database,
    core_commands.settings,
    account_commands.group,
    import_commands.group,
    demo_commands.demo,
)


def register(app: Flask) -> None:
    """Hang everything into the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    task_handlers.listen()
    for command in COMMANDS:
        app.cli.add_command(command)
