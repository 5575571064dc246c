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
from crm.deals.queries import prices
from crm.deals.queries.forgotten import REASONS
from crm.deals.queries.news import concerning
from crm.desk.queries import company, day, papers
from crm.documents import agreeing, kinds
from crm.guard.queries import mass

blueprint = Blueprint("desk", __name__)


def _me() -> User:
    return cast(User, current_user._get_current_object())  # the proxy ends with the request


def _day(user: User) -> dict[str, Any]:
    token = live.now_token()  # before the list: what happens between is told at the next poll
    return {"day": day.day_of(user), "reasons": REASONS, "leader": user.sells and access.can("desk.company"), "token": token}


@blueprint.get("/")
@access.need("desk.see")
def index() -> ResponseReturnValue:
    """What this person needs first."""
    user = _me()
    figures = access.can("desk.company")
    reader = figures and not user.sells
    waiting, answers = mass.for_desk(user)
    to_agree = agreeing.waiting(user, 20) if access.can("documents.agree") else []
    context: dict[str, Any] = {"date": dates.long_day(dates.today(), choose_locale()), "reader": reader,
                               "waiting": waiting, "answers": answers, "to_agree": to_agree, "kinds": kinds,
                               "discounts": prices.waiting_for(user)}
    if figures:
        context |= {"company": company.company(user), "funnel": company.funnel(user)}
    if reader:
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
        if not news.flood and not concerning(news.events, _me()):
            return nothing()
    return render("desk/_day.html", "desk/_day.html", **_day(_me()))


nav.add("desk.index", "desk", _l("Desk"), "desk.see", 10, phone=True)
