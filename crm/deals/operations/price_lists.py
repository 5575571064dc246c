"""By which price list a deal, or a client, is reckoned."""

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import record
from crm.deals import events
from crm.deals.models import ClientPriceList, Deal
from crm.deals.operations.errors import DealError
from crm.deals.queries import prices


def choose_list(deal: Deal, list_id: int | None, *, for_client: bool, actor: User) -> None:
    """From now on the deal is reckoned by this list (None: by the kind of client), or all deals of its client are.

    Lines that are in keep their prices. DealError for a list that this person may not choose.
    """
    before = prices.list_of(deal)
    lists = {one.id: one for one in prices.choices(actor, before)}
    if list_id is not None and list_id not in lists:
        raise DealError(_("Your role may not choose this price list. Ask whoever sets the prices."))
    said = prices.of_client(deal)
    deal.price_list_id = None if for_client else list_id
    if for_client and list_id is not None:
        if said is None:
            said = ClientPriceList(**({"company_id": deal.company_id} if deal.company_id else {"contact_id": deal.contact_id}))
            db.session.add(said)
        said.price_list_id = list_id
    elif said is not None and (for_client or (list_id is None and before.by == "client")):
        db.session.delete(said)
    db.session.flush()
    record(events.PRICE_LIST_CHOSEN, deal, actor_id=actor.id, title=lists[list_id].name if list_id else _("By the kind of client"))
