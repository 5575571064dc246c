"""The owner's rules about payments: ways to pay, when somebody is reminded."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.billing import operations, rules
from crm.billing.forms import RulesForm
from crm.core import access
from crm.core.web import go, render, toast

blueprint = Blueprint("payment_rules", __name__, url_prefix="/settings/payments")


@blueprint.get("")
@access.need("settings.edit")
def index() -> ResponseReturnValue:
    """The rules as they are."""
    return render("payments/settings.html", form=RulesForm(data=rules.rules()))


@blueprint.post("")
@access.need("settings.edit")
def save() -> ResponseReturnValue:
    """Keep them."""
    form = RulesForm()
    if not form.validate():
        return render("payments/settings.html", form=form, status=422)
    operations.set_rules(form.rules(), actor=current_user)
    toast(_("Saved."))
    return go("payment_rules.index")
