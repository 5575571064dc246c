"""Acts and facts of the guard: files taken, much read, alarms, mass acts that wait for a second person, erasures."""

from flask_babel import lazy_gettext as _l

from crm.core import journal
from crm.core.events import declare

EXPORTED = journal.declare("guard.exported", _l("File taken"))
REFUSED = journal.declare("guard.refused", _l("Refused: over the day's limit"))
READ = journal.declare("guard.read", _l("Much read"))
ALARM = journal.declare("guard.alarm", _l("Alarm"))
CHECKED = journal.declare("guard.checked", _l("Log checked"))

ASKED = declare("mass.asked", _l("Mass act waits for a second person"), "clock")
APPROVED = declare("mass.approved", _l("Mass act approved"), "check")
DECLINED = declare("mass.declined", _l("Mass act declined"), "close")
WITHDRAWN = declare("mass.withdrawn", _l("Mass act withdrawn"), "undo")
ERASED = declare("log.erased", _l("A person's data erased from the log"), "trash")
TRIMMED = declare("log.trimmed", _l("Old entries removed from the log"), "trash")
