"""Settings of the guard: limits, what the owner is told, how long the log is kept."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import queries
from crm.accounts.models import User
from crm.accounts.operations import update_organization
from crm.accounts.second import NEEDED_BY
from crm.core import access
from crm.core.web import go, render, toast
from crm.guard import rules
from crm.guard.forms import GuardForm, guard_form

blueprint = Blueprint("guard", __name__, url_prefix="/settings/guard")


@blueprint.get("")
@access.need("guard.edit")
def index() -> ResponseReturnValue:
    """The rules as they are."""
    people = _people()
    return _page(guard_form(people), people)


def _people() -> list[User]:
    return [user for user in queries.users() if not rules.is_owner(user)]


def _page(form: GuardForm, people: list[User], status: int = 200) -> ResponseReturnValue:
    return render("guard/index.html", form=form, people=people, second_for=NEEDED_BY, status=status)


@blueprint.post("")
@access.need("guard.edit")
def save() -> ResponseReturnValue:
    """Keep the rules."""
    people = _people()
    form = guard_form(people)
    if not form.validate():
        return _page(form, people, 422)
    update_organization(queries.the_organization(), actor=current_user, guard=form.rules(people))
    toast(_("Saved."))
    return go("guard.index")
