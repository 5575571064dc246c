"""Made documents: `/documents`, the panel of a deal, downloads, PDF, link."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.queries import the_organization
from crm.core import files, listing, modules, nav
from crm.core.access import need
from crm.core.dates import PERIODS, period, today
from crm.core.db import db
from crm.core.errors import DomainError, Stale
from crm.core.web import fragments, go, public_url, render, toast, wants_fragment
from crm.deals import access as deals
from crm.documents import access, agreeing, kinds, operations, parts, paying, pdf, queries, sheets, states
from crm.documents.forms import StepForm
from crm.documents.models import Document
from crm.documents.routes.attachments import PDF, attachment
from crm.firms import queries as firms

blueprint = Blueprint("documents", __name__)


@blueprint.get("/documents")
@need("documents.see")
def index() -> ResponseReturnValue:
    """All documents whose deals one may see."""
    wish = listing.wish("kind", "period", "state", "firm")
    name = wish.filters.get("period", "")
    page = queries.documents(wish, current_user, period(name, today()) if name in PERIODS else None)
    return render("documents/index.html", "documents/_list.html", page=page, kinds=kinds, states=states, paying=paying,
                  firms=dict(firms.choices(archived=True)),
                  labels={code: str(label) for code, label in kinds.LABELS.items()})


@blueprint.get("/deals/<int:deal_id>/documents")
@need("documents.see")
def panel(deal_id: int) -> ResponseReturnValue:
    """The documents of a deal and the buttons that make new ones."""
    deal = access.deal(deal_id)
    return render("documents/panel.html", "documents/_panel.html", deal=deal, rows=queries.of_deal(deal), kinds=kinds, states=states,
                  queries=queries, locale_of_papers=the_organization().locale)


@blueprint.get("/documents/<int:document_id>")
@need("documents.see")
def show(document_id: int) -> ResponseReturnValue:
    """A document as it is, with all that can be done with it."""
    return page(access.document(document_id))


def page(document: Document, refusal: DomainError | None = None) -> ResponseReturnValue:
    """The document's page; `refusal` is what was said to a step that could not be taken."""
    return render("documents/show.html", paper=sheets.paper(document.digest),
                  look=sheets.look(document.version.digest if document.version else None), way=agreeing.way(document), states=states,
                  refusal=refusal, stale=isinstance(refusal, Stale), status=refusal.status if refusal else 200, **_parts(document))


def stepped(document_id: int, right: str, work: Callable[[Document, int], Any]) -> ResponseReturnValue:
    """A step of one tap on the version that was seen. A rule that says no stands on the document's page as it is by then."""
    document, form = access.document(document_id, right), StepForm()
    if not form.validate():
        abort(400)
    return _in_place(document, right, lambda: work(document, form.version()))


def _in_place(document: Document, right: str, work: Callable[[], Any]) -> ResponseReturnValue:
    """Do something with a document and show it; a rule that says no stands on its page."""
    document_id = document.id
    try:
        work()
    except DomainError as refusal:
        db.session.rollback()  # what others have done meanwhile is shown, and they need not wait for this page
        return page(access.document(document_id, right), refusal)
    return go("documents.show", document_id=document_id)


def _parts(document: Document) -> dict[str, Any]:
    """What the acts of a document need."""
    link = queries.live_link(document) if modules.on("links") else None
    token = operations.token(link) if link else ""
    return {"document": document, "kinds": kinds, "queries": queries, "parts": parts, "link": link if token else None,
            "link_url": public_url("links.show", token=token) if token else "", "days": operations.DAYS, "paying": paying, "today": today(),
            "pdf": pdf, "ours": firms.label(document.firm_id), "job": None if document.pdf_digest else queries.pdf_job(document)}


@blueprint.get("/documents/<int:document_id>/word")
@need("documents.see")
def word(document_id: int) -> ResponseReturnValue:
    """The Word file."""
    document = access.document(document_id)
    return attachment(files.read(document.digest), document.file_name)


@blueprint.get("/documents/<int:document_id>/pdf")
@need("documents.see")
def pdf_file(document_id: int) -> ResponseReturnValue:
    """The PDF when it is there; HTMX asks here how far it is."""
    document = access.document(document_id)
    if request.headers.get("HX-Request") or not document.pdf_digest:
        return render("documents/pdf.html", "documents/_pdf.html", **_parts(document))
    return attachment(files.read(document.pdf_digest), document.file_name.removesuffix(".docx") + ".pdf", PDF)


@blueprint.post("/documents/<int:document_id>/pdf")
@need("documents.see")
def make_pdf(document_id: int) -> ResponseReturnValue:
    """Want a PDF; it is made after this answer."""
    document = access.document(document_id)
    if pdf.possible():
        operations.ask_for_pdf(document)
    return render("documents/pdf.html", "documents/_pdf.html", **_parts(document))


@blueprint.post("/documents/<int:document_id>/link")
@need("documents.make")
def make_link(document_id: int) -> ResponseReturnValue:
    """Make the public link, or show the one that is there."""
    modules.require_for(["links"])
    document = access.document(document_id, "documents.make")
    operations.make_link(document, actor=access.actor())
    way = agreeing.way(document)
    if way.goes and wants_fragment():  # that was the sending, too
        return fragments(("documents/_link.html", _parts(document)), ("documents/_way.html", {
            "document": document, "way": way, "states": states, "oob": True}))
    return render("documents/link.html", "documents/_link.html", **_parts(document))


@blueprint.post("/documents/<int:document_id>/link/<int:link_id>/recall")
@need("documents.make")
def recall_link(document_id: int, link_id: int) -> ResponseReturnValue:
    """The link opens nothing from now on."""
    operations.recall_link(access.link(document_id, link_id), actor=access.actor())
    toast(_("The link is revoked and no longer opens anything."))
    return go("documents.show", document_id=document_id)


@blueprint.post("/documents/<int:document_id>/cancel")
@need("documents.make")
def cancel(document_id: int) -> ResponseReturnValue:
    """No longer in force; ?back=1 takes that back."""
    document = access.document(document_id, "documents.make")

    def work() -> None:
        if request.args.get("back"):
            operations.revive_document(document, actor=access.actor())
            toast(_("The document is in force again."))
        else:
            operations.cancel_document(document, actor=access.actor())
            toast(_("The document is cancelled. Its number is not given again."), undo=url_for(".cancel", document_id=document_id, back=1))

    return _in_place(document, "documents.make", work)


@blueprint.post("/documents/<int:document_id>/choice/back")
@need("documents.make")
def take_choice_back(document_id: int) -> ResponseReturnValue:
    """The deal's lines as they were before the client chose."""
    document = access.document(document_id, "documents.make")
    deals.deal(document.deal_id, "edit")

    def work() -> None:
        operations.take_choice_back(document, actor=access.actor())
        toast(_("The lines of the deal are as they were before. The acceptance stays."))

    return _in_place(document, "documents.make", work)


nav.add("documents.index", "documents", _l("Documents"), "documents.see", 55, also=("making", "templates", "agreement", "versions"))
