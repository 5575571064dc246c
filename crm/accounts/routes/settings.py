"""Settings of the company: details, rules, what is in use."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts import operations, queries
from crm.accounts.forms import CompanyForm, ModulesForm, RulesForm
from crm.accounts.models import Organization
from crm.core import access, modules, nav
from crm.core.web import go, render, toast

blueprint = Blueprint("settings", __name__, url_prefix="/settings")


@blueprint.get("/")
@access.need("settings.edit")
def index() -> ResponseReturnValue:
    """The company's details."""
    return _company_page(CompanyForm(obj=queries.the_organization()))


def _company_page(form: CompanyForm, status: int = 200) -> ResponseReturnValue:
    form.keep_zone(queries.the_organization().timezone)
    return render("settings/index.html", form=form, status=status)


@blueprint.post("/")
@access.need("settings.edit")
def save() -> ResponseReturnValue:
    """Keep the company's details."""
    form, organization = CompanyForm(), queries.the_organization()
    form.keep_zone(organization.timezone)
    if not form.validate():
        return _company_page(form, 422)
    operations.update_organization(organization, actor=current_user, version=form.seen(), **form.company())
    toast(_("Saved."))
    return go("settings.index")


@blueprint.get("/rules")
@access.need("settings.edit")
def rules() -> ResponseReturnValue:
    """Who sees what, forgotten deals, and what is in use."""
    return _rules_page(queries.the_organization())


def _rules_page(organization: Organization, status: int = 200, rules_form: RulesForm | None = None,
                ) -> ResponseReturnValue:
    used = [code for code in modules.MODULES if code not in organization.modules_off]
    return render("settings/rules.html", form=rules_form or RulesForm(obj=organization),
                  switches=ModulesForm(used=used), modules=modules.MODULES.values(), status=status)


@blueprint.post("/rules")
@access.need("settings.edit")
def save_rules() -> ResponseReturnValue:
    """Keep the rules."""
    form, organization = RulesForm(), queries.the_organization()
    if not form.validate():
        return _rules_page(organization, 422, form)
    operations.update_organization(organization, actor=current_user, **form.content())
    toast(_("Saved."))
    return go("settings.rules")


@blueprint.post("/modules")
@access.need("settings.edit")
def save_modules() -> ResponseReturnValue:
    """Switch parts on and off."""
    form = ModulesForm()
    if not form.validate():
        return _rules_page(queries.the_organization(), 422)
    off = [code for code in modules.MODULES if code not in (form.used.data or [])]
    operations.update_organization(queries.the_organization(), actor=current_user, modules_off=off)
    toast(_("Saved. What you switched off is gone from the menus."))
    return go("settings.rules")


nav.add("settings.index", "settings", _l("Settings"), "settings.edit", 30, where="person")
