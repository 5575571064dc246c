"""What was said: notes and calls on any card."""

from collections.abc import Iterable

from flask_babel import gettext as _

from crm.accounts.models import User
from crm.clients import events
from crm.clients.fields import OUTCOMES
from crm.clients.operations.cards import ClientError
from crm.core.events import Card, Event, record

LIMIT = 20_000


def add_note(card: Card, *, text: str, actor: User | None, also: Iterable[Card | None] = ()) -> Event:
    """A note on the card's timeline and on those of `also`. ClientError when there is no text."""
    text = text.strip()[:LIMIT]
    if not text:
        raise ClientError(_("Write the note first."))
    return record(events.NOTE_ADDED, card, *also, actor_id=actor.id if actor else None, text=text)


def log_call(card: Card, *, outcome: str, text: str = "", actor: User | None,
             also: Iterable[Card | None] = ()) -> Event:
    """A call that was made and how it ended: `outcome` is one of OUTCOMES. ClientError for another."""
    if outcome not in OUTCOMES:
        raise ClientError(_("Choose how the call ended."))
    return record(events.CALL_MADE, card, *also, actor_id=actor.id if actor else None, outcome=outcome,
                  text=text.strip()[:LIMIT])
