"""The ways in which clients pay."""

from flask_babel import lazy_gettext as _l

TRANSFER, CARD, CASH, QR = "transfer", "card", "cash", "qr"
WAYS = {TRANSFER: _l("Bank transfer"), CARD: _l("Card"), CASH: _l("Cash"), QR: _l("QR code")}
