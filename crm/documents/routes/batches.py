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
from crm.documents import access, kinds, operations, queries
from crm.documents.forms import BatchForm
from crm.documents.models import DocumentBatch
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
    return _page(BatchForm(formdata=None, locale=the_organization().locale, dated=today()))


def _page(form: BatchForm, status: int = 200) -> ResponseReturnValue:
    return render("batches/new.html", form=form, count=len(_deal_ids()), most=operations.MOST, status=status)


@blueprint.post("")
@need("documents.make")
def begin() -> ResponseReturnValue:
    """Let the job make them; the form sent twice begins one batch."""
    form = BatchForm()
    if not form.validate():
        return _page(form, 422)
    if url := already(form.once.data):
        return go_url(url)
    batch = operations.begin_batch(_deal_ids(), kind=form.kind.data, locale=form.locale.data, key="", dated=form.dated.data or today(),
                                   actor=access.actor())
    keep(form.once.data, url := url_for(".show", batch_id=batch.id))
    return go_url(url)


def _batch(batch_id: int) -> DocumentBatch:
    return queries.batch(batch_id, access.actor()) or abort(404)


def _shown(batch_id: int) -> dict[str, Any]:
    return {"page": queries.batch_page(_batch(batch_id), access.actor()), "kinds": kinds}


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
    papers = queries.papers_of(_batch(batch_id), access.actor())

    def write(target: IO[bytes], _marks: Marks) -> None:
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as made:  # Word and PDF are packed already
            for name, word, pdf in papers:
                made.writestr(name, files.read(word))
                if pdf:
                    made.writestr(name.removesuffix(".docx") + ".pdf", files.read(pdf))

    return hand_over(Parcel("documents", "zip", len(papers), write, asked=request.args.to_dict()))
