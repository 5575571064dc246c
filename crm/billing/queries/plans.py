"""The payment terms of a deal and their plan."""

from crm.billing.models import DealTerms
from crm.core.db import db
from crm.deals.models import Deal


def terms_of(deal: Deal) -> DealTerms | None:
    """The terms of a deal, when somebody has set them."""
    return db.session.get(DealTerms, deal.id)
