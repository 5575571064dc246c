"""The pages over all deals: the payment calendar, payments received, debts by age, what is to be done."""

import datetime as dt

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from crm.billing import exports
from crm.billing.queries import calendar as plan
from crm.billing.queries import debts as ages
from crm.billing.queries import duties, received
from crm.core import access, listing, money, nav
from crm.core.access import need
from crm.core.dates import FIRST_YEAR, LAST_YEAR, today
from crm.core.web import go, render, wants_fragment
from crm.documents import ways
from crm.guard import counting
from crm.guard.exports import send

calendar = Blueprint("calendar", __name__, url_prefix="/payments")
received_pages = Blueprint("received", __name__, url_prefix="/payments/received")
debt_pages = Blueprint("debts", __name__, url_prefix="/payments/debts")
owed_pages = Blueprint("owed", __name__, url_prefix="/payments/debts/invoices")


@calendar.get("")
@need("documents.see")
def index() -> ResponseReturnValue:
    """What should come when, what is past due, what has come."""
    by = request.args.get("by", "day")
    by, now = by if by in plan.GROUPS else "day", today()
    shown = plan.window(by, _first(request.args.get("from", ""), now))
    found = plan.calendar(current_user, by, shown, now)
    counting.show("calendar.index", len(found.overdue) + sum(len(group.entries) for group in found.groups))
    state = request.args.get("state", "")
    before, after = plan.neighbours(by, shown)
    return render("payments/index.html", found=found, by=by, state=state, before=before, after=after, now=now)


def _first(typed: str, now: dt.date) -> dt.date:
    """The typed day, or the present one where it is none."""
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return now
    return day if FIRST_YEAR < day.year < LAST_YEAR else now


@calendar.get("/todo")
@need("documents.see")
def todo() -> ResponseReturnValue:
    """Invoices to issue, payments to check, acts to make."""
    found = duties.duties(current_user, today())
    counting.show("calendar.todo", found.count)
    return render("payments/todo.html", found=found, now=today(), plain=money.to_major)


@calendar.get("/duties")
@need("payments.record")
def duties_card() -> ResponseReturnValue:
    """The card of the desk: how much of each there is to do; by itself it leads to the list."""
    if not wants_fragment():
        return go("calendar.todo")
    access.require("documents.see")
    return render("payments/_duties.html", found=duties.duties(current_user, today()))


@received_pages.get("", endpoint="index")
@need("documents.see")
def index_received() -> ResponseReturnValue:
    """Payments, newest first."""
    page = received.payments(listing.wish(*received.FILTERS), current_user)
    return render("payments/received.html", "payments/_received.html", page=page, ways=ways)


@received_pages.get("/export.csv", defaults={"ending": "csv"}, endpoint="export")
@received_pages.get("/export.xlsx", defaults={"ending": "xlsx"}, endpoint="export")
@need("payments.export")
def export_received(ending: str) -> ResponseReturnValue:
    """The filtered list as a file."""
    return send(exports.payments(listing.wish(*received.FILTERS), current_user), ending)


@debt_pages.get("", endpoint="index")
@need("documents.see")
def index_debts() -> ResponseReturnValue:
    """Who owes how much, by age."""
    page = ages.debts(listing.wish(), current_user)
    return render("payments/debts.html", "payments/_debts.html", page=page, totals=ages.totals(current_user), labels=ages.LABELS)


@debt_pages.get("/export.csv", defaults={"ending": "csv"}, endpoint="export")
@debt_pages.get("/export.xlsx", defaults={"ending": "xlsx"}, endpoint="export")
@need("payments.export")
def export_debts(ending: str) -> ResponseReturnValue:
    """Debts by client and age as a file."""
    return send(exports.by_client(current_user), ending)


@owed_pages.get("", endpoint="index")
@need("documents.see")
def index_owed() -> ResponseReturnValue:
    """The unpaid invoices beneath a figure."""
    page = ages.owed(listing.wish(*ages.FILTERS), current_user)
    return render("payments/owed.html", "payments/_owed.html", page=page, labels=ages.LABELS)


@owed_pages.get("/export.csv", defaults={"ending": "csv"}, endpoint="export")
@owed_pages.get("/export.xlsx", defaults={"ending": "xlsx"}, endpoint="export")
@need("payments.export")
def export_owed(ending: str) -> ResponseReturnValue:
    """These invoices as a file."""
    return send(exports.owed(listing.wish(*ages.FILTERS), current_user), ending)


nav.add("calendar.index", "money", _l("Payments"), "documents.see", 57, module="payments", also=("received", "debts", "owed", "payments"))
