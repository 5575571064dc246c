"""Facts about work that changes hands."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

HANDED_OVER = declare("work.handed_over", _l("Work handed over"), "team")
HANDED_BACK = declare("work.handed_back", _l("Work handed back"), "undo")
