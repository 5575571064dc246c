"""Deals that go on by themselves when something is paid, where a stage of their pipeline says so."""

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.billing.queries.reached import reached
from crm.core.db import db
from crm.core.errors import DomainError
from crm.core.events import Event
from crm.deals import arrivals
from crm.deals.models import Deal
from crm.deals.operations import move_deal


def arrive(deal: Deal, told: Event | None = None) -> None:
    """Move the deal to the furthest stage ahead that waits for what is reached. Why it stays, when the stage asks for more, is written
    beneath the fact `told`.
    """
    stages = {code: stage for code in arrivals.PAYMENTS if (stage := arrivals.stage_for(deal, code)) is not None}
    ready = [stage for code, stage in stages.items() if reached(deal, code)]
    if not ready:
        return
    stage = max(ready, key=lambda one: one.position)
    with force_locale(accounts.the_organization().locale):
        try:
            with db.session.begin_nested():
                move_deal(deal, stage, actor=None)
        except DomainError as refusal:  # what the stage asks for is missing: people see to it
            if told is not None:
                stays = _("The deal stays where it is: %(why)s", why=refusal.message)
                told.data = {**told.data, "text": "\n".join(one for one in (told.data.get("text", ""), stays) if one)}
