"""`/documents/many`: documents of one kind for all deals of a filtered list, as one archive."""

import zipfile
from typing import IO, Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from crm.accounts.queries import the_organization
from crm.core import files
from crm.core.access import need
from crm.core.dates import today
from crm.core.listing import wish
from crm.core.once import already, keep
from crm.core.sheets import Marks
from crm.core.web import go, go_url, render
from crm.deals.queries import deals as deal_queries
from crm.documents import access, batching, kinds, operations, queries
from crm.documents.forms import BatchForm
from crm.documents.models import KINDS, DocumentBatch
from crm.guard.exports import Parcel, hand_over

blueprint = Blueprint("batches", __name__, url_prefix="/documents/many")


def _deal_ids() -> list[int]:
    """The deals of the list whose address one came from, as far as documents may be made for them; one more than can be taken."""
    asked = wish(*deal_queries.FILTERS)
    return list(deal_queries.filtered_ids(access.actor(), asked, deal_queries.read_filter(asked), "documents.make", operations.MOST + 1))


@blueprint.get("")
@need("documents.make")
def new() -> ResponseReturnValue:
    """What to make, for how many deals."""
    asked = request.args if "kind" in request.args else None
    return _page(BatchForm(asked, kind=KINDS[0], locale=the_organization().locale, dated=today()))


def _page(form: BatchForm, status: int = 200) -> ResponseReturnValue:
    ids, kind = _deal_ids(), form.kind.data if form.kind.data in KINDS else KINDS[0]
    form.dated.data = form.dated.data or today()
    form.offer(queries.choices(kind, form.locale.data or ""))
    return render("batches/new.html", form=form, count=len(ids), most=operations.MOST, status=status, labels=kinds.LABELS,
                  doubles=batching.doubles_of(ids[:operations.MOST], kind, access.actor()))


@blueprint.post("/look")
@need("documents.make")
def look() -> ResponseReturnValue:
    """The same page for what was chosen: its templates, and who has such a document already. Writes nothing."""
    kept: dict[str, Any] = {name: request.args.getlist(name) for name in request.args if name not in BatchForm.ASKED}
    asked = {name: request.form[name] for name in BatchForm.ASKED if request.form.get(name)}
    return go_url(url_for(".new", **(kept | asked)))


@blueprint.post("")
@need("documents.make")
def begin() -> ResponseReturnValue:
    """Let the job make them; the form sent twice begins one batch."""
    form = BatchForm()
    if not form.validate():
        return _page(form, 422)
    if url := already(form.once.data):
        return go_url(url)
    try:
        batch = _begun(form)
    except operations.DocumentError as refusal:
        form.form_errors.append(refusal.message)
        return _page(form, refusal.status)
    keep(form.once.data, url := url_for(".show", batch_id=batch.id))
    return go_url(url)


def _begun(form: BatchForm) -> DocumentBatch:
    form.offer(queries.choices(form.kind.data, form.locale.data))
    return operations.begin_batch(_deal_ids(), kind=form.kind.data, locale=form.locale.data, key=form.key(),
                                  dated=form.dated.data or today(), again=bool(form.again.data), actor=access.actor())


def _batch(batch_id: int) -> DocumentBatch:
    return batching.batch(batch_id, access.actor()) or abort(404)


def _shown(batch_id: int) -> dict[str, Any]:
    return {"page": batching.batch_page(_batch(batch_id), access.actor()), "kinds": kinds}


@blueprint.get("/<int:batch_id>")
@need("documents.make")
def show(batch_id: int) -> ResponseReturnValue:
    """How far it is, what could not be made and why, the archive."""
    return render("batches/show.html", "batches/_progress.html", **_shown(batch_id))


@blueprint.post("/<int:batch_id>/stop")
@need("documents.make")
def stop(batch_id: int) -> ResponseReturnValue:
    """No more of them."""
    operations.stop_batch(_batch(batch_id))
    return go("batches.show", batch_id=batch_id)


@blueprint.get("/<int:batch_id>/archive.zip")
@need("documents.make")
def archive(batch_id: int) -> ResponseReturnValue:
    """All of them in one file, PDFs beside those that have one: counted and remembered like any file that is taken away."""
    papers = batching.papers_of(_batch(batch_id), access.actor())

    def write(target: IO[bytes], _marks: Marks) -> None:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:  # Word and PDF are packed already
            for name, word, pdf in papers:
                made.writestr(name, files.read(word))
                if pdf:
                    made.writestr(name.removesuffix(".docx") + ".pdf", files.read(pdf))

    return hand_over(Parcel("documents", "zip", len(papers), write, asked=request.args.to_dict()))
