"""Facts about companies of ours."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

FIRM_ADDED = declare("firm.added", _l("Company of ours added"), "settings")
FIRM_CHANGED = declare("firm.changed", _l("Company of ours changed"), "settings")
FIRM_ARCHIVED = declare("firm.archived", _l("Company of ours archived"), "settings")
FIRM_RESTORED = declare("firm.restored", _l("Company of ours in use again"), "undo")
ACCOUNTS_CHANGED = declare("firm.accounts", _l("Bank accounts of ours changed"), "settings")
