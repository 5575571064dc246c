"""The owner's rules about payments."""

from collections.abc import Mapping
from typing import Any

from crm.accounts import queries
from crm.accounts.models import User
from crm.billing import events, rules
from crm.core.db import db
from crm.core.events import changes, record


def set_rules(wanted: Mapping[str, Any], *, actor: User) -> None:
    """Keep what of `rules.DEFAULTS` is wanted otherwise. Records RULES_CHANGED with what differs."""
    before = dict(rules.rules())
    after = {name: wanted.get(name, usual) for name, usual in rules.DEFAULTS.items()}
    queries.the_organization().billing = after
    db.session.flush()
    if changed := changes(_told(before), _told(after)):
        record(events.RULES_CHANGED, actor_id=actor.id, changed=changed)


def _told(settled: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ", ".join(value) if isinstance(value, list) else value for name, value in settled.items()}
