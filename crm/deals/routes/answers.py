"""How acts on a deal's page are answered: its parts refresh themselves, or the page is shown again."""

from flask import url_for
from flask.typing import ResponseReturnValue

from crm.core.once import SENT_BEFORE
from crm.core.web import go_url, nothing, own_page, toast, trigger, wants_fragment
from crm.deals.models import Deal


def on_the_page(deal: Deal) -> bool:
    """Whether HTMX asks from the deal's page, whose parts refresh themselves, and not from a form's own page."""
    return wants_fragment() and not own_page(url_for("deals.show", deal_id=deal.id))


def changed(deal: Deal, part: str = "") -> ResponseReturnValue:
    """After a write: HTMX pages hear `deal-changed` and ask for the parts; others, and a form's own page, see the page at `part`."""
    if on_the_page(deal):
        trigger("deal-changed")
        return nothing()
    return go_url(url_for("deals.show", deal_id=deal.id, _anchor=part or None))


def sent_before() -> None:
    """Say that a form that was sent twice did nothing the second time, whatever was typed into it meanwhile."""
    toast(str(SENT_BEFORE), kind="bad")
