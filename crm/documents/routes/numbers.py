"""`/settings/numbers`: how the numbers of documents are written, and the pictures that they carry."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import files
from crm.core.access import need
from crm.core.dates import today
from crm.core.errors import DomainError
from crm.core.web import go, render, toast
from crm.documents import access, agreeing, engine, kinds, operations, ours, queries
from crm.documents.forms import NumberForm, PictureForm, RulesForm
from crm.documents.models import KINDS
from crm.firms import queries as firms

blueprint = Blueprint("numbers", __name__, url_prefix="/settings/numbers")


@blueprint.get("/")
@need("settings.edit")
def index() -> ResponseReturnValue:
    """The pattern of each kind and the number that comes next; our pictures."""
    return _index(PictureForm(formdata=None))


def _index(form: PictureForm, status: int = 200) -> ResponseReturnValue:
    firm_id = _firm()
    rows = [(kind, queries.number_rule(kind, firm_id), _next(kind)) for kind in KINDS]
    return render("numbers/index.html", rows=rows, kinds=kinds, pictures=firms.details(firm_id).pictures, names=ours.NAMES,
                  rules=RulesForm(formdata=None, asked=[kind for kind, asks in agreeing.rules().items() if asks]),
                  tags=ours.TAGS, form=form, firm=firm_id, firms=firms.choices(archived=True), status=status)


def _firm() -> int | None:
    """Whose numbers and pictures: ?firm=3; the first company where nothing is asked, 404 for one that is not there."""
    firm_id = firms.column(request.args.get("firm"))
    if firm_id is not None and firms.firm(firm_id) is None:
        abort(404)
    return firm_id


@blueprint.post("/pictures/<name>")
@need("settings.edit")
def set_picture(name: str) -> ResponseReturnValue:
    """Another logo, stamp or signature; ?off=1 takes it off."""
    if name not in ours.NAMES:
        abort(404)
    form = PictureForm()
    if request.args.get("off"):
        operations.take_off(name, actor=access.actor(), firm_id=_firm())
    elif not form.validate():
        return _index(form, 422)
    else:
        try:
            operations.set_picture(name, form.file.data.read(operations.MOST_PICTURE + 1), actor=access.actor(), firm_id=_firm())
        except DomainError as refusal:
            form.file.errors = [refusal.message]
            return _index(form, 422)
    toast(_("Saved."))
    return go("numbers.index", firm=_firm())


@blueprint.get("/pictures/<name>")
@need("settings.edit")
def picture(name: str) -> ResponseReturnValue:
    """One of our pictures, to look at."""
    digest = firms.details(_firm()).pictures.get(name) or abort(404)
    data = files.read(digest)
    answer = Response(data, mimetype=f"image/{engine.measure(data)[0]}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _next(kind: str) -> str:
    rule, day = queries.number_rule(kind, _firm()), today()
    return rule.write(queries.next_number(kind, day, _firm()), day)


@blueprint.get("/<kind>")
@need("settings.edit")
def edit(kind: str) -> ResponseReturnValue:
    """The dialog of one kind."""
    rule = queries.number_rule(_known(kind), _firm())
    return _dialog(kind, NumberForm(formdata=None, pattern=rule.pattern, yearly=rule.yearly, following=None))


def _known(kind: str) -> str:
    return kind if kind in KINDS else abort(404)


def _dialog(kind: str, form: NumberForm, status: int = 200) -> ResponseReturnValue:
    return render("numbers/edit.html", "numbers/_edit.html", kind=kind, form=form, kinds=kinds, next=_next(kind), firm=_firm(),
                  status=status)


@blueprint.post("/<kind>")
@need("settings.edit")
def save(kind: str) -> ResponseReturnValue:
    """Keep the pattern, and the next number when one was typed."""
    form = NumberForm()
    if not form.validate():
        return _dialog(_known(kind), form, 422)
    try:
        operations.set_number_rule(_known(kind), **form.rule(), year=today().year, actor=access.actor(), firm_id=_firm())
    except DomainError as refusal:
        form.refuse(refusal)
        return _dialog(kind, form, 422)
    toast(_("Saved."))
    return go("numbers.index", firm=_firm())
