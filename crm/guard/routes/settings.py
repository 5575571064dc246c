"""Settings of the guard: limits, what the owner is told, how long the log is kept."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import queries
from crm.accounts.operations import update_organization
from crm.accounts.second import NEEDED_BY
from crm.core import access
from crm.core.web import go, render, toast
from crm.guard import rules
from crm.guard.forms import GuardForm, read_people

blueprint = Blueprint("guard", __name__, url_prefix="/settings/guard")


@blueprint.get("")
@access.need("guard.edit")
def index() -> ResponseReturnValue:
    """The rules as they are."""
    return _page(GuardForm(data=dict(rules.rules())))


def _page(form: GuardForm, status: int = 200) -> ResponseReturnValue:
    people = [user for user in queries.users() if not rules.is_owner(user)]
    return render("guard/index.html", form=form, people=people, own=rules.rules().get("people", {}),
                  second_for=NEEDED_BY, status=status)


@blueprint.post("")
@access.need("guard.edit")
def save() -> ResponseReturnValue:
    """Keep the rules."""
    form = GuardForm()
    if not form.validate():
        return _page(form, 422)
    people = read_people(request.form, [user.id for user in queries.users()])
    update_organization(queries.the_organization(), actor=current_user, guard={**form.content(), "people": people})
    toast(_("Saved."))
    return go("guard.index")
