"""`/search`: the box at the top and a page of its own."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from crm.core.access import signed_in
from crm.core.listing import MAX_QUERY
from crm.core.web import render, wants_fragment
from crm.guard import counting
from crm.search import queries

blueprint = Blueprint("search", __name__)
IN_BOX, ON_PAGE = 5, 20


@blueprint.get("/search")
@signed_in
def index() -> ResponseReturnValue:
    """People, companies, deals and documents by any part of a name, a number or a phone."""
    q = request.args.get("q", "").strip()[:MAX_QUERY]
    size = IN_BOX if wants_fragment() and "page" not in request.args else ON_PAGE
    groups = queries.everything(q, current_user, current_user.rights, size)
    counting.show("search.index", sum(len(group.rows) for group in groups))
    fragment = "search/_page.html" if "page" in request.args else "search/_box.html"
    return render("search/index.html", fragment, q=q, groups=groups, shortest=queries.SHORTEST)
