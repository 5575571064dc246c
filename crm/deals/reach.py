"""How to reach the client of a deal: whoever leads the deal works with its client; everybody else must be let to see the client itself."""

from typing import Any

import sqlalchemy as sa

from crm.accounts import scope
from crm.accounts.models import User
from crm.accounts.rights import RANK
from crm.clients import hiding
from crm.clients.models import Channel, Company, Contact
from crm.deals.models import Deal


def reaches(deal: Deal, card: Contact | Company, reader: User) -> bool:
    """Whether the reader, who sees the deal, may know the phone, the e-mail and the messengers of this client of it."""
    return deal.manager_id == reader.id or (card.deleted_at is None and scope.sees(reader, card.manager_id, "clients.see"))


def ways(deal: Deal, card: Contact | Company, reader: User) -> list[Channel]:
    """The ways to reach this client of the deal that the reader may know."""
    return hiding.shown(card.channels, reader) if reaches(deal, card, reader) else []


def kept_back(deal: Deal, reader: User) -> frozenset[str]:
    """The fields of rights.FIELDS that words about the deal do not tell this reader."""
    strangers = any(card is not None and not reaches(deal, card, reader) for card in (deal.contact, deal.company))
    return reader.powers.hidden | (hiding.REACH if strangers else frozenset())


def searched(model: type[Contact] | type[Company], reader: User, deal: Any = Deal) -> sa.ColumnElement[str]:
    """Where a search of deals looks in the client. In its numbers and addresses only as `reaches` has it, or they could be found out by
    trying digit after digit.
    """
    whole = hiding.searched(model, reader)
    owners = scope.visible_owners(reader, "clients.see")
    if owners is None or RANK[reader.level("deals.see")] <= RANK["own"] or hiding.hides_any(reader):
        return whole
    known: Any = sa.or_(deal.manager_id == reader.id, model.manager_id.in_(sorted(owners)))
    return sa.case((known, whole), else_=hiding.named(model))
