"""`/settings/numbers`: how the numbers of documents are written, and the pictures that they carry."""

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import files
from crm.core.access import need
from crm.core.dates import today
from crm.core.errors import DomainError
from crm.core.web import go, render, toast
from crm.documents import access, agreeing, engine, kinds, numbering, operations, ours, queries
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
    rows = [(kind, rule, _next(kind, rule)) for kind, rule in queries.number_rules(firm_id).items()]
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


def _next(kind: str, rule: numbering.Rule) -> str:
    return rule.write(queries.next_number(kind, rule, today(), _firm()), today())


@blueprint.get("/<kind>")
@need("settings.edit")
def edit(kind: str) -> ResponseReturnValue:
    """The dialog of one kind."""
    rule = queries.number_rule(_known(kind), _firm())
    return _dialog(kind, NumberForm(formdata=None, pattern=rule.pattern, yearly=rule.yearly, following=None), rule)


def _known(kind: str) -> str:
    return kind if kind in KINDS else abort(404)


def _dialog(kind: str, form: NumberForm, rule: numbering.Rule | None = None) -> ResponseReturnValue:
    rule = rule or queries.number_rule(kind, _firm())
    return render("numbers/edit.html", "numbers/_edit.html", kind=kind, form=form, kinds=kinds, next=_next(kind, rule), firm=_firm(),
                  status=422 if form.errors else 200)


@blueprint.post("/<kind>")
@need("settings.edit")
def save(kind: str) -> ResponseReturnValue:
    """Keep the pattern, and the next number when one was typed."""
    form = NumberForm()
    if not form.validate():
        return _dialog(_known(kind), form)
    try:
        operations.set_number_rule(_known(kind), **form.rule(), year=today().year, actor=access.actor(), firm_id=_firm())
    except DomainError as refusal:
        form.refuse(refusal)
        return _dialog(kind, form)
    toast(_("Saved."))
    return go("numbers.index", firm=_firm())
