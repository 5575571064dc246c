"""What brings a deal into a stage by itself. A stage names one code; the features in which such things happen say so."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.deals.models import LOST, OPEN, Deal, Stage

ACCEPTED = "quote_accepted"
AGREED, SIGNED = "contract_agreed", "contract_signed"
ARRIVALS: dict[str, LazyString] = {
    ACCEPTED: _l("the client accepts a quote on its page"),
    AGREED: _l("the lawyer agrees the contract"),
    SIGNED: _l("the contract is signed"),
}


def stage_for(deal: Deal, code: str) -> Stage | None:
    """Where an open deal goes when `code` happens: the next such stage ahead of it; None when there is none."""
    ahead = (stage for stage in deal.pipeline.stages
             if stage.arrives_on == code and stage.kind != LOST and stage.position > deal.stage.position)
    return next(ahead, None) if deal.status == OPEN else None
