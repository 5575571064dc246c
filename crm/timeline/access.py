"""Whose timeline it is: the feature of the card itself says who may read it and who may write on it."""

from collections.abc import Callable

from flask import abort
from flask_login import current_user

from crm.accounts import scope
from crm.clients import access as clients
from crm.clients.models import Company, Contact
from crm.deals import access as deals
from crm.deals import reach
from crm.deals.models import Deal

Owner = Contact | Company | Deal
LOADERS: dict[str, Callable[[int, str], Owner]] = {
    "contact": clients.contact, "company": clients.company, "deal": deals.deal}
RIGHTS = {"contact": "clients.edit", "company": "clients.edit", "deal": "deals.edit"}


def card(kind: str, card_id: int, action: str = "see") -> Owner:
    """The card, for `action` see or edit; 404 for a kind without a timeline and for what the person may not see."""
    if kind not in LOADERS:
        abort(404)
    return LOADERS[kind](card_id, action)


def kept_back(owner: Owner) -> frozenset[str]:
    """The fields that this timeline does not tell the person of this request."""
    return reach.kept_back(owner, current_user) if isinstance(owner, Deal) else current_user.powers.hidden


def may_write(owner: Owner) -> bool:
    """Whether the person of this request may add notes to the card."""
    return owner.deleted_at is None and scope.may(RIGHTS[owner.card], owner)
