"""How acts on a deal's page are answered: its parts refresh themselves, or the page is shown again."""

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from crm.core.web import go_url, nothing, page_at_work, toast, trigger, wants_fragment
from crm.deals.models import Deal


def changed(deal: Deal, part: str = "") -> ResponseReturnValue:
    """After a write: HTMX pages hear `deal-changed` and ask for the parts; others see the page at `part`.

    So does who works in a form's own page, such as one opened in a new tab: there nothing listens.
    """
    alone = page_at_work().startswith(url_for("deals.show", deal_id=deal.id) + "/")
    if wants_fragment() and not alone:
        trigger("deal-changed")
        return nothing()
    return go_url(url_for("deals.show", deal_id=deal.id, _anchor=part or None))


def sent_before() -> None:
    """Say that a form that was sent twice did nothing the second time, whatever was typed into it meanwhile."""
    toast(_("This form has been sent before, so nothing was added now. For one more, open the form anew."), kind="bad")
