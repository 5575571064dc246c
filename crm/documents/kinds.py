"""What kinds of documents there are: their names, icons, how long they hold."""

from flask_babel import lazy_gettext as _l

LABELS = {"quote": _l("Quote"), "contract": _l("Contract"), "invoice": _l("Invoice")}
ICONS = {"quote": "document", "contract": "documents", "invoice": "invoice"}
LANGUAGES = {"ru": _l("Russian"), "en": _l("English")}
# how many days a document is good for, when nobody says otherwise
VALID_DAYS = {"quote": 14, "invoice": 5}
