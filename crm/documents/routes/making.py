"""The way from a deal to a document: see what it will say, fill in what is empty, make it."""

from typing import Any

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from crm.accounts import scope
from crm.accounts.queries import the_organization
from crm.clients import access as clients
from crm.clients import checks
from crm.clients import operations as client_operations
from crm.clients.models import Company
from crm.core.access import need
from crm.core.dates import today
from crm.core.once import already, keep
from crm.core.web import go_url, render, toast
from crm.deals.models import Deal
from crm.documents import access, doubles, drafts, filling, kinds, operations, parts, pdf
from crm.documents.forms import FillForm, MakeForm
from crm.documents.gaps import BANK
from crm.documents.models import KINDS, Document
from crm.documents.paying import INVOICE

blueprint = Blueprint("making", __name__, url_prefix="/deals/<int:deal_id>/documents")


@blueprint.get("/new")
@need("documents.make")
def new(deal_id: int) -> ResponseReturnValue:
    """The document as it would be, with what is empty in it."""
    deal = access.deal(deal_id, "documents.make")
    return _page(deal, MakeForm(request.args, money_in=deal.currency))


def _page(deal: Deal, form: MakeForm, fill: FillForm | None = None, status: int = 200, note: str = "") -> ResponseReturnValue:
    """The wizard; `note` stands at the button."""
    old = _corrected(deal, form)
    instead_of = old.id if old else 0
    kind = form.kind.data if form.kind.data in KINDS else KINDS[0]
    dated = form.dated.data or today()
    form.dated.data = dated
    form.valid_until.data = form.valid_until.data or operations.valid_by_default(kind, dated)
    asked = parts.asked_for(deal, without=instead_of) if kind == INVOICE else None
    part = form.wanted_part(drafts.usual_part(deal, asked)) if asked else None
    days = (form.dated.data, form.valid_until.data) != (today(), operations.valid_by_default(kind, today()))  # others than the usual
    ready = form.sound() and (part is not None or asked is None)
    draft = drafts.draft(deal, kind=kind, locale=form.locale.data or the_organization().locale,
                         key=form.template.data or "", dated=dated, valid_until=form.valid_until.data, part=part,
                         account=form.account.data or "", asked=asked, instead_of=instead_of)
    if form.template.data and draft.choice is None:
        form.template.data = ""
    billed = drafts.billed(deal, draft.amount, asked) if asked else None
    return render("documents/new.html", deal=deal, form=form, draft=draft, kinds=kinds, fill=fill or fill_form(draft),
                  fills=_may_fill(deal), checked=checks.TYPED, old=old, twin=doubles.standing(deal, kind, without=instead_of), part=part,
                  billed=billed, parts=parts, ready=ready, note=note, days=days or form.dated.errors or form.valid_until.errors,
                  status=status)


def _corrected(deal: Deal, form: MakeForm) -> Document | None:
    """The document of this deal that is to be corrected."""
    old = access.document(form.instead.data, "documents.make") if form.instead.data else None
    if old is not None and (old.deal_id != deal.id or old.kind != form.kind.data):
        form.instead.data = old = None
    return old


def fill_form(draft: drafts.Draft) -> FillForm:
    """Inputs for what the client's company lacks, with the proposed genitive in them."""
    proposed = {gap.column: gap.proposal for gap in draft.gaps if gap.place == "client" and gap.proposal}
    return FillForm(formdata=None, data=proposed)


def _may_fill(deal: Deal) -> bool:
    return clients.sees(deal.company) and scope.may("clients.edit", deal.company)


@blueprint.post("")
@need("documents.make")
def create(deal_id: int) -> ResponseReturnValue:
    """Make the document; the form sent twice makes one."""
    deal = access.deal(deal_id, "documents.make")
    form = MakeForm(money_in=deal.currency)
    if not form.validate():
        return _page(deal, form, status=422)
    if url := already(form.once.data):
        return go_url(url)
    try:
        document = _made(deal, form)
    except (operations.DraftChangedError, operations.NotCorrectedError) as refusal:
        return _page(deal, form, status=refusal.status, note=refusal.message)
    keep(form.once.data, url := url_for("documents.show", document_id=document.id))
    toast(_("%(title)s is ready.", title=f"{kinds.LABELS[document.kind]} {document.numbered}"))
    return go_url(url)


def _made(deal: Deal, form: MakeForm) -> Document:
    old = _corrected(deal, form)
    terms: dict[str, Any] = {"template": operations.template_for(**form.wanted(), deal=deal), "part": form.wanted_part(parts.WHOLE),
                             "seen": form.seen.data or "", **form.terms()}
    document = (operations.make_document(deal, actor=access.actor(), **terms) if old is None
                else operations.make_corrected(old, actor=access.actor(), **terms))
    if pdf.possible():
        operations.ask_for_pdf(document)  # ready when somebody wants it
    return document


@blueprint.post("/look")
@need("documents.make")
def look(deal_id: int) -> ResponseReturnValue:
    """The document as it would be with what was typed; the same form creates it. Writes nothing."""
    access.deal(deal_id, "documents.make")
    return go_url(url_for(".new", **_asked(request.form), deal_id=deal_id))


def _asked(sent: MultiDict[str, str]) -> dict[str, Any]:
    return {name: found for name in MakeForm.ASKED if (found := [value for value in sent.getlist(name) if value])}


@blueprint.post("/fill")
@need("clients.edit")
def fill(deal_id: int) -> ResponseReturnValue:
    """Put what was empty onto the card of the client's company, and show the document again."""
    deal, form = access.deal(deal_id, "documents.make"), FillForm()
    company = clients.company(deal.company_id or 0, "edit")
    if form.validate() and _told(company, form):
        _keep(company, form.sent())
        toast(_("Saved on the client's card."))
        return go_url(url_for(".new", **_asked(request.args), deal_id=deal.id))
    return _page(deal, MakeForm(request.args, money_in=deal.currency), form, 422)


def _told(company: Company, form: FillForm) -> bool:
    """Whether nothing speaks against what was typed, or all that does has been shown to the person."""
    filling.hold(company)
    typed = form.sent()
    problems = filling.problems(company, typed)
    mark = filling.mark(company, typed, problems)
    if problems and form.sure.data != mark:
        form.tell(problems, mark)
        return False
    return True


def _keep(company: Company, typed: dict[str, str]) -> None:
    """Onto the card; the bank's details into the first of its accounts, which keeps the others that it has."""
    bank = {name: text for name, text in typed.items() if name in BANK}
    rows = [{name: getattr(row, name) for name in BANK} for row in company.accounts] or [{}]
    more: dict[str, Any] = {name: text for name, text in typed.items() if name not in BANK}
    client_operations.update_company(company, actor=access.actor(),
                                     accounts=[{**rows[0], **bank}, *rows[1:]] if bank else None, **more)
