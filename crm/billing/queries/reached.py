"""What the payments of a deal have brought about: the codes that a stage may require, and by which deals come to a stage."""

from crm.billing.queries import payments, plans
from crm.core import modules
from crm.deals import requirements
from crm.deals.arrivals import INVOICE_PAID, PAID, PAID_AND_ACT, PREPAID
from crm.deals.models import Deal


def reached(deal: Deal, code: str, sums: payments.Money | None = None) -> bool:
    """Whether the deal has come so far. The prepayment is the first payment of the terms; without terms, any invoice that is paid.

    `sums`: the figures of the deal, where they are known already.
    """
    if code == PAID:
        return 0 < deal.amount <= (sums or payments.money_of(deal)).paid
    if code == PAID_AND_ACT:
        return reached(deal, PAID, sums) and payments.closing_paper(deal) is not None
    invoices = [one for one in payments.invoices_of(deal) if one.amount > 0]
    if code == INVOICE_PAID:
        return bool(invoices) and all(one.paid >= one.amount for one in invoices)
    terms = plans.terms_of(deal)
    if terms is not None and terms.steps:
        return terms.steps[0].left <= 0
    return any(one.paid >= one.amount for one in invoices) or reached(deal, PAID)


def _asked(code: str) -> requirements.Check:
    """A part that is switched off holds nobody up."""
    return lambda deal: not modules.on("payments") or reached(deal, code)


for _code in (PREPAID, INVOICE_PAID, PAID):
    requirements.add(_code, _asked(_code))
