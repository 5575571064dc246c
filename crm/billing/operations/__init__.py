"""Writes about payments and payment terms. Nothing here commits."""

from crm.billing.operations.arriving import arrive
from crm.billing.operations.errors import PaymentError
from crm.billing.operations.payments import (
    change_payment,
    delete_payment,
    record_payment,
    restore_payment,
    take_advance,
)
from crm.billing.operations.reminding import remind, stop_asking
from crm.billing.operations.ruling import set_rules
from crm.billing.operations.settling import free, gather, settle
from crm.billing.operations.terms import drop_terms, set_terms

__all__ = [
    "PaymentError",
    "arrive",
    "change_payment",
    "delete_payment",
    "drop_terms",
    "free",
    "gather",
    "record_payment",
    "remind",
    "restore_payment",
    "set_rules",
    "set_terms",
    "settle",
    "stop_asking",
    "take_advance",
]
