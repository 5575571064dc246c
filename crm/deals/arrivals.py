"""What brings a deal into a stage by itself. A stage names one code; the features in which such things happen say so."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from crm.deals.models import LOST, OPEN, Deal, Stage

ACCEPTED = "quote_accepted"
AGREED, SIGNED = "contract_agreed", "contract_signed"
INVOICE_PAID, PREPAID, PAID, PAID_AND_ACT = "invoice_paid", "prepaid", "paid", "paid_and_act"
ARRIVALS: dict[str, LazyString] = {
    ACCEPTED: _l("the client accepts a quote on its page"),
    AGREED: _l("the lawyer agrees the contract"),
    SIGNED: _l("the contract is signed"),
    INVOICE_PAID: _l("all its invoices are paid"),
    PREPAID: _l("the prepayment has come"),
    PAID: _l("the deal is paid in full"),
    PAID_AND_ACT: _l("the deal is paid in full and the act is made"),
}
PAYMENTS = (PAID_AND_ACT, PAID, INVOICE_PAID, PREPAID)  # what payments bring about, the furthest first


def stage_for(deal: Deal, code: str) -> Stage | None:
    """Where an open deal goes when `code` happens: the next such stage ahead of it; None when there is none."""
    ahead = (stage for stage in deal.pipeline.stages
             if stage.arrives_on == code and stage.kind != LOST and stage.position > deal.stage.position)
    return next(ahead, None) if deal.status == OPEN else None
