"""What waits for a second person: who asked sees their own, those who may agree see all and decide."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import access
from crm.core.web import go, go_url, render, toast
from crm.guard import rules
from crm.guard.access import actor, mass_request
from crm.guard.operations import mass as operations
from crm.guard.queries import mass

blueprint = Blueprint("mass", __name__, url_prefix="/settings/waiting")


@blueprint.get("")
@access.signed_in
def index() -> ResponseReturnValue:
    """Requests that wait for this person, their own ones, and how the latest ended."""
    me = actor()
    return render("mass/index.html", theirs=[mass.shown(one, me) for one in mass.to_decide(me)],
                  mine=[mass.shown(one, me) for one in mass.asked_by(me)],
                  decided=[mass.shown(one, me) for one in mass.decided(me)], allowed=rules.number("deletes"))


def _version() -> int | None:
    return request.form.get("version", 0, type=int)


@blueprint.post("/<int:request_id>/approve")
@access.need("mass.approve")
def approve(request_id: int) -> ResponseReturnValue:
    """It is done now."""
    operations.approve(mass_request(request_id, "decide"), version=_version(), actor=actor())
    toast(_("Done: you have agreed."))
    return go("mass.index")


@blueprint.post("/<int:request_id>/decline")
@access.need("mass.approve")
def decline(request_id: int) -> ResponseReturnValue:
    """Nothing is done."""
    operations.decline(mass_request(request_id, "decide"), version=_version(), actor=actor())
    toast(_("Declined: everything stays as it is."))
    return go("mass.index")


@blueprint.post("/<int:request_id>/withdraw")
@access.signed_in
def withdraw(request_id: int) -> ResponseReturnValue:
    """Who asked does not want it any more."""
    operations.withdraw(mass_request(request_id, "withdraw"), actor=actor())
    toast(_("Withdrawn: everything stays as it is."))
    return go("mass.index")


@blueprint.post("/<int:request_id>/seen")
@access.signed_in
def seen(request_id: int) -> ResponseReturnValue:
    """Who asked has read how it ended."""
    operations.see(mass_request(request_id, "withdraw"))
    return go_url("/")
