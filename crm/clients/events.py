"""Facts about people and companies, and what was said with them."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

CONTACT_CREATED = declare("contact.created", _l("Person added"), "person")
CONTACT_CHANGED = declare("contact.changed", _l("Person changed"), "edit")
CONTACT_DELETED = declare("contact.deleted", _l("Person moved to the bin"), "trash")
CONTACT_RESTORED = declare("contact.restored", _l("Person restored from the bin"), "undo")
COMPANY_CREATED = declare("company.created", _l("Company added"), "company")
COMPANY_CHANGED = declare("company.changed", _l("Company changed"), "edit")
COMPANY_DELETED = declare("company.deleted", _l("Company moved to the bin"), "trash")
COMPANY_RESTORED = declare("company.restored", _l("Company restored from the bin"), "undo")
NOTE_ADDED = declare("note.added", _l("Note"), "note", kept=True)
CALL_MADE = declare("call.made", _l("Phone call"), "phone", kept=True)
