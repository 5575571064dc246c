"""What kinds of documents there are: their names, icons, how long they hold."""

from flask_babel import lazy_gettext as _l

LABELS = {"quote": _l("Quote"), "contract": _l("Contract"), "specification": _l("Specification"), "invoice": _l("Invoice"),
          "act": _l("Act of acceptance"), "transfer": _l("Transfer document"), "attorney": _l("Power of attorney"),
          "letter": _l("Official letter")}
ICONS = {"quote": "document", "contract": "documents", "specification": "list", "invoice": "invoice", "act": "check", "transfer": "product",
         "attorney": "person", "letter": "mail"}
USUAL = ("quote", "contract", "invoice")  # what is made most often; the rest stands in a menu
# what is sent with the program beside the plain one of a kind
VARIANTS = {"contract-supply": _l("Contract of supply"), "contract-services": _l("Contract of services"),
            "contract-work": _l("Contract of work")}
LANGUAGES = {"ru": _l("Russian"), "en": _l("English")}
# how many days a document is good for, when nobody says otherwise
VALID_DAYS = {"quote": 14, "invoice": 5}
