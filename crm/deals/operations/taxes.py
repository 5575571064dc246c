"""VAT of all lines at once, after a deal went over to another company of ours. Prices stay: VAT is inside of them."""

from decimal import Decimal

from crm.accounts.models import User
from crm.deals.models import Deal
from crm.deals.operations.lines import recount


def set_vat(deal: Deal, rate: Decimal | None, *, actor: User) -> None:
    """Every line at this rate in percent, None without VAT."""
    for line in deal.lines:
        line.vat_rate = rate
    recount(deal, actor)
