"""Writing on a timeline: a note, or a call with how it ended."""

from crm.accounts.models import User
from crm.clients import operations as clients
from crm.clients.models import Company, Contact
from crm.core.events import Card, Event
from crm.deals import operations as deals
from crm.deals.models import Deal
from crm.timeline.words import NOTE


def write(owner: Contact | Company | Deal, *, what: str, text: str, actor: User) -> Event:
    """Record a note (`what` is NOTE) or a call (an outcome of clients' OUTCOMES) on the card and its neighbours.

    A deal that is written on is not forgotten. ClientError for an empty note or an unknown outcome.
    """
    also = _neighbours(owner)
    if what == NOTE:
        event = clients.add_note(owner, text=text, actor=actor, also=also)
    else:
        event = clients.log_call(owner, outcome=what, text=text, actor=actor, also=also)
    if isinstance(owner, Deal):
        deals.touch(owner)
    return event


def _neighbours(owner: Contact | Company | Deal) -> list[Card | None]:
    if isinstance(owner, Deal):
        return [owner.company, owner.contact]
    return [owner.company] if isinstance(owner, Contact) else []
