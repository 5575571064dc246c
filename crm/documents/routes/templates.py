"""Word templates: the list, the studio of one, uploading, the field catalogue."""

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.core import files, i18n, nav
from crm.core.access import need
from crm.core.dates import today
from crm.core.web import go, render, toast
from crm.deals.queries import pipelines as deal_queries
from crm.documents import access, drafts, fieldlist, kinds, operations, queries, sheets, trials
from crm.documents.forms import NewTemplateForm, OfferForm, TryForm, UploadForm
from crm.documents.marking import marked
from crm.documents.models import Template
from crm.documents.routes.attachments import attachment
from crm.documents.shipped import shipped
from crm.guard import counting

blueprint = Blueprint("templates", __name__, url_prefix="/templates")


@blueprint.get("")
@need("templates.edit")
def index() -> ResponseReturnValue:
    """All templates by kind and language."""
    return render("templates_/index.html", shelves=queries.shelves(), kinds=kinds)


@blueprint.get("/<int:template_id>")
@need("templates.edit")
def show(template_id: int) -> ResponseReturnValue:
    """A template as it looks, its versions, what it asks for; ?deal=7 fills it with a deal."""
    template = access.template(template_id)
    deal = access.deal_to_try(request.args.get("deal", type=int), request.args.get("deal_text", "")[:200].strip())
    offering = OfferForm(formdata=None, data=template.terms)
    offering.set_choices(deal_queries.pipelines())
    return render("templates_/show.html", template=template, offering=offering, deal=deal, trial=TryForm.on(deal),
                  kinds=kinds, made=queries.made_from(template.id), gettext=_, offered=queries.choices(template.kind, template.locale),
                  **_look(template.current.digest if template.current else "", template.kind, template.locale, deal))


def _look(digest: str, kind: str, locale: str, deal: drafts.Deal | None) -> dict[str, Any]:
    """The text of a template, tags marked or filled from a deal, and its report."""
    if not digest:
        return {"paper": "", "problem": "", "report": None, "look": ""}
    if deal is not None:
        paper, problem = drafts.trial(digest, deal, kind=kind, locale=locale, dated=today())
    else:
        paper, problem = marked(operations.picture_of(sheets.template_bytes(digest))), ""
    return {"paper": paper, "problem": problem, "report": sheets.report(digest, kind), "look": sheets.look(digest)}


@blueprint.get("/deals")
@need("templates.edit")
def pick_deal() -> ResponseReturnValue:
    """Options of the picker of a deal to try a template on."""
    found = trials.deals_to_try(request.args.get("q", "")[:200], current_user)
    counting.show("templates.pick_deal", len(found))
    return render("templates_/_pick_deal.html", found=found)


@blueprint.get("/shipped/<locale>/<kind>.docx")
@need("templates.edit")
def shipped_file(locale: str, kind: str) -> ResponseReturnValue:
    """A template that came with the program, to begin one's own from."""
    found = shipped(kind, locale) or abort(404)
    return attachment(found.data, found.file_name)


@blueprint.post("/shipped/<locale>/<kind>")
@need("templates.edit")
def take_shipped(locale: str, kind: str) -> ResponseReturnValue:
    """Use a template that came with the program beside one's own."""
    operations.install_templates(actor=None)
    template = operations.take_shipped(shipped(kind, locale) or abort(404), actor=access.actor())
    toast(_("In use again."))
    return go("templates.show", template_id=template.id)


@blueprint.post("/<int:template_id>/offer")
@need("templates.edit")
def offer(template_id: int) -> ResponseReturnValue:
    """For which deals it is offered."""
    template, form = access.template(template_id), OfferForm()
    form.set_choices(deal_queries.pipelines())
    if not form.validate():
        abort(400)
    operations.offer(template, actor=access.actor(), **form.terms())
    toast(_("Saved."))
    return go("templates.show", template_id=template.id)


@blueprint.get("/<int:template_id>/versions/<int:number>")
@need("templates.edit")
def version_file(template_id: int, number: int) -> ResponseReturnValue:
    """The Word file of one version."""
    _template, version = access.version(template_id, number)
    return attachment(sheets.template_bytes(version.digest), version.file_name)


@blueprint.get("/upload")
@need("templates.edit")
def upload_form() -> ResponseReturnValue:
    """The form for a new template; ?kind=quote&locale=ru chooses."""
    return _upload_page(NewTemplateForm(request.args, meta={"csrf": True}), None)


@blueprint.get("/<int:template_id>/upload")
@need("templates.edit")
def replace_form(template_id: int) -> ResponseReturnValue:
    """The form for the next version of a template."""
    return _upload_page(UploadForm(formdata=None), access.template(template_id))


def _upload_page(form: UploadForm, template: Template | None, *, status: int = 200,
                 refused: operations.TemplateRefused | None = None, paper: str = "") -> ResponseReturnValue:
    return render("templates_/upload.html", "templates_/_verdict.html" if status == 422 else None, form=form,
                  template=template, refused=refused, paper=paper, kinds=kinds, gettext=_,
                  limit=files.MAX_MEGABYTES, status=status)


@blueprint.post("/upload")
@need("templates.edit")
def upload() -> ResponseReturnValue:
    """Check a Word file and take it as a new template."""
    return _take(NewTemplateForm(), None)


@blueprint.post("/<int:template_id>/upload")
@need("templates.edit")
def replace(template_id: int) -> ResponseReturnValue:
    """Check a Word file and take it as the newest version."""
    template = access.template(template_id)
    return _take(UploadForm(kind=template.kind, locale=template.locale), template)


def _take(form: UploadForm, template: Template | None) -> ResponseReturnValue:
    if template is not None:
        form.kind.data, form.locale.data = template.kind, template.locale
    if not form.validate():
        return _upload_page(form, template, status=422)
    data = form.file.data.read(files.MAX_UPLOAD + 1)
    try:
        version = operations.upload(data, kind=form.kind.data, locale=form.locale.data, name=form.called(),
                                    file_name=form.file.data.filename, actor=access.actor(), template=template)
    except operations.TemplateRefused as refused:
        return _upload_page(form, template, status=422, refused=refused, paper=_seen(data, refused))
    toast(_("The file is accepted. It is not offered yet.") if version.template.archived
          else _("The template is in use: version %(number)s.", number=version.number))
    return go("templates.show", template_id=version.template_id)


def _seen(data: bytes, refused: operations.TemplateRefused) -> str:
    return marked(operations.picture_of(data)) if refused.report else ""


@blueprint.post("/annotated")
@need("templates.edit")
def annotated() -> ResponseReturnValue:
    """The person's own file with the faults as Word comments; nothing is stored."""
    file = request.files.get("file")
    data = file.read(files.MAX_UPLOAD + 1) if file else b""
    report = operations.look(data, request.values.get("kind", ""), request.values.get("locale", ""))
    if not operations.picture_of(data):
        raise operations.TemplateRefused(report.faults[0].message(_) if report.faults else _("Choose a Word file."))
    return attachment(operations.annotated(data, report), file.filename or "template.docx" if file else "template.docx")


@blueprint.post("/<int:template_id>/versions/<int:number>/back")
@need("templates.edit")
def bring_back(template_id: int, number: int) -> ResponseReturnValue:
    """Use an earlier version again."""
    template, version = access.version(template_id, number)
    again = operations.bring_back(template, version, actor=access.actor())
    toast(_("The template is in use: version %(number)s.", number=again.number))
    return go("templates.show", template_id=template.id)


@blueprint.post("/<int:template_id>/away")
@need("templates.edit")
def put_away(template_id: int) -> ResponseReturnValue:
    """Out of use, or into it again with ?back=1."""
    template = access.template(template_id)
    operations.put_away(template, away=not request.args.get("back"))
    undo = url_for(".put_away", template_id=template.id, back=None if template.archived is False else 1)
    toast(_("No longer in use.") if template.archived else _("It is offered now."), undo=undo)
    return go(".index") if template.archived else go(".show", template_id=template.id)


@blueprint.get("/fields")
@need("templates.edit")
def fields() -> ResponseReturnValue:
    """Every field that a template may use, to be searched and copied."""
    q = request.args.get("q", "")[:100]
    return render("templates_/fields.html", "templates_/_fields.html", q=q, lang=i18n.choose_locale(),
                  groups=fieldlist.search(q), tag=fieldlist.tag)


nav.add("templates.index", "template", _l("Word templates"), "templates.edit", 50, where="person")
