"""People of our company and their teams."""

from flask import Blueprint, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from crm.accounts import entry, operations, queries, resets, second
from crm.accounts.forms import TeamForm, UserForm
from crm.accounts.models import User
from crm.core import access, nav, once
from crm.core.db import db
from crm.core.errors import NotAllowed
from crm.core.web import go, go_url, public_url, render, toast

blueprint = Blueprint("people", __name__, url_prefix="/settings")


def _user(user_id: int) -> User:
    return db.session.get(User, user_id) or abort(404)


def _form(user: User | None = None) -> UserForm:
    form = UserForm(obj=user)
    teams = [(str(team.id), team.name) for team in queries.teams()]
    form.team_id.choices = [("", _("no team")), *teams]
    form.role.choices = list(queries.role_names().items())
    if user is None and not form.is_submitted():
        form.role.data = "manager"  # an owner is never invited by a careless click
    return form


@blueprint.get("/users")
@access.need("users.see")
def users() -> ResponseReturnValue:
    """Everybody, by name; those who left below."""
    return _people(TeamForm())


def _people(form: TeamForm, status: int = 200) -> ResponseReturnValue:
    return render("settings/users.html", people=queries.users(active=False), teams=queries.teams(), form=form, status=status)


@blueprint.route("/users/new", methods=["GET", "POST"])
@access.need("users.edit")
def new() -> ResponseReturnValue:
    """Add a person and get the invitation to hand over."""
    form = _form()
    if not form.validate_on_submit():
        return render("settings/user.html", form=form, user=None, status=422 if form.errors else 200)
    if made := once.already(form.once.data):
        return go_url(made)
    try:
        user = operations.create_user(actor=current_user, **form.content())
    except (operations.AccountError, NotAllowed) as refusal:
        form.refuse(refusal)
        return render("settings/user.html", form=form, user=None, status=422)
    once.keep(form.once.data, url_for("people.edit", user_id=user.id))
    return _invitation(user) if user.email else go("people.users")


@blueprint.route("/users/<int:user_id>", methods=["GET", "POST"])
@access.need("users.edit")
def edit(user_id: int) -> ResponseReturnValue:
    """Change a person."""
    user = _user(user_id)
    form = _form(user)
    if not form.validate_on_submit():
        return _card(user, form)
    fields = form.content()
    try:
        operations.update_user(user, actor=current_user, **{**fields, "email": fields["email"] or None})
    except (operations.AccountError, NotAllowed) as refusal:
        form.refuse(refusal)
        return _card(user, form)
    toast(_("Saved."))
    return go("people.users")


def _card(user: User, form: UserForm) -> ResponseReturnValue:
    return render("settings/user.html", form=form, user=user, second_step=second.has(user.id),
                  sessions=queries.sessions_of(user) if operations.opens(user, current_user) else [], status=422 if form.errors else 200)


@blueprint.post("/users/<int:user_id>/invite")
@access.need("users.edit")
def invite(user_id: int) -> ResponseReturnValue:
    """A fresh invitation; the link is shown once."""
    return _invitation(_user(user_id))


def _invitation(user: User) -> ResponseReturnValue:
    token = operations.invite(user, actor=current_user)
    link = public_url("accounts.invite", token=token)
    return render("settings/invitation.html", user=user, link=link, days=operations.INVITE_DAYS)


@blueprint.post("/users/<int:user_id>/reset")
@access.need("users.edit")
def reset(user_id: int) -> ResponseReturnValue:
    """A link for a new password, shown once."""
    user = _user(user_id)
    token = resets.make_link_by_hand(user, actor=current_user)
    return render("settings/reset_link.html", user=user, link=public_url("forgotten.choose", token=token))


@blueprint.post("/users/<int:user_id>/sessions/end")
@access.need("users.edit")
def end_sessions(user_id: int) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    user = _user(user_id)
    operations.may_manage(user, current_user)
    ended = entry.end_sessions(user, actor=current_user)
    toast(ngettext("%(num)d session ended.", "%(num)d sessions ended.", ended))
    return go("people.edit", user_id=user.id)


@blueprint.get("/users/<int:user_id>/close")
@access.need("users.edit")
def ask_to_close(user_id: int) -> ResponseReturnValue:
    """Whether somebody's access is really to be closed: their sessions do not come back."""
    user = _user(user_id)
    operations.may_manage(user, current_user)
    return render("layout/confirm.html", "layout/_confirm.html", title=_("Close %(name)s's access?", name=user.name),
                  text=_("They are signed out everywhere at once, and their open links no longer work. What they lead stays; "
                         "next you can hand it over."),
                  label=_("Deactivate"), action=url_for("people.switch", user_id=user.id, active=0),
                  back=url_for("people.edit", user_id=user.id))


@blueprint.post("/users/<int:user_id>/active/<int:active>")
@access.need("users.edit")
def switch(user_id: int, active: int) -> ResponseReturnValue:
    """A person leaves (all sessions end) or comes back; a second click changes nothing."""
    user = _user(user_id)
    operations.update_user(user, actor=current_user, active=bool(active))
    toast(_("%(name)s can sign in again.", name=user.name) if active
          else _("%(name)s can no longer sign in.", name=user.name),
          undo=url_for("people.switch", user_id=user.id, active=0 if active else 1))
    return go("people.users") if active else go_url(f"/staff/{user.id}/handover")  # their work goes on


@blueprint.post("/teams")
@access.need("users.edit")
def add_team() -> ResponseReturnValue:
    """A new team."""
    form = TeamForm()
    if not form.validate():
        return _people(form, 422)
    try:
        operations.create_team(name=form.name.data or "", actor=current_user)
    except operations.AccountError as refusal:
        form.refuse(refusal)
        return _people(form, 422)
    return go("people.users")


nav.add("people.users", "team", _l("People"), "users.see", 40, where="person")
