"""Facts about imports."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

IMPORT_DONE = declare("import.done", _l("File imported"), "import")
IMPORT_UNDONE = declare("import.undone", _l("Import undone"), "undo")
DEAL_IMPORTED = declare("deal.imported", _l("Deal imported from a file"), "import")
DEAL_REIMPORTED = declare("deal.reimported", _l("Deal updated from a file"), "import")
CONTACT_IMPORTED = declare("contact.imported", _l("Person imported from a file"), "import")
