"""Facts about letters."""

from flask_babel import lazy_gettext as _l

from crm.core.events import declare

LETTER_WRITTEN = declare("letter.written", _l("Letter written"), "mail")
LETTER_SENT = declare("letter.sent", _l("Letter sent"), "send")
LETTER_FAILED = declare("letter.failed", _l("Letter not sent"), "mail")
