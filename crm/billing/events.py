"""Facts about payments, payment terms and what becomes of invoices."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

PAYMENT_RECEIVED = declare("payment.received", _l("Payment received"), "money")
PAYMENT_CHANGED = declare("payment.changed", _l("Payment changed"), "edit")
PAYMENT_DELETED = declare("payment.deleted", _l("Payment deleted"), "trash")
ADVANCE_TAKEN = declare("payment.advance", _l("Advance put to an invoice"), "money")
PAYMENT_RESTORED = declare("payment.restored", _l("Payment restored"), "undo")
INVOICE_PAID = declare("invoice.paid", _l("Invoice paid in full"), "check")
INVOICE_OVERDUE = declare("invoice.overdue", _l("Invoice overdue"), "clock")
RULES_CHANGED = declare("payment.rules", _l("Rules of payments changed"), "settings")
TERMS_SET = declare("payment.terms", _l("Payment terms"), "calendar")
