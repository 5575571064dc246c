"""`/settings/numbers`: how the numbers of documents are written."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core.access import need
from crm.core.dates import today
from crm.core.errors import DomainError
from crm.core.web import go, render, toast
from crm.documents import access, kinds, operations, queries
from crm.documents.forms import NumberForm
from crm.documents.models import KINDS

blueprint = Blueprint("numbers", __name__, url_prefix="/settings/numbers")


@blueprint.get("/")
@need("settings.edit")
def index() -> ResponseReturnValue:
    """The pattern of each kind and the number that comes next."""
    return render("numbers/index.html", rows=[(kind, queries.number_rule(kind), _next(kind)) for kind in KINDS], kinds=kinds)


def _next(kind: str) -> str:
    rule, day = queries.number_rule(kind), today()
    return rule.write(queries.next_number(kind, day), day)


@blueprint.get("/<kind>")
@need("settings.edit")
def edit(kind: str) -> ResponseReturnValue:
    """The dialog of one kind."""
    rule = queries.number_rule(_known(kind))
    return _dialog(kind, NumberForm(formdata=None, pattern=rule.pattern, yearly=rule.yearly, following=None))


def _known(kind: str) -> str:
    return kind if kind in KINDS else abort(404)


def _dialog(kind: str, form: NumberForm, status: int = 200) -> ResponseReturnValue:
    return render("numbers/edit.html", "numbers/_edit.html", kind=kind, form=form, kinds=kinds, next=_next(kind), status=status)


@blueprint.post("/<kind>")
@need("settings.edit")
def save(kind: str) -> ResponseReturnValue:
    """Keep the pattern, and the next number when one was typed."""
    form = NumberForm()
    if not form.validate():
        return _dialog(_known(kind), form, 422)
    try:
        operations.set_number_rule(_known(kind), **form.rule(), year=today().year, actor=access.actor())
    except DomainError as refusal:
        form.refuse(refusal)
        return _dialog(kind, form, 422)
    toast(_("Saved."))
    return go("numbers.index")
