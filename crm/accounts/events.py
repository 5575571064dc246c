"""Facts about our own people and settings."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

USER_CREATED = declare("user.created", _l("Person added"), "person")
USER_CHANGED = declare("user.changed", _l("Person changed"), "person")
SETTINGS_CHANGED = declare("settings.changed", _l("Settings changed"), "settings")
