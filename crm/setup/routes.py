"""The wizard of the first start, open only to who holds the one-time link of the console."""

from flask import Blueprint, abort, request, session
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.accounts import entry, queries
from crm.accounts import operations as accounts
from crm.core import access, requisites
from crm.core.db import reading
from crm.core.i18n import LOCALES, choose_locale
from crm.core.web import go, render, toast
from crm.deals import library
from crm.demo import operations as demo
from crm.setup import operations
from crm.setup.forms import SetupForm

blueprint = Blueprint("setup", __name__, url_prefix="/setup")


def _check(token: str) -> None:
    if not accounts.setup_token_is_right(token):
        abort(404, _("This link has expired. Restart the program: it prints a new one while nobody can sign in."))


@blueprint.get("/")
@access.public
def index() -> ResponseReturnValue:
    """What a person without the link reads."""
    if queries.anybody_can_sign_in():
        return go("accounts.login")
    return render("setup/index.html")


@blueprint.get("/<token>")
@access.public
def wizard(token: str) -> ResponseReturnValue:
    """The four short steps on one page."""
    _check(token)
    russian = choose_locale() == "ru"
    form = SetupForm(choose_locale(), data={
        "currency": "RUB" if russian else "USD", "timezone": "Europe/Moscow" if russian else "Europe/London",
        "vat_rate": "22" if russian else ""})
    return _page(token, form)


def _page(token: str, form: SetupForm, status: int = 200) -> ResponseReturnValue:
    spec = library.load(form.business.data or "", choose_locale())
    return render("setup/wizard.html", "setup/_pipeline.html", form=form, token=token, spec=spec, status=status)


@blueprint.get("/<token>/pipeline")
@access.public
def pipeline(token: str) -> ResponseReturnValue:
    """The picture of the pipeline for the chosen kind of business."""
    _check(token)
    code = request.args.get("business", "")
    if code not in {kind.code for kind in library.kinds()}:
        abort(404)
    return _page(token, SetupForm(choose_locale(), data={"business": code}))


@blueprint.get("/<token>/check")
@access.public
def check(token: str) -> ResponseReturnValue:
    """What the control digits say about a number that is being typed."""
    _check(token)
    field = request.args.get("field", "")
    if field not in requisites.KINDS:
        abort(404)
    typed = request.args.get(field, "")[:100]
    return render("setup/_check.html", found=requisites.check(field, typed, bank=request.args.get("bic", "")[:20]),
                  typed=typed.strip(), message=requisites.message, kind=field)


@blueprint.post("/<token>/locale/<code>")
@access.public
def locale(token: str, code: str) -> ResponseReturnValue:
    """The language of the wizard, and later of the company."""
    if code in LOCALES:
        session["locale"] = code
    return go("setup.wizard", token=token)


@blueprint.post("/<token>")
@access.public
def finish(token: str) -> ResponseReturnValue:
    """Set everything up and lead the owner to the board."""
    form = SetupForm(choose_locale())
    with reading():
        _check(token)
    if not form.validate():
        return _page(token, form, 422)
    password_hash = accounts.make_password_hash(form.password.data or "")
    _check(token)
    owner = operations.begin(
        company=form.company(), business=form.business.data, locale=choose_locale(),
        owner_name=form.owner_name.data or "", owner_email=form.owner_email.data or "", password_hash=password_hash)
    entry.enter(owner, "first start")
    toast(_("You are all set. Drag the example deal or create your own."))
    return go("board.index")


@blueprint.post("/<token>/demo")
@access.public
def look_around(token: str) -> ResponseReturnValue:
    """Fill in a demo company and enter it as its owner."""
    _check(token)
    logins = demo.fill(locale=choose_locale())
    accounts.end_setup()
    owner = queries.user_by_email(logins[0].email) or abort(500)
    entry.enter(owner, "first start")
    return render("setup/demo.html", logins=logins)
