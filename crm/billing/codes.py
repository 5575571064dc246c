"""What stages of a pipeline may require of payments, and by what of them deals come to a stage; the names stand in `deals`."""

INVOICE_PAID, PREPAID, PAID, CLOSED = "invoice_paid", "prepaid", "paid", "paid_and_act"
PAID_CODES = frozenset({INVOICE_PAID, PREPAID, PAID, CLOSED})
