"""The texts of a document: a new one by an edited Word file or from the template, each as a file, any two compared word by word."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import files
from crm.core.access import need
from crm.core.db import reading
from crm.core.errors import DomainError
from crm.core.once import already, keep
from crm.core.web import go, render, toast
from crm.documents import access, agreeing, comparisons, doubts, kinds, operations, pdf
from crm.documents.forms import VersionForm, chosen
from crm.documents.models import Document
from crm.documents.routes.attachments import attachment
from crm.documents.routes.documents import stepped

blueprint = Blueprint("versions", __name__, url_prefix="/documents/<int:document_id>")


@blueprint.get("/upload")
@need("documents.make")
def form(document_id: int) -> ResponseReturnValue:
    """The dialog for an edited file."""
    return _form(access.document(document_id, "documents.make"), VersionForm(formdata=None))


def _form(document: Document, wanted: VersionForm, status: int = 200) -> ResponseReturnValue:
    wanted.seen.data = wanted.seen.data or document.revision
    label = _("Take it all the same") if wanted.kept.data else _("Upload")
    note = _("It becomes version %(number)s of this document. Comments and tracked changes in it are read as remarks; the text itself is "
             "taken with all changes accepted, so that no remark reaches the client.", number=document.revision + 1)
    return render("agreement/form.html", "agreement/_form.html", document=document, form=wanted, title=_("Upload the edited file"),
                  label=label, action=url_for(".upload", document_id=document.id), kinds=kinds, note=note, status=status)


@blueprint.post("/upload")
@need("documents.make")
def upload(document_id: int) -> ResponseReturnValue:
    """Take the file. It is looked into before anybody waits for the write lock."""
    sent = VersionForm()
    with reading():
        document = access.document(document_id, "documents.make")
        kept, ours = doubts.signed(sent.kept.data, document, access.actor()), document.context["company"]["name"]
    sent.kept.data = sent.kept.data if kept else ""
    if not sent.validate():
        return _form(access.document(document_id, "documents.make"), sent, 422)
    anew = chosen(sent.file)
    try:
        _take(document_id, sent, sent.file.data.read(files.MAX_UPLOAD + 1) if anew else files.read(kept), ours=ours, sure=not anew)
    except DomainError as refusal:
        sent.refuse(refusal)
        return _form(access.document(document_id, "documents.make"), sent, refusal.status)
    return go("documents.show", document_id=document_id)


def _take(document_id: int, sent: VersionForm, data: bytes, *, ours: str, sure: bool) -> None:
    edited = operations.look_into(data, ours)
    document, actor = access.document(document_id, "documents.make"), access.actor()
    sent.kept.data = ""
    if already(sent.once.data) is not None:
        return
    try:
        operations.add_edited(document, edited, data, seen=sent.version(), actor=actor, sure=sure)
    except operations.UnlikeError:
        sent.kept.data = doubts.sign(document, actor, files.keep(data))
        raise
    keep(sent.once.data, url_for("documents.show", document_id=document_id))
    _ready(document)


def _ready(document: Document) -> None:
    """Say so; the PDF is made after this answer, as that of a new document."""
    if pdf.possible():
        operations.ask_for_pdf(document)
    toast(_("Version %(number)s is here.", number=document.revision))


@blueprint.post("/fill-anew")
@need("documents.make")
def fill_anew(document_id: int) -> ResponseReturnValue:
    """The template filled again with what the deal says now."""
    return stepped(document_id, "documents.make", _fill)


def _fill(document: Document, seen: int) -> None:
    operations.fill_anew(document, seen=seen, actor=access.actor())
    _ready(document)


@blueprint.get("/versions/<int:number>/word")
@need("documents.see")
def word(document_id: int, number: int) -> ResponseReturnValue:
    """The Word file of a version; ?source=1 the file as it came, with the remarks of colleagues in it."""
    document = access.document(document_id)
    found = agreeing.version(document, number)
    digest = found.source_digest if found and request.args.get("source") else agreeing.digest_of(document, number)
    if digest is None:
        abort(404)
    name = f"{document.file_name.removesuffix('.docx')} ({_('version %(number)s', number=number)}).docx"
    return attachment(files.read(digest), name)


@blueprint.get("/compare")
@need("documents.see")
def compare(document_id: int) -> ResponseReturnValue:
    """Two versions, ?old=1&new=3; by default the present one with the one before."""
    document = access.document(document_id)
    new = request.args.get("new", type=int) or document.revision
    old = request.args.get("old", type=int) or max(1, new - 1)
    digests = [agreeing.digest_of(document, number) for number in (old, new)]
    if None in digests:
        abort(404)
    return render("versions/compare.html", document=document, kinds=kinds, old=old, new=new,
                  versions=agreeing.versions(document), found=comparisons.compared(digests[0] or "", digests[1] or ""))
