"""Discounts that wait for somebody's word, and the price list of a deal."""

from decimal import Decimal

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core import access, modules
from crm.core.web import go, go_url, render, toast
from crm.deals import operations
from crm.deals.access import actor, line_of
from crm.deals.access import deal as the_deal
from crm.deals.forms.prices import ChooseListForm
from crm.deals.models import Deal
from crm.deals.queries import prices
from crm.deals.routes.answers import changed

blueprint = Blueprint("discounts", __name__, url_prefix="/deals/<int:deal_id>")


def _percent() -> Decimal:
    try:
        return Decimal(request.form.get("percent", ""))
    except ArithmeticError:
        abort(400)


def _back(deal: Deal) -> ResponseReturnValue:
    """To where it was answered: the desk, or the deal."""
    return go_url("/") if request.form.get("back") == "desk" else changed(deal, "lines")


@blueprint.post("/lines/<int:line_id>/approve")
@access.need("deals.edit")
def approve(deal_id: int, line_id: int) -> ResponseReturnValue:
    """The discount counts from now on."""
    deal = the_deal(deal_id, "edit")
    operations.approve_discount(deal, line_of(deal, line_id), actor=actor(), percent=_percent())
    toast(_("The discount is approved."))
    return _back(deal)


@blueprint.post("/lines/<int:line_id>/refuse")
@access.need("deals.edit")
def refuse(deal_id: int, line_id: int) -> ResponseReturnValue:
    """The line stays as it is."""
    deal = the_deal(deal_id, "edit")
    operations.refuse_discount(deal, line_of(deal, line_id), actor=actor(), percent=_percent())
    toast(_("The discount is refused."))
    return _back(deal)


@blueprint.route("/price-list", methods=["GET", "POST"])
@access.need("deals.edit")
def price_list(deal_id: int) -> ResponseReturnValue:
    """By which list the deal is reckoned from now on; lines that are in keep their prices."""
    modules.require_for(["products"])
    deal = the_deal(deal_id, "edit")
    now = prices.list_of(deal)
    form = ChooseListForm(data={"price_list_id": str(now.by_hand.id) if now.by_hand else "", "for_client": now.by == "client"})
    form.offer(prices.choices(actor(), now), client=deal.client_title)
    if not form.validate_on_submit():
        return render("deals/price_list.html", form=form, deal=deal, now=now, status=422 if form.errors else 200)
    operations.choose_list(deal, int(form.price_list_id.data or 0) or None, for_client=form.wants_client, actor=actor())
    toast(_("From now on the deal is reckoned by this list. Lines that are in keep their prices."))
    return go("deals.show", deal_id=deal.id)
