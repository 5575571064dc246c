"""Deals that move by themselves, by the owner's rule for a stage."""

from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries as accounts
from crm.core.db import db
from crm.core.errors import DomainError
from crm.core.events import Event
from crm.deals import arrivals
from crm.deals.models import Deal, Stage
from crm.deals.operations.moves import move_deal


def arrive(deal: Deal, code: str, told: Event) -> None:
    """Move the deal to where `code` leads it."""
    stage = arrivals.stage_for(deal, code)
    if stage is not None:
        come_to(deal, stage, told)


def come_to(deal: Deal, stage: Stage, told: Event | None) -> None:
    """Move the deal there. Why it stays, when the stage asks for more, is written beneath what was told, in the company's language."""
    with force_locale(accounts.the_organization().locale):
        try:
            with db.session.begin_nested():
                move_deal(deal, stage, actor=None)
        except DomainError as refusal:  # what the stage asks for is missing: people see to it
            if told is not None:
                stays = _("The deal stays where it is: %(why)s", why=refusal.message)
                told.data = {**told.data, "text": "\n".join(filter(None, (told.data.get("text"), stays)))}
