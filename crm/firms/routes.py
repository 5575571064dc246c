"""`/settings/companies`: the companies in whose name we sell, and their bank accounts."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts.queries import the_organization
from crm.core import access, once
from crm.core.company_columns import OwnDetails
from crm.core.errors import DomainError
from crm.core.web import go, render, toast
from crm.firms import operations, queries
from crm.firms.forms import AccountForm, FirmForm, WhichForm
from crm.firms.models import FIRST, Firm

blueprint = Blueprint("firms", __name__, url_prefix="/settings/companies")
RIGHT = "settings.edit"


@blueprint.get("")
@access.need(RIGHT)
def index() -> ResponseReturnValue:
    """All companies of ours, the first one on top."""
    return render("firms/index.html", firms=queries.firms())


@blueprint.route("/new", methods=["GET", "POST"])
@access.need(RIGHT)
def new() -> ResponseReturnValue:
    """One more company; sending the form twice makes one."""
    form = FirmForm(vat_rate="")
    if not form.validate_on_submit():
        return _form(form, None)
    if once.already(form.once.data) is None:
        try:
            operations.add_firm(actor=current_user, **form.company())
        except DomainError as refusal:
            form.refuse(refusal)
            return _form(form, None)
        once.keep(form.once.data, url_for(".index"))
    toast(_("The company is added. It can be chosen on deals now."))
    return go("firms.index")


def _form(form: FirmForm, firm: Firm | None) -> ResponseReturnValue:
    return render("firms/edit.html", form=form, firm=firm, status=422 if form.errors else 200)


def _firm(firm_id: int) -> Firm:
    return queries.firm(firm_id) or abort(404, _("There is no such company."))


def _any(firm_id: int) -> OwnDetails:
    """A company by its code in addresses, the first one among them."""
    return the_organization() if firm_id == FIRST else _firm(firm_id)


@blueprint.route("/<int:firm_id>", methods=["GET", "POST"])
@access.need(RIGHT)
def edit(firm_id: int) -> ResponseReturnValue:
    """The details of one of those beside the first."""
    firm = _firm(firm_id)
    form = FirmForm(obj=firm)
    if not form.validate_on_submit():
        return _form(form, firm)
    try:
        operations.change_firm(firm, actor=current_user, version=form.seen(), **form.company())
    except DomainError as refusal:
        form.refuse(refusal)
        return _form(form, firm)
    toast(_("Saved."))
    return go("firms.index")


@blueprint.post("/<int:firm_id>/archive")
@access.need(RIGHT)
def archive(firm_id: int) -> ResponseReturnValue:
    """No longer to be chosen; ?back=1: again."""
    firm, away = _firm(firm_id), not request.args.get("back")
    operations.archive_firm(firm, away=away, actor=current_user)
    if away:
        toast(_("%(name)s is archived.", name=firm.name), undo=url_for(".archive", firm_id=firm.id, back=1))
    return go("firms.index")


@blueprint.get("/<int:firm_id>/accounts")
@access.need(RIGHT)
def accounts(firm_id: int) -> ResponseReturnValue:
    """The bank accounts of one company."""
    return _accounts(firm_id, AccountForm(formdata=None))


def _accounts(firm_id: int, form: AccountForm) -> ResponseReturnValue:
    return render("firms/accounts.html", ours=_any(firm_id), firm_id=firm_id, form=form, status=422 if form.errors else 200)


@blueprint.post("/<int:firm_id>/accounts")
@access.need(RIGHT)
def add_account(firm_id: int) -> ResponseReturnValue:
    """One more account."""
    ours, form = _any(firm_id), AccountForm()
    if not form.validate():
        return _accounts(firm_id, form)
    try:
        operations.add_account(ours, actor=current_user, **form.content())
    except DomainError as refusal:
        form.refuse(refusal)
        return _accounts(firm_id, form)
    toast(_("Saved."))
    return go("firms.accounts", firm_id=firm_id)


@blueprint.post("/<int:firm_id>/accounts/usual")
@access.need(RIGHT)
def usual(firm_id: int) -> ResponseReturnValue:
    """Another usual account; ?off=1 takes the named one off the list."""
    ours, form = _any(firm_id), WhichForm()
    if form.validate():
        deed = operations.remove_account if request.args.get("off") else operations.make_usual
        deed(ours, form.account.data or "", actor=current_user)
        toast(_("Saved."))
    return go("firms.accounts", firm_id=firm_id)
