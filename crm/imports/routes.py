"""Import in the browser: choose a file, say what the columns mean, watch, read the report."""

from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user

from crm.core import access, files, listing, modules, nav
from crm.core.web import go, render, toast, wants_fragment
from crm.imports import mapping, operations, queries
from crm.imports.forms import LABELS, UploadForm
from crm.imports.models import Import
from crm.imports.reading import ImportProblem, Table, read_table

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
PREVIEW = 5


def _import(import_id: int) -> Import:
    return queries.find(import_id, current_user) or abort(404)


@blueprint.get("/")
@access.need("imports.run")
def index() -> ResponseReturnValue:
    """A file to choose, and what came in before."""
    return _page(_form())


def _form() -> UploadForm:
    form = UploadForm()
    form.offer(operations.takes(current_user))
    return form


def _page(form: UploadForm, status: int = 200) -> ResponseReturnValue:
    page = listing.fetch(queries.imports(current_user), listing.wish(), "imports.index", scalars=True)
    return render("imports/index.html", form=form, page=page, status=status)


@blueprint.post("/")
@access.need("imports.run")
def upload() -> ResponseReturnValue:
    """Read the file and go on to its columns."""
    form = _form()
    if not form.validate():
        return _page(form, 422)
    try:
        made = operations.upload_file(what=form.what.data, data=form.file.data.read(),
                                      file_name=form.file.data.filename, actor=current_user)
    except ImportProblem as problem:
        form.file.errors = [problem.message]
        return _page(form, 422)
    return go("imports.show", import_id=made.id)


@blueprint.get("/<int:import_id>")
@access.need("imports.run")
def show(import_id: int) -> ResponseReturnValue:
    """The columns of a new file, the progress of a running one, the report of a finished one."""
    made = _import(import_id)
    if made.status != "new":
        return render("imports/show.html", "imports/_progress.html", made=made)
    return _columns(made, _table(made), made.mapping)


def _table(made: Import) -> Table:
    return read_table(files.read(made.digest), made.file_name)


def _columns(made: Import, table: Table, chosen: dict[str, str], problem: str = "", status: int = 200) -> ResponseReturnValue:
    fields = [(field, LABELS[field]) for field in mapping.known(made.what) if field != "next_step"]
    fields += queries.list_fields(made)
    return render("imports/columns.html", made=made, table=table, chosen=chosen, rows=table.rows[:PREVIEW], fields=fields,
                  problem=problem, status=status, **_forecast(made, table, chosen))


def _forecast(made: Import, table: Table, chosen: dict[str, str]) -> dict[str, Any]:
    """What the rows of a file of products would do, or why it cannot be taken; nothing of other files."""
    if made.what != "products":
        return {}
    try:
        return {"forecast": operations.foresee(table, chosen, actor=current_user), "most": operations.MOST_FORESEEN}
    except ImportProblem as problem:
        return {"hindrance": problem.message}


def _chosen(table: Table) -> dict[str, str]:
    """The columns as somebody chose them, in a form or in an address."""
    return {name: request.values.get(f"column-{place}", "") for place, name in enumerate(table.columns)}


@blueprint.route("/<int:import_id>/forecast", methods=["GET", "POST"])
@access.need("imports.run")
def forecast(import_id: int) -> ResponseReturnValue:
    """The columns with another choice, and what the rows of products would do with it."""
    made = _import(import_id)
    if made.status != "new" or made.what != "products":
        return go("imports.show", import_id=made.id)
    table = _table(made)
    if wants_fragment():
        return render("imports/_forecast.html", made=made, **_forecast(made, table, _chosen(table)))
    return _columns(made, table, _chosen(table))


@blueprint.post("/<int:import_id>")
@access.need("imports.run")
def start(import_id: int) -> ResponseReturnValue:
    """Take the file with the columns as chosen."""
    made = _import(import_id)
    table = _table(made)
    chosen = _chosen(table)
    try:
        operations.check_mapping(made.what, chosen)
        operations.start_import(made, chosen, actor=current_user)
    except ImportProblem as problem:
        return _columns(made, table, chosen, problem.message, 422)
    return go("imports.show", import_id=made.id)


@blueprint.post("/<int:import_id>/undo")
@access.need("imports.run")
def undo(import_id: int) -> ResponseReturnValue:
    """Put back what a file of products changed."""
    made = _import(import_id)
    left = operations.undo_upload(made, actor=current_user)
    toast(ngettext("Undone, but for %(num)s record that somebody changed since.",
                   "Undone, but for %(num)s records that somebody changed since.", left) if left else _("The import is undone."))
    return go("imports.show", import_id=made.id)


@blueprint.get("/<int:import_id>/progress")
@access.need("imports.run")
def progress(import_id: int) -> ResponseReturnValue:
    """The part of the page that follows the work; a file whose columns are not chosen yet has none."""
    made = _import(import_id)
    if made.status == "new":
        return go("imports.show", import_id=made.id)
    return render("imports/show.html", "imports/_progress.html", made=made)


modules.declare("imports", _l("Import"), _l("Deals, people and products from Excel and CSV files."), "imports")
nav.add("imports.index", "import", _l("Import"), "imports.run", 50, where="person", module="imports")
