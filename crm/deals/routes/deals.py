"""Deals: the list, a new one, the page of one, its fields, the bin, and a client's deals."""

import datetime as dt
from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from crm.accounts import queries as accounts
from crm.accounts import scope
from crm.clients import access as clients
from crm.clients import operations as client_operations
from crm.clients import queries as client_queries
from crm.clients.models import Company, Contact
from crm.core import access, dates, nav, once
from crm.core.db import db
from crm.core.errors import Stale
from crm.core.listing import wish
from crm.core.web import go, go_url, render, toast, trigger
from crm.deals import exports, operations
from crm.deals.access import actor
from crm.deals.access import deal as the_deal
from crm.deals.forms.deals import ClientChoice, EditDealForm, ManagerForm, NewDealForm, set_firms, set_managers
from crm.deals.models import Deal, Pipeline
from crm.deals.operations.mass import DELETE
from crm.deals.queries import deals as queries
from crm.deals.queries.forgotten import REASONS
from crm.deals.queries.page import deal_page
from crm.deals.queries.pipelines import pipelines
from crm.deals.routes.answers import changed
from crm.firms import queries as firms
from crm.firms.models import FIRST
from crm.guard import counting
from crm.guard.exports import send
from crm.guard.mass import mass_act

blueprint = Blueprint("deals", __name__, url_prefix="/deals")


@blueprint.get("")
@access.need("deals.see")
def index() -> ResponseReturnValue:
    """The list, searched as one types, with the sums of all that the filters keep."""
    asked = wish(*queries.FILTERS)
    chosen = queries.read_filter(asked)
    if chosen.status == "bin":
        access.require("deals.delete")
    return render("deals/index.html", "deals/_list.html", page=queries.deals(actor(), asked, chosen),
                  chosen=chosen, sums=queries.sums(actor(), chosen), pipelines=pipelines(),
                  sellers=_choosable(), reasons=REASONS)


@blueprint.get("/export.csv", defaults={"ending": "csv"})
@blueprint.get("/export.xlsx", defaults={"ending": "xlsx"})
@access.need("deals.export")
def export(ending: str) -> ResponseReturnValue:
    """The filtered list as a file."""
    asked = wish(*queries.FILTERS)
    chosen = queries.read_filter(asked)
    if chosen.status == "bin":
        access.require("deals.delete")
    return send(exports.deals(asked, chosen, actor()), ending)


def _choosable() -> list[Any]:
    """Whose deals the reader may ask for: nobody's but their own, the team's, or everybody's."""
    owners = scope.visible_owners(actor(), "deals.see")
    if owners is not None and len(owners) < 2:
        return []
    return [person for person in accounts.sellers() if owners is None or person.id in owners]


@blueprint.route("/new", methods=["GET", "POST"])
@access.need("deals.edit")
def new() -> ResponseReturnValue:
    """The short form; sending it twice makes one deal."""
    ways = pipelines()
    if not ways:
        return render("deals/no_pipeline.html")
    form = NewDealForm(money_in=accounts.the_organization().currency, data=_proposed(ways))
    form.set_choices(ways, accounts.sellers())
    if not form.validate_on_submit():
        return render("deals/new.html", form=form, status=422 if form.errors else 200)
    if (made := once.already(form.once.data)) is not None:
        return go_url(made)
    deal = _create(form, {way.id: way for way in ways})
    once.keep(form.once.data, url_for("deals.show", deal_id=deal.id))
    toast(_("The deal is created."))
    return go("deals.show", deal_id=deal.id)


def _proposed(ways: Any) -> dict[str, Any]:
    """What the form begins with: the client whose card one came from, the asked pipeline, oneself."""
    args = request.args
    wanted = args.get("pipeline", 0, type=int)
    found: dict[str, Any] = {"pipeline": wanted if wanted in {way.id for way in ways} else ways[0].id,
                             "manager_id": str(actor().id), "title": args.get("title", "")[:300]}
    for kind, load in (("company", clients.company), ("contact", clients.contact)):
        card_id = args.get(kind, 0, type=int)
        if card_id:
            card = load(card_id)
            found |= {"client": f"{kind}-{card.id}", "client_text": card.title}
    return found


def _create(form: NewDealForm, ways: dict[int, Pipeline]) -> Deal:
    company, contact = _client(form.choice())
    leads = form.manager_id.data if access.can("deals.assign") else str(actor().id)
    deal = operations.create_deal(
        title=form.title.data or "", pipeline=ways[form.pipeline.data], actor=actor(), company=company,
        contact=contact, manager_id=int(leads) if leads else None, amount=form.amount.data or 0,
        currency=accounts.the_organization().currency, firm_id=_firm(form))
    if form.next_step.data or form.next_step_on.data:
        operations.plan_step(deal, text=form.next_step.data or _("Call the client"), actor=actor(),
                             on=form.next_step_on.data or dates.today() + dt.timedelta(days=1))
    return deal


def _firm(form: NewDealForm) -> int | None:
    """The chosen company of ours: 0 is the first one, None leaves it to the pipeline."""
    return None if form.firm_id is None or not form.firm_id.data else int(form.firm_id.data)


def _client(choice: ClientChoice | None) -> tuple[Company | None, Contact | None]:
    """The chosen client's company and person; a typed new one is made. 404 for one they may not see."""
    if choice is None:
        return None, None
    if not choice.id:
        access.require("clients.edit")
    if choice.kind == "company":
        return (clients.company(choice.id) if choice.id
                else client_operations.find_or_create_company(choice.words, actor=actor())), None
    contact = (clients.contact(choice.id) if choice.id
               else client_operations.find_or_create_contact(choice.words, actor=actor()))
    return contact.company if clients.sees(contact.company) else None, contact


@blueprint.get("/clients")
@access.need("deals.see")
def pick_client() -> ResponseReturnValue:
    """Options of the client picker: companies and people, and making either of what was typed."""
    q = request.args.get("q", "")[:200]
    companies, people = client_queries.pick_companies(q, actor())[:5], client_queries.pick_people(q, actor())[:5]
    counting.show("deals.pick_client", len(companies) + len(people))
    return render("deals/_pick_client.html", q=q.strip(), companies=companies, people=people)


@blueprint.get("/<int:deal_id>")
@access.need("deals.see")
def show(deal_id: int) -> ResponseReturnValue:
    """The page of a deal."""
    return render("deals/show.html", page=deal_page(the_deal(deal_id, "see"), actor()), sees=clients.sees)


@blueprint.get("/<int:deal_id>/parts")
@access.need("deals.see")
def parts(deal_id: int) -> ResponseReturnValue:
    """The parts that acts change, each to its place on the page; the page itself for a browser."""
    page = deal_page(the_deal(deal_id, "see"), actor())
    return render("deals/show.html", "deals/_parts.html", page=page, sees=clients.sees)


@blueprint.route("/<int:deal_id>/edit", methods=["GET", "POST"])
@access.need("deals.edit")
def edit(deal_id: int) -> ResponseReturnValue:
    """The fields of a deal; a stale form shows what was typed and what is kept now."""
    deal = the_deal(deal_id, "edit")
    form = EditDealForm(money_in=deal.currency, data=_shown(deal))
    set_managers(form.manager_id, accounts.sellers(), deal.manager)
    set_firms(form, deal.firm_id)
    if not form.validate_on_submit():
        return render("deals/edit.html", form=form, deal=deal, status=422 if form.errors else 200)
    try:
        operations.update_deal(deal, actor=actor(), version=int(form.version.data or 0), **_typed(form, deal))
    except Stale as stale:
        return _both(form, deal, stale)
    toast(_("The deal is saved."))
    return go("deals.show", deal_id=deal.id)


def _shown(deal: Deal) -> dict[str, Any]:
    plain = ("title", "company_id", "contact_id", "amount", "currency", "engaged_on", "expected_on",
             "closed_on", "source", "comment", "version")
    return {**{name: getattr(deal, name) for name in plain},
            "company_id_text": deal.company.title if deal.company else "",
            "contact_id_text": deal.contact.title if deal.contact else "",
            "manager_id": str(deal.manager_id or ""), "firm_id": str(deal.firm_id or FIRST)}


def _typed(form: EditDealForm, deal: Deal) -> dict[str, Any]:
    """The form as fields of the deal; what this person or this deal may not change stays out."""
    fields: dict[str, Any] = {name: form[name].data for name in ("title", "engaged_on", "expected_on")}
    fields |= {"source": form.source.data or "", "comment": form.comment.data or ""}
    fields["company"] = _card(form.company_id.data, form.company_id_text.data, deal.company, Company)
    fields["contact"] = _card(form.contact_id.data, form.contact_id_text.data, deal.contact, Contact)
    if not deal.lines:
        fields |= {"amount": form.amount.data or 0, "currency": form.currency.data}
    if deal.closed_on is not None and form.closed_on.data:
        fields["closed_on"] = form.closed_on.data
    if form.firm_id is not None:
        fields["firm_id"] = firms.column(form.firm_id.data)
    if scope.may("deals.assign", deal):
        fields["manager_id"] = int(form.manager_id.data) if form.manager_id.data else None
    return fields


def _card(card_id: int | None, words: str | None, kept: Any, model: type[Company] | type[Contact]) -> Any:
    """The chosen card: the one that stays, another that the person may see, a new one, or none."""
    if kept is not None and (card_id == kept.id or (not card_id and words == kept.title)):
        return kept
    if not card_id and not words:
        return None
    return _client(ClientChoice("company" if model is Company else "contact", card_id, words or ""))[
        0 if model is Company else 1]


def _both(form: EditDealForm, deal: Deal, stale: Stale) -> ResponseReturnValue:
    """The form as it was typed, with the fields that are different now; saving again takes the typed."""
    db.session.rollback()
    db.session.refresh(deal)
    now = _shown(deal)
    form.version.data, form.version.raw_data = str(deal.version), None
    differ = [name for name in now if name not in ("version", "company_id", "contact_id")
              and name in form and str(form[name].data or "") != str(now[name] or "")]
    return render("deals/edit.html", form=form, deal=deal, stale=stale.message, now=now, differ=differ,
                  status=409)


@blueprint.route("/<int:deal_id>/manager", methods=["GET", "POST"])
@access.need("deals.assign")
def assign(deal_id: int) -> ResponseReturnValue:
    """Another manager for the deal, in a dialog."""
    deal = the_deal(deal_id, "assign")
    form = ManagerForm(data={"manager_id": str(deal.manager_id or "")})
    set_managers(form.manager_id, accounts.sellers(), deal.manager)
    if not form.validate_on_submit():
        return render("deals/assign.html", "deals/_assign.html", form=form, deal=deal,
                      status=422 if form.errors else 200)
    leads = int(form.manager_id.data) if form.manager_id.data else None
    operations.update_deal(deal, actor=actor(), manager_id=leads)
    trigger("close-dialog")
    return changed(deal)


@blueprint.post("/<int:deal_id>/delete")
@access.need("deals.delete")
def delete(deal_id: int) -> ResponseReturnValue:
    """To the bin; the toast brings it back."""
    deal = the_deal(deal_id, "delete")
    if (waiting := mass_act(DELETE, [deal.id])) is not None:
        return waiting
    toast(_("The deal is in the bin."), undo=url_for("deals.restore", deal_id=deal.id))
    return go("deals.index")


@blueprint.post("/<int:deal_id>/restore")
@access.need("deals.delete")
def restore(deal_id: int) -> ResponseReturnValue:
    """Back from the bin."""
    deal = the_deal(deal_id, "restore")
    operations.restore_deal(deal, actor=actor())
    toast(_("The deal is back."))
    return go("deals.show", deal_id=deal.id)


@blueprint.get("/of/contact/<int:card_id>")
@access.need("deals.see")
def of_contact(card_id: int) -> ResponseReturnValue:
    """The panel of a person's card: deals and what was bought."""
    return _of(clients.contact(card_id))


@blueprint.get("/of/company/<int:card_id>")
@access.need("deals.see")
def of_company(card_id: int) -> ResponseReturnValue:
    """The panel of a company's card: deals and what was bought."""
    return _of(clients.company(card_id))


def _of(client: Company | Contact) -> ResponseReturnValue:
    return render("deals/of.html", "deals/_of.html", client=client,
                  deals=queries.of_client(client, actor()), bought=queries.bought(client, actor()))


nav.add("deals.index", "deal", _l("Deals"), "deals.see", 30)
nav.add("deals.new", "deal", _l("Deal"), "deals.edit", 10, where="create")
