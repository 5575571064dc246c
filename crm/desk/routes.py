"""The first page: a manager's day, the company's figures for those who lead, papers for bookkeepers."""

from typing import Any, cast

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.accounts.models import User
from crm.core import access, dates, live, nav
from crm.core.i18n import choose_locale
from crm.core.web import go, nothing, render, trigger, wants_fragment
from crm.deals.queries.forgotten import REASONS
from crm.desk.queries import company, day, papers

blueprint = Blueprint("desk", __name__)
LEADERS = ("owner", "head")
READERS = ("accountant", "viewer")


def _me() -> User:
    return cast(User, current_user._get_current_object())  # the proxy ends with the request


def _day(user: User) -> dict[str, Any]:
    return {"day": day.day_of(user), "reasons": REASONS, "leader": user.role in LEADERS, "token": live.now_token()}


@blueprint.get("/")
@access.need("desk.see")
def index() -> ResponseReturnValue:
    """What this person needs first."""
    user = _me()
    context: dict[str, Any] = {"date": dates.long_day(dates.today(), choose_locale()),
                               "reader": user.role in READERS}
    if user.role in (*LEADERS, *READERS):
        context |= {"company": company.company(user), "funnel": company.funnel(user)}
    if user.role in READERS:
        return render("desk/index.html", documents=papers.latest_documents(user), **context)
    return render("desk/index.html", soon=day.closing_soon(user), **context, **_day(user))


@blueprint.get("/desk/day")
@access.need("desk.see")
def today() -> ResponseReturnValue:
    """The list of the day anew; 204 when it was asked with a mark since which nothing happened."""
    if not wants_fragment():
        return go("desk.index")
    since = request.args.get("since")
    if since is not None:
        news = live.since(since, ("deal.", "task."))
        trigger("since", news.token)
        if not news.events and not news.flood:
            return nothing()
    return render("desk/_day.html", "desk/_day.html", **_day(_me()))


nav.add("desk.index", "desk", _l("Desk"), "desk.see", 10, phone=True)
