"""Facts about our own people and settings, and acts of coming and going."""

from flask_babel import lazy_gettext as _l

from crm.core import journal
from crm.core.events import declare

USER_CREATED = declare("user.created", _l("Person added"), "person")
USER_CHANGED = declare("user.changed", _l("Person changed"), "person")
ROLE_CHANGED = declare("role.changed", _l("Role changed"), "settings")
SETTINGS_CHANGED = declare("settings.changed", _l("Settings changed"), "settings")

SIGNED_IN = journal.declare("way.in", _l("Signed in"))
SECOND_ON = declare("user.second_on", _l("Second step at sign-in turned on"), "person")
SECOND_OFF = declare("user.second_off", _l("Second step at sign-in turned off"), "person")
CODES_OFF = declare("user.codes_off", _l("Codes from the phone turned off"), "person")
PASSKEY_ADDED = declare("user.passkey_added", _l("Passkey added"), "person")
PASSKEY_REMOVED = declare("user.passkey_removed", _l("Passkey removed"), "person")
SECOND_CODES = declare("user.second_codes", _l("New recovery codes made"), "person")
CODE_MISSED = journal.declare("second.missed", _l("Right password, wrong code"))
CODE_USED_UP = journal.declare("second.recovery", _l("Signed in with a recovery code"))
PASSKEY_MISSED = journal.declare("passkey.missed", _l("Passkey refused"))
PASSKEY_COPIED = journal.declare("passkey.copied", _l("Passkey refused: it was used elsewhere meanwhile and may have been copied"))
MISSED = journal.declare("way.missed", _l("Wrong password"))
SIGNED_OUT = journal.declare("way.out", _l("Signed out"))
SESSIONS_ENDED = journal.declare("way.ended", _l("Sessions ended"))
PASSWORD_CHANGED = journal.declare("way.password", _l("Password changed"))
RESET_ASKED = journal.declare("way.reset_asked", _l("Link for a new password asked for"))
RESET_USED = journal.declare("way.reset_used", _l("Password changed by a link"))
OF_WAYS = (SIGNED_IN, MISSED, CODE_MISSED, CODE_USED_UP, PASSKEY_MISSED, PASSKEY_COPIED, SIGNED_OUT, SESSIONS_ENDED,
           PASSWORD_CHANGED, RESET_ASKED, RESET_USED)

WAYS = {"password": _l("by password"), "invitation": _l("by invitation"), "first start": _l("by the link of the first start"),
        "code": _l("by password and code"), "recovery code": _l("by password and recovery code"), "passkey": _l("by passkey"),
        "second passkey": _l("by password and passkey")}
