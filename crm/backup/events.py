"""Acts with backups that are remembered."""

from flask_babel import lazy_gettext as _l

from crm.core import journal

DOWNLOADED = journal.declare("backup.downloaded", _l("Backup downloaded"))
ASKED = journal.declare("backup.asked", _l("Backup started by hand"))
RESTORED = journal.declare("backup.restored", _l("Restored from a backup"))
