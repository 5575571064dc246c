"""The owner's page of how the program is."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.core import access, health, jobs
from crm.core.web import go, render, toast
from crm.health import queries

blueprint = Blueprint("status", __name__, url_prefix="/settings/health")


@blueprint.get("/")
@access.need("settings.edit")
def index() -> ResponseReturnValue:
    """Every watched part in plain words, what to do, and the jobs that were given up."""
    parts = [(check, check.probe()) for check in health.checks()]
    return render("health/index.html", parts=parts, failed=queries.given_up(), versions=queries.versions())


@blueprint.post("/jobs/again")
@access.need("settings.edit")
def again() -> ResponseReturnValue:
    """Jobs that were given up wait anew."""
    jobs.try_again()
    toast(_("They will be tried again now."))
    return go("status.index")


health.declare("database", _l("Database"), queries.database, 10)
health.declare("jobs", _l("Background work"), queries.job_queue, 40)
health.declare("disk", _l("Disk"), queries.disk, 50)
health.declare("address", _l("Address"), queries.address, 60)
