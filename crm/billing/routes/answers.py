"""How acts on payments and terms are answered: the dialog closes and the page refreshes itself, or the deal is shown."""

from flask import url_for
from flask.typing import ResponseReturnValue

from crm.core.once import SENT_BEFORE
from crm.core.web import go_url, nothing, own_page, toast, trigger, wants_fragment
from crm.deals.models import Deal


def place(deal: Deal) -> str:
    """Where a deal shows its payments."""
    return url_for("deals.show", deal_id=deal.id, _anchor="payments")


def changed(deal: Deal, said: str, *, own: str | None = None, undo: str | None = None, kind: str = "good") -> ResponseReturnValue:
    """HTMX pages refresh what listens; others go to the deal, and so does a form's own page, below the deal or at `own`."""
    toast(said, kind=kind, undo=undo)
    if wants_fragment() and not own_page(url_for("deals.show", deal_id=deal.id), *filter(None, (own,))):
        trigger("close-dialog")
        trigger("deal-changed")
        return nothing()
    return go_url(place(deal))


def sent_before(deal: Deal) -> ResponseReturnValue:
    """A form that was sent twice did nothing the second time, whatever was typed into it meanwhile."""
    return changed(deal, str(SENT_BEFORE), kind="bad")
