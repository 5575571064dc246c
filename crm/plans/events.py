"""Facts about sales plans."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

PLAN_CHANGED = declare("plan.changed", _l("Sales plan changed"), "flag")
