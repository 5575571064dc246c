"""Load a payment or the deal of one and ask for the right in one call. What one may not see is 404."""

from flask import abort
from flask_babel import gettext as _

from crm.accounts import scope
from crm.billing.models import Payment
from crm.billing.queries import payments
from crm.billing.queries.reached import reached
from crm.deals.arrivals import PAID_AND_ACT
from crm.deals.models import OPEN, WON, Deal, Stage
from crm.documents import access as documents
from crm.documents.models import Document

actor = documents.actor


def payment(payment_id: int, *, deleted: bool = False) -> Payment:
    """A payment of a deal whose documents this person sees; one that was deleted only to be restored."""
    found = payments.payment(payment_id, actor())
    if found is None or (found.deleted_at is not None and not deleted):
        abort(404, _("There is no such payment, or you have no access to it."))
    return found


def invoice(document_id: int) -> Document:
    """An invoice that this person sees, or another paper, of which nothing is paid; none of a deal in the bin."""
    found = documents.document(document_id)
    if found.deal.deleted_at is not None:
        abort(404, _("There is no such invoice, or you have no access to it."))
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
    """The deal, for its payment terms: whoever makes its invoices."""
    return documents.deal(deal_id, "documents.make")


def changes(deal: Deal) -> bool:
    """Whether this person may set the payment terms of a deal that they see."""
    return deal.deleted_at is None and scope.may("documents.make", deal)


def winning(deal: Deal, sums: payments.Money) -> Stage | None:
    """Where to this person may move a deal that is paid in full and has its act: the stage in which it is won."""
    if deal.status != OPEN or deal.deleted_at is not None or not scope.may("deals.edit", deal) or not reached(deal, PAID_AND_ACT, sums):
        return None
    return next((stage for stage in deal.pipeline.stages if stage.kind == WON), None)
