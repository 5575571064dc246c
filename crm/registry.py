"""The one list of what the program is made of: blueprints, subscribers, jobs, commands."""

from flask import Flask

import crm.accounts.jobs
import crm.backup.jobs
import crm.billing.jobs
import crm.catalog.models
import crm.clients.models
import crm.core.once
import crm.core.upkeep
import crm.deals.models
import crm.documents.jobs
import crm.firms.models
import crm.guard.jobs
import crm.imports.events
import crm.imports.jobs
import crm.log.jobs
import crm.mail.jobs
import crm.plans.models
import crm.staff.models
import crm.tasks.models  # noqa: F401
from crm.accounts import commands as account_commands
from crm.accounts.routes import account, forgotten, passkeys, people, roles, second, settings, sign_in, ways
from crm.backup import commands as backup_commands
from crm.backup import operations as backup
from crm.backup import routes as backup_pages
from crm.billing import handlers as billing_handlers
from crm.billing.routes import lists as payment_lists
from crm.billing.routes import payments as payment_pages
from crm.billing.routes import settings as payment_settings
from crm.billing.routes import terms as payment_terms
from crm.catalog.routes import groups as product_groups
from crm.catalog.routes import lists as price_lists
from crm.catalog.routes import products
from crm.clients.routes import companies as companies_pages
from crm.clients.routes import people as contacts_pages
from crm.core import commands as core_commands
from crm.core import health, schema
from crm.deals.routes import deals as deal_pages
from crm.deals.routes import discounts, lines, moves, pipelines, steps
from crm.demo import commands as demo_commands
from crm.demo import routes as demo_pages
from crm.desk import contracts as desk_contracts
from crm.desk import handlers as desk_handlers
from crm.desk import routes as desk
from crm.documents.routes import agreement, batches, documents, genitive, making, numbers, public, versions
from crm.documents.routes import templates as word_templates
from crm.firms import routes as firms
from crm.guard import commands as guard_commands
from crm.guard.routes import mass as guard_mass
from crm.guard.routes import settings as guard_settings
from crm.health import routes as status
from crm.imports import commands as import_commands
from crm.imports import routes as imports
from crm.log import routes as log
from crm.mail import handlers as mail_handlers
from crm.mail import routes as mail
from crm.plans import routes as plans
from crm.scoreboard import routes as scoreboard
from crm.search import routes as search
from crm.setup import routes as setup
from crm.staff import routes as staff
from crm.tasks import handlers as task_handlers
from crm.tasks import routes as tasks
from crm.timeline import routes as timeline

BLUEPRINTS = (
    health.blueprint,
    sign_in.blueprint,
    account.blueprint,
    second.blueprint,
    passkeys.blueprint,
    ways.blueprint,
    forgotten.blueprint,
    settings.blueprint,
    firms.blueprint,
    status.blueprint,
    backup_pages.blueprint,
    people.blueprint,
    roles.blueprint,
    staff.blueprint,
    products.blueprint,
    price_lists.blueprint,
    product_groups.blueprint,
    deal_pages.blueprint,
    lines.blueprint,
    discounts.blueprint,
    steps.blueprint,
    pipelines.blueprint,
    moves.blueprint,  # the board with its moves
    contacts_pages.blueprint,
    companies_pages.blueprint,
    tasks.blueprint,
    timeline.blueprint,
    search.blueprint,
    documents.blueprint,
    agreement.blueprint,
    versions.blueprint,
    making.blueprint,
    genitive.blueprint,
    public.blueprint,
    numbers.blueprint,
    batches.blueprint,
    word_templates.blueprint,
    payment_pages.blueprint,
    payment_terms.blueprint,
    payment_settings.blueprint,
    payment_lists.calendar,
    payment_lists.received_pages,
    payment_lists.debt_pages,
    payment_lists.owed_pages,
    mail.blueprint,
    setup.blueprint,
    mail.letters,
    imports.blueprint,
    desk.blueprint,
    plans.blueprint,
    scoreboard.blueprint,
    demo_pages.blueprint,
    guard_settings.blueprint,
    guard_mass.blueprint,
    log.blueprint,
)
COMMANDS = (
    core_commands.database,
    core_commands.settings,
    account_commands.group,
    import_commands.group,
    demo_commands.demo,
    guard_commands.group,
    *backup_commands.COMMANDS,
)


def register(app: Flask) -> None:
    """Hang everything into the application."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    task_handlers.listen()
    mail_handlers.listen()
    desk_handlers.listen()
    desk_contracts.listen()
    billing_handlers.listen()
    schema.guard_upgrades(backup.before_upgrade)
    for command in COMMANDS:
        app.cli.add_command(core_commands.in_plain_words(command))
