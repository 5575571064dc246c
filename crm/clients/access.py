"""Load a client and ask for the right in one call. What the person may not see does not exist: 404."""

from typing import NoReturn

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from crm.accounts import scope
from crm.clients import queries
from crm.clients.models import Company, Contact
from crm.clients.queries import Client
from crm.core import access
from crm.guard import counting

RIGHTS = {"see": "clients.see", "edit": "clients.edit", "delete": "clients.delete"}


def contact(contact_id: int, action: str = "see") -> Contact:
    """The person, for `action` see, edit or delete. In the bin it is open only to those who may delete."""
    access.require(RIGHTS[action])
    return _checked(queries.person(contact_id, current_user), action)


def company(company_id: int, action: str = "see") -> Company:
    """The company, for `action` see, edit or delete. In the bin it is open only to those who may delete."""
    access.require(RIGHTS[action])
    return _checked(queries.company(company_id, current_user), action)


def _checked(card: Client | None, action: str) -> Client:
    """404 for what is not theirs to see, and for the bin of others; 403 for what they see but may not touch."""
    if card is None or not _in_reach(card, action):
        _missing()
    if not scope.may(RIGHTS[action], card):
        access.refuse()
    counting.opened(card.card, card.id)
    return card


def _in_reach(card: Contact | Company, action: str) -> bool:
    return card.deleted_at is None or (action != "edit" and scope.may(RIGHTS["delete"], card))


def _missing() -> NoReturn:
    abort(404, _("There is no such client, or you have no access to it. Go back to the list."))


def sees(card: Contact | Company | None) -> bool:
    """Whether the person of this request may open the card: for links between cards."""
    return card is not None and card.deleted_at is None and scope.may("clients.see", card)
