"""Deals that go on by themselves when something is paid, where a stage of their pipeline says so."""

from crm.billing.queries.reached import reached
from crm.core.events import Event
from crm.deals import arrivals
from crm.deals.models import Deal
from crm.deals.operations import come_to


def arrive(deal: Deal, told: Event | None = None) -> None:
    """Move the deal to the furthest stage ahead that waits for what is reached; why it stays stands beneath the fact `told`."""
    stages = {code: stage for code in arrivals.PAYMENTS if (stage := arrivals.stage_for(deal, code)) is not None}
    ready = [stage for code, stage in stages.items() if reached(deal, code)]
    if ready:
        come_to(deal, max(ready, key=lambda one: one.position), told)
