"""Pages of people: `/contacts`."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.queries import sellers
from crm.clients import access, channels, comparing, exports, fields, hiding, lines, names, operations, queries
from crm.clients.forms import PersonForm
from crm.clients.models import Contact
from crm.clients.operations.mass import DELETE_PEOPLE
from crm.core import nav
from crm.core.access import can, need
from crm.core.errors import Stale
from crm.core.listing import wish
from crm.core.once import already, keep
from crm.core.web import go, go_url, render, toast
from crm.guard import counting
from crm.guard.exports import send
from crm.guard.mass import mass_act

blueprint = Blueprint("contacts", __name__, url_prefix="/contacts")


@blueprint.get("")
@need("clients.see")
def index() -> ResponseReturnValue:
    """The list: searched as you type, sorted, in pages."""
    asked = wish("whose", *(["bin"] if can("clients.delete") else []))
    return render("clients/people.html", "clients/_people.html", page=lines.people(asked, current_user))


@blueprint.get("/export.csv", defaults={"ending": "csv"})
@blueprint.get("/export.xlsx", defaults={"ending": "xlsx"})
@need("clients.export")
def export(ending: str) -> ResponseReturnValue:
    """The filtered list as a file."""
    asked = wish("whose", *(["bin"] if can("clients.delete") else []))
    return send(exports.people(asked, current_user), ending)


@blueprint.get("/<int:contact_id>")
@need("clients.see")
def show(contact_id: int) -> ResponseReturnValue:
    """The card of a person."""
    return render("clients/person.html", contact=access.contact(contact_id), sees=access.sees)


@blueprint.get("/new")
@need("clients.edit")
def new() -> ResponseReturnValue:
    """An empty form; ?company=7 and ?name=Ann fill what is known."""
    return _page(_form())


@blueprint.post("/new")
@need("clients.edit")
def create() -> ResponseReturnValue:
    """Keep a new person; sent twice it makes one."""
    form = _form()
    if "more" in request.form or not form.validate():
        return _page(form, status=422 if form.errors else 200)
    if url := already(form.once.data):
        return go_url(url)
    contact = operations.create_contact(actor=current_user, company=_company(form), **form.values())
    keep(form.once.data, url := url_for(".show", contact_id=contact.id))
    toast(_("%(name)s is saved.", name=contact.title))
    return go_url(url)


@blueprint.get("/<int:contact_id>/edit")
@need("clients.edit")
def edit(contact_id: int) -> ResponseReturnValue:
    """The card as a form."""
    contact = access.contact(contact_id, "edit")
    return _page(_form(contact), contact)


@blueprint.post("/<int:contact_id>/edit")
@need("clients.edit")
def update(contact_id: int) -> ResponseReturnValue:
    """Keep the changes; when somebody was quicker, show both versions and lose nothing."""
    contact = access.contact(contact_id, "edit")
    form = _form(contact)
    if "more" in request.form or not form.validate():
        return _page(form, contact, status=422 if form.errors else 200)
    try:
        operations.update_contact(contact, actor=current_user, version=form.shown_version, **_values(form, contact))
    except Stale as error:
        rows = hiding.without_channels(comparing.person(
            form.values(), request.form.get("company_id_text"), contact), fields.LABELS["channels"], current_user)
        return _page(form.made_for(contact.version), contact, status=409, stale=error.message, rows=rows)
    toast(_("Saved."))
    return go(".show", contact_id=contact.id)


@blueprint.post("/<int:contact_id>/delete")
@need("clients.delete")
def delete(contact_id: int) -> ResponseReturnValue:
    """Into the bin; the message offers the way back."""
    contact = access.contact(contact_id, "delete")
    if (waiting := mass_act(DELETE_PEOPLE, [contact.id])) is not None:
        return waiting
    toast(_("%(name)s is in the bin.", name=contact.title), undo=url_for(".restore", contact_id=contact.id))
    return go(".index")


@blueprint.post("/<int:contact_id>/restore")
@need("clients.delete")
def restore(contact_id: int) -> ResponseReturnValue:
    """Out of the bin."""
    contact = access.contact(contact_id, "delete")
    operations.restore(contact, actor=current_user)
    toast(_("%(name)s is back.", name=contact.title))
    return go(".show", contact_id=contact.id)


@blueprint.get("/pick")
@need("clients.see")
def pick() -> ResponseReturnValue:
    """Options for a picker; ?company=7 puts its people first, ?new=0 leaves out "create"."""
    q = request.args.get("q", "")[:200]
    found = queries.pick_people(q, current_user, company_id=request.args.get("company", type=int))
    counting.show("contacts.pick", len(found))
    return render("clients/_pick_people.html", found=found, q=q, sees=access.sees)


@blueprint.get("/row")
@need("clients.edit")
def row() -> ResponseReturnValue:
    """One more row of a form for a phone, an e-mail or a messenger."""
    return render("clients/_channel_row.html", row=("phone", ""), kinds=channels.KINDS, problem="",
                  but=request.args.get("but", ""), fresh=True)


@blueprint.get("/similar")
@need("clients.see")
def similar() -> ResponseReturnValue:
    """Clients with the phone or e-mail that is being typed, of those whom the reader may see."""
    found = queries.similar(request.args.get("channel_kind", ""), request.args.get("channel_typed", "")[:200],
                            current_user, but=request.args.get("but", ""))
    return render("clients/_similar.html", found=found)


def _form(contact: Contact | None = None) -> PersonForm:
    form = PersonForm(data=_shown(contact) if contact else _offered())
    form.offer_managers(sellers(), may_choose=can("deals.assign"), now=contact.manager if contact else current_user,
                        new=contact is None)
    return form


def _shown(contact: Contact) -> dict[str, Any]:
    plain = {name: getattr(contact, name) for name in fields.PERSON if name not in ("company", "manager")}
    return {**plain, "channels": [(row.kind, row.typed) for row in hiding.seen(contact.channels)], "company_id": contact.company_id,
            "manager_id": contact.manager_id, "version": str(contact.version)}


def _offered() -> dict[str, Any]:
    parts = names.split(request.args.get("name", "")[:300])
    return {**dict(zip(("surname", "given_name", "patronymic"), parts, strict=True)), "manager_id": current_user.id,
            "company_id": request.args.get("company", type=int)}


def _company(form: PersonForm, contact: Contact | None = None) -> Any:
    return operations.choose_company(form.company_id.data, request.form.get("company_id_text"), actor=current_user,
                                     current=contact.company if contact else None)


def _values(form: PersonForm, contact: Contact) -> dict[str, Any]:
    sent = "company_id" in request.form or "company_id_text" in request.form
    ways = hiding.woven(form.channels.data, contact.channels, current_user, queries.region())
    return {**form.values(), "channels": ways, **({"company": _company(form, contact)} if sent else {})}


def _page(form: PersonForm, contact: Contact | None = None, status: int = 200, **more: Any) -> ResponseReturnValue:
    chosen = queries.company(form.company_id.data, current_user) if contact is None and form.company_id.data else None
    chosen = contact.company if contact else chosen
    text = request.form.get("company_id_text", chosen.title if chosen else "")
    return render("clients/person_form.html", form=form, contact=contact, company_text=text,
                  kinds=channels.KINDS, status=status, **{"stale": "", "rows": [], **more})


nav.add("contacts.index", "clients", _l("Clients"), "clients.see", 30, phone=True, also=("companies",))
nav.add("contacts.new", "person", _l("Person"), "clients.edit", 20, where="create")
blueprint.add_app_template_filter(hiding.seen, "seen")
blueprint.add_app_template_filter(hiding.masked_here, "masked")
