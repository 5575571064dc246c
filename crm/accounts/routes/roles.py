"""One screen of rights: what each role sees and may do, in a matrix and in plain words."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from crm.accounts import matrix, queries, roles
from crm.accounts.forms import CopyRoleForm, RoleForm
from crm.accounts.models import Role
from crm.accounts.operations import AccountError
from crm.accounts.rights import FIELDS, ROLES, Powers, reckon
from crm.core import access
from crm.core.db import db
from crm.core.web import go, render, toast

blueprint = Blueprint("roles", __name__, url_prefix="/settings/roles")


@blueprint.get("")
@access.need("roles.edit")
def index() -> ResponseReturnValue:
    """The matrix of one role, the manager's when none is asked for."""
    return _page(request.args.get("role", "manager"))


def _page(code: str, form: RoleForm | None = None, status: int = 200, powers: Powers | None = None,
          copy_form: CopyRoleForm | None = None) -> ResponseReturnValue:
    now = queries.powers_of(code) or abort(404)
    row = db.session.get(Role, code)
    form = form or RoleForm(formdata=None, version=str(row.version if row else 0), name=row.name if row else "",
                            sells=now.sells, hidden=sorted(now.hidden), discount=now.discount)
    return render("settings/roles.html", code=code, roles=queries.role_names(), counts=queries.people_by_role(),
                  built_in=code in ROLES, changed=row is not None, form=form,
                  copy_form=copy_form or CopyRoleForm(formdata=None), matrix=matrix, powers=powers or now,
                  said=matrix.sentences(powers or now), fields=FIELDS,
                  people=queries.users(), status=status)


@blueprint.get("/<code>/words")
@access.need("roles.edit")
def words(code: str) -> ResponseReturnValue:
    """What the chosen levels would come to, while they are being chosen; nothing is kept."""
    powers = _chosen(code, request.args, request.args.getlist("hidden"), request.args.get("discount", type=int))
    return render("settings/_role_words.html", said=matrix.sentences(powers))


def _chosen(code: str, given: Mapping[str, str], hidden: list[str], discount: int | None = None) -> Powers:
    now = queries.powers_of(code) or abort(404)
    return now if code == "owner" else reckon("", matrix.read_levels(given), [one for one in hidden if one in FIELDS], False, discount)


@blueprint.post("/<code>")
@access.need("roles.edit")
def save(code: str) -> ResponseReturnValue:
    """Keep the levels of a role."""
    form = RoleForm()
    if not form.validate():
        return _page(code, form, 422, _chosen(code, request.form, form.hidden.data or [], form.discount.data))
    own: dict[str, Any] = {} if code in ROLES else {"name": form.name.data or "", "sells": form.sells.data}
    try:
        roles.change_role(code, levels=matrix.read_levels(request.form), hidden=form.hidden.data or [], discount=form.discount.data,
                          actor=current_user, version=int(form.version.data or 0), **own)
    except AccountError as refusal:
        form.refuse(refusal)
        return _page(code, form, 422, _chosen(code, request.form, form.hidden.data or [], form.discount.data))
    toast(_("Saved."))
    return go("roles.index", role=code)


@blueprint.post("/<code>/copy")
@access.need("roles.edit")
def copy(code: str) -> ResponseReturnValue:
    """An own role made from this one."""
    form = CopyRoleForm()
    if not form.validate():
        return _page(code, status=422, copy_form=form)
    try:
        made = roles.copy_role(code, name=form.name.data or "", actor=current_user)
    except AccountError as refusal:
        form.refuse(refusal)
        return _page(code, status=422, copy_form=form)
    toast(_("The role is added. Set what it may do."))
    return go("roles.index", role=made.code)


@blueprint.get("/<code>/delete")
@access.need("roles.edit")
def ask_to_delete(code: str) -> ResponseReturnValue:
    """Whether the changes of a built-in role, or an own role, are really to go."""
    queries.powers_of(code) or abort(404)
    roles.may_delete(code)
    name, count = queries.role_names()[code], queries.people_by_role().get(code, 0)
    words = (_("Back to how %(role)s came?", role=name), _("What was changed in this role is lost."), _("Back to how it came"))
    if code not in ROLES:
        words = (_("Delete the role %(role)s?", role=name), _("Its rights are lost with it."), _("Delete this role"))
    told = ngettext("It counts at once for %(num)d person.", "It counts at once for %(num)d people.", count) if count else ""
    return render("layout/confirm.html", "layout/_confirm.html", title=words[0], text=f"{words[1]} {told}", label=words[2],
                  action=url_for("roles.delete", code=code), back=url_for("roles.index", role=code))


@blueprint.post("/<code>/delete")
@access.need("roles.edit")
def delete(code: str) -> ResponseReturnValue:
    """An own role that nobody has goes; a built-in one becomes what it was."""
    roles.delete_role(code, actor=current_user)
    toast(_("The role is as it came with Voronka again.") if code in ROLES else _("The role is deleted."))
    return go("roles.index", **({"role": code} if code in ROLES else {}))
