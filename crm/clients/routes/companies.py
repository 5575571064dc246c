"""Pages of companies: `/companies`."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.queries import sellers
from crm.clients import access, channels, checks, comparing, exports, fields, hiding, lines, operations, queries
from crm.clients.forms import CompanyForm
from crm.clients.models import Company
from crm.clients.operations.mass import DELETE_COMPANIES
from crm.core import nav
from crm.core.access import can, need
from crm.core.errors import Stale
from crm.core.listing import wish
from crm.core.once import already, keep
from crm.core.web import go, go_url, render, toast
from crm.guard import counting
from crm.guard.exports import send
from crm.guard.mass import mass_act

blueprint = Blueprint("companies", __name__, url_prefix="/companies")


@blueprint.get("")
@need("clients.see")
def index() -> ResponseReturnValue:
    """The list: searched as you type, sorted, in pages."""
    asked = wish("whose", *(["bin"] if can("clients.delete") else []))
    return render("clients/companies.html", "clients/_companies.html", page=lines.companies(asked, current_user))


@blueprint.get("/export.csv", defaults={"ending": "csv"})
@blueprint.get("/export.xlsx", defaults={"ending": "xlsx"})
@need("clients.export")
def export(ending: str) -> ResponseReturnValue:
    """The filtered list as a file."""
    asked = wish("whose", *(["bin"] if can("clients.delete") else []))
    return send(exports.companies(asked, current_user), ending)


@blueprint.get("/<int:company_id>")
@need("clients.see")
def show(company_id: int) -> ResponseReturnValue:
    """The card of a company with its people and checked details."""
    company = access.company(company_id)
    return render("clients/company.html", company=company, people=queries.people_of(company.id, current_user),
                  details=checks.details(company), banks=[(row, checks.bank_details(row)) for row in company.accounts])


@blueprint.get("/new")
@need("clients.edit")
def new() -> ResponseReturnValue:
    """An empty form; ?name=Acme fills what is known."""
    return _page(_form())


@blueprint.post("/new")
@need("clients.edit")
def create() -> ResponseReturnValue:
    """Keep a new company; sent twice it makes one."""
    form = _form()
    if "more" in request.form or not form.validate():
        return _page(form, status=422 if form.errors else 200)
    if url := already(form.once.data):
        return go_url(url)
    company = operations.create_company(actor=current_user, **form.values())
    keep(form.once.data, url := url_for(".show", company_id=company.id))
    toast(_("%(name)s is saved.", name=company.title))
    return go_url(url)


@blueprint.get("/<int:company_id>/edit")
@need("clients.edit")
def edit(company_id: int) -> ResponseReturnValue:
    """The card as a form."""
    company = access.company(company_id, "edit")
    return _page(_form(company), company)


@blueprint.post("/<int:company_id>/edit")
@need("clients.edit")
def update(company_id: int) -> ResponseReturnValue:
    """Keep the changes; when somebody was quicker, show both versions and lose nothing."""
    company = access.company(company_id, "edit")
    form = _form(company)
    if "more" in request.form or not form.validate():
        return _page(form, company, status=422 if form.errors else 200)
    try:
        operations.update_company(company, actor=current_user, version=form.shown_version, **_values(form, company))
    except Stale as error:
        rows = hiding.without_channels(comparing.company(form.values(), company), fields.LABELS["channels"], current_user)
        return _page(form.made_for(company.version), company, status=409, stale=error.message, rows=rows)
    toast(_("Saved."))
    return go(".show", company_id=company.id)


@blueprint.post("/<int:company_id>/delete")
@need("clients.delete")
def delete(company_id: int) -> ResponseReturnValue:
    """Into the bin; the message offers the way back."""
    company = access.company(company_id, "delete")
    if (waiting := mass_act(DELETE_COMPANIES, [company.id])) is not None:
        return waiting
    toast(_("%(name)s is in the bin.", name=company.title), undo=url_for(".restore", company_id=company.id))
    return go(".index")


@blueprint.post("/<int:company_id>/restore")
@need("clients.delete")
def restore(company_id: int) -> ResponseReturnValue:
    """Out of the bin."""
    company = access.company(company_id, "delete")
    operations.restore(company, actor=current_user)
    toast(_("%(name)s is back.", name=company.title))
    return go(".show", company_id=company.id)


@blueprint.get("/pick")
@need("clients.see")
def pick() -> ResponseReturnValue:
    """Options for a picker; ?new=0 leaves out "create"."""
    q = request.args.get("q", "")[:200]
    found = queries.pick_companies(q, current_user)
    counting.show("companies.pick", len(found))
    return render("clients/_pick_companies.html", found=found, q=q)


@blueprint.get("/row")
@need("clients.edit")
def row() -> ResponseReturnValue:
    """One more row of the form for a bank account."""
    return render("clients/_bank_row.html", row=("", "", "", ""), fresh=True)


@blueprint.get("/check")
@need("clients.see")
def check() -> ResponseReturnValue:
    """What the control digits say about a number that is being typed, and who has it already."""
    field = request.args.get("field", "")
    found = checks.typed(field, request.args)
    same = queries.same_inn(found.value, current_user, but=request.args.get("but", "")) if field == "inn" else []
    return render("clients/_check.html", check=found, same=same)


@blueprint.get("/similar")
@need("clients.see")
def similar() -> ResponseReturnValue:
    """The company of the name that is being typed, when the reader may see it."""
    found = queries.company_by_name(request.args.get("name", "")[:300], current_user)
    other = found is not None and f"company-{found.id}" != request.args.get("but")
    return render("clients/_similar.html", found=[found] if other else [])


def _form(company: Company | None = None) -> CompanyForm:
    form = CompanyForm(data=_shown(company) if company else _offered())
    form.offer_managers(sellers(), may_choose=can("deals.assign"), now=company.manager if company else current_user,
                        new=company is None)
    return form


def _shown(company: Company) -> dict[str, Any]:
    plain = {name: getattr(company, name) for name in fields.COMPANY if name != "manager"}
    return {**plain, "channels": [(row.kind, row.typed) for row in hiding.seen(company.channels)],
            "accounts": [tuple(getattr(row, name) for name in fields.BANK) for row in company.accounts],
            "manager_id": company.manager_id, "version": str(company.version)}


def _values(form: CompanyForm, company: Company) -> dict[str, Any]:
    """What was sent, with the ways to reach that the form did not show."""
    return {**form.values(), "channels": hiding.woven(form.channels.data, company.channels, current_user, queries.region())}


def _offered() -> dict[str, Any]:
    return {"name": request.args.get("name", "")[:300], "manager_id": current_user.id}


def _page(form: CompanyForm, company: Company | None = None, status: int = 200, **more: Any) -> ResponseReturnValue:
    return render("clients/company_form.html", form=form, company=company, kinds=channels.KINDS,
                  status=status, **{"stale": "", "rows": [], **more})


nav.add("companies.new", "company", _l("Company"), "clients.edit", 30, where="create")
