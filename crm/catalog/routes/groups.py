"""Groups of products: renamed and removed; new ones come by their name in the form of a product."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.catalog import access as load
from crm.catalog import operations, queries
from crm.catalog.forms.products import GroupForm
from crm.core import access
from crm.core.web import go, render, toast

blueprint = Blueprint("product_groups", __name__, url_prefix="/products/groups")


@blueprint.get("")
@access.need("products.see")
def index() -> ResponseReturnValue:
    """The tree, with how many products stand where."""
    return render("product_groups/index.html", tree=queries.tree())


@blueprint.route("/<int:group_id>", methods=["GET", "POST"])
@access.need("products.edit")
def edit(group_id: int) -> ResponseReturnValue:
    """Another name."""
    group = load.group(group_id)
    form = GroupForm(obj=group)
    if form.validate_on_submit():
        try:
            operations.rename_group(group, name=form.name.data or "", actor=current_user)
        except operations.ProductError as refusal:
            form.refuse(refusal)
    if not form.is_submitted() or form.errors:
        return render("product_groups/edit.html", form=form, group=group, status=422 if form.errors else 200)
    toast(_("Saved."))
    return go("product_groups.index")


@blueprint.get("/<int:group_id>/delete")
@access.need("products.edit")
def ask_to_delete(group_id: int) -> ResponseReturnValue:
    """Whether the group is really to go."""
    group = load.group(group_id)
    return render("layout/confirm.html", "layout/_confirm.html", title=_("Delete the group %(name)s?", name=group.title),
                  text=_("Its products stay, without a group. Groups in it go with it."), label=_("Delete the group"),
                  action=f"/products/groups/{group.id}/delete", back="/products/groups")


@blueprint.post("/<int:group_id>/delete")
@access.need("products.edit")
def delete(group_id: int) -> ResponseReturnValue:
    """The group goes, its products stay."""
    group = load.group(group_id)
    operations.delete_group(group, actor=current_user)
    toast(_("The group %(name)s is deleted.", name=group.name))
    return go("product_groups.index")
