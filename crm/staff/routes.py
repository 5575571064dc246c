"""`/staff`: how much a person sees, and handing over the work of somebody who leaves."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from crm.accounts import operations as accounts
from crm.accounts import scope
from crm.accounts.models import User
from crm.core import access, modules
from crm.core.db import db
from crm.core.web import go, render, toast
from crm.staff import operations, queries
from crm.staff.forms import HandOverForm
from crm.staff.models import HandOver

blueprint = Blueprint("staff", __name__, url_prefix="/staff")


@blueprint.get("/sees")
@access.need("roles.edit")
def sees() -> ResponseReturnValue:
    """How many clients, deals ... one person sees; ?person=7."""
    person = db.session.get(User, request.args.get("person", 0, type=int))
    seen = queries.seen_by(person) if person else []
    return render("staff/sees.html", "staff/_sees.html", person=person, seen=seen)


def _leaver(user_id: int) -> User:
    """Whose work changes hands, for those who may give away everybody's."""
    found = db.session.get(User, user_id) or abort(404)
    accounts.may_manage(found, current_user)
    if any(scope.visible_owners(current_user, right) is not None for right in ("clients.edit", "deals.assign", "tasks.edit")):
        access.refuse()
    return found


@blueprint.route("/<int:user_id>/handover", methods=["GET", "POST"])
@access.need("users.edit")
def hand_over(user_id: int) -> ResponseReturnValue:
    """Clients, open deals and tasks to a colleague or over the team, with their counts before."""
    leaver, form = _leaver(user_id), HandOverForm()
    form.offer(queries.takers(leaver), queries.mates(leaver))
    if not form.validate_on_submit():
        return _form(leaver, form)
    try:
        done = operations.hand_over(leaver, parts=form.parts.data or [], takers=form.takers(), actor=current_user)
    except operations.HandOverError as refusal:
        form.refuse(refusal)
        return _form(leaver, form)
    toast(_("%(name)s's work is handed over.", name=leaver.name), undo=url_for("staff.take_back", hand_over_id=done.id))
    return go("staff.hand_over", user_id=user_id)


def _form(leaver: User, form: HandOverForm) -> ResponseReturnValue:
    return render("staff/hand_over.html", leaver=leaver, form=form, counts=queries.counts_of(leaver), parts=queries.PARTS,
                  last=queries.last_of(leaver), tasks=modules.on("tasks"), status=422 if form.errors else 200)


@blueprint.post("/handovers/<int:hand_over_id>/undo")
@access.need("users.edit")
def take_back(hand_over_id: int) -> ResponseReturnValue:
    """Give back what nobody has changed since."""
    done = db.session.get(HandOver, hand_over_id) or abort(404)
    user_id = _leaver(done.from_id).id
    back, stayed = operations.take_back(done, actor=current_user)
    toast(ngettext("%(num)s record is back.", "%(num)s records are back.", back) + (
        " " + ngettext("%(num)s was changed since and stays.", "%(num)s were changed since and stay.", stayed)
        if stayed else ""))
    return go("staff.hand_over", user_id=user_id)
