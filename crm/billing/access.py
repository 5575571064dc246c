"""Load a payment or the deal of one and ask for the right in one call. What one may not see is 404."""

from flask import abort
from flask_babel import gettext as _

from crm.accounts import scope
from crm.billing.models import Payment
from crm.billing.queries import payments
from crm.core import access
from crm.deals.models import Deal
from crm.documents import access as documents

actor = documents.actor


def payment(payment_id: int, *, deleted: bool = False) -> Payment:
    """A payment of a deal whose documents this person sees; one that was deleted only to be restored."""
    found = payments.payment(payment_id, actor())
    if found is None or (found.deleted_at is not None and not deleted):
        abort(404, _("There is no such payment, or you have no access to it."))
    return found


def deal(deal_id: int) -> Deal:
    """The deal, for whoever sees its documents."""
    return documents.deal(deal_id)


def deal_to_record(deal_id: int) -> Deal:
    """The deal, for a payment that is recorded on it; not one in the bin."""
    found = documents.deal(deal_id)
    if found.deleted_at is not None:
        abort(404, _("There is no such deal, or you have no access to it."))
    return found


def deal_to_change(deal_id: int) -> Deal:
    """The deal, for its payment terms: whoever changes the deal or records payments."""
    found = deal_to_record(deal_id)
    if not (scope.may("deals.edit", found) or access.can("payments.record")):
        access.refuse()
    return found
