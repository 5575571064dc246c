"""The owner's way out of the demo: remove it and set up a company of one's own."""

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from crm.accounts import operations as accounts
from crm.accounts.queries import the_organization
from crm.core import access
from crm.core.web import go_url, render
from crm.demo import operations

blueprint = Blueprint("demo", __name__, url_prefix="/settings/demo")


@blueprint.get("/")
@access.need("demo.remove")
def index() -> ResponseReturnValue:
    """What removing means, and the button."""
    if not the_organization().demo:
        abort(404)
    return render("demo/index.html")


@blueprint.post("/remove")
@access.need("demo.remove")
def remove() -> ResponseReturnValue:
    """Empty the database, sign everybody out and open the wizard for the one who was the owner."""
    if not the_organization().demo:
        abort(404)
    logout_user()
    operations.remove()
    link = accounts.setup_link("")
    return go_url(link or "/setup")
