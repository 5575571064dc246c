"""The page of sales plans."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.queries import the_organization
from crm.core import access, modules, nav
from crm.core.web import go, render, toast
from crm.plans import operations, queries
from crm.plans.forms import plans_form, year_of

blueprint = Blueprint("plans", __name__)


@blueprint.get("/plans")
@access.need("plans.edit")
def index() -> ResponseReturnValue:
    """Plans of a year, to be typed in place."""
    grid = queries.grid(year_of(request.args.get("year")))
    return render("plans/index.html", grid=grid, form=plans_form(grid, the_organization().currency))


@blueprint.post("/plans")
@access.need("plans.edit")
def save() -> ResponseReturnValue:
    """Keep what was typed."""
    grid = queries.grid(year_of(request.args.get("year")))
    form = plans_form(grid, the_organization().currency)
    if not form.validate():
        return render("plans/index.html", grid=grid, form=form, status=422)
    operations.set_plans(grid.year, form.amounts(grid), actor=current_user, mark=form.mark.data)
    toast(_("The plans are saved."))
    return go("plans.index", year=grid.year)


modules.declare("plans", _l("Sales plans"), _l(
    "How much each manager should sell in a month; the leaderboard shows how much of it is done."), "plans")
nav.add("plans.index", "flag", _l("Plans"), "plans.edit", 60, module="plans", where="person")
