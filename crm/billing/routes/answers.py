"""How acts on payments and terms are answered: the dialog closes and the page refreshes itself, or the deal is shown."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core.web import go_url, nothing, page_at_work, toast, trigger, wants_fragment
from crm.deals.models import Deal


def place(deal: Deal) -> str:
    """Where a deal shows its payments."""
    return url_for("deals.show", deal_id=deal.id, _anchor="payments")


def changed(deal: Deal, said: str, *, own: str | None = None, undo: str | None = None, kind: str = "good") -> ResponseReturnValue:
    """HTMX pages refresh what listens; others go to the deal.

    So does who works in a form's own page, below the deal or at `own`, such as one opened in a new tab: there nothing listens.
    """
    toast(said, kind=kind, undo=undo)
    here = page_at_work()
    alone = here.startswith(url_for("deals.show", deal_id=deal.id) + "/") or (own is not None and here == own)
    if wants_fragment() and not alone:
        trigger("close-dialog")
        trigger("deal-changed")
        return nothing()
    return go_url(place(deal))


def sent_before(deal: Deal) -> ResponseReturnValue:
    """A form that was sent twice did nothing the second time, whatever was typed into it meanwhile."""
    return changed(deal, _("This form has been sent before, so nothing was added now. For one more, open the form anew."), kind="bad")
