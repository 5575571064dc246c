"""Letters of alarms to the owners."""

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from crm.accounts import queries
from crm.core.db import db
from crm.core.jobs import handler
from crm.guard.models import Alarm
from crm.guard.operations.alarms import LETTER
from crm.guard.queries.readings import alarm_text
from crm.mail.operations import write_letter


@handler(LETTER)
def write(alarm_id: int) -> None:
    """Tell every owner who has an address, where a mail server is set; the desk and the log tell it anyway."""
    alarm, company = db.session.get(Alarm, alarm_id), queries.organization()
    if alarm is None or company is None or not current_app.config["SMTP_URL"]:
        return
    for owner in [user for user in queries.users() if user.role == "owner" and user.email]:
        with force_locale(owner.locale or company.locale):
            where = f"{current_app.config['BASE_URL']}/settings/log" if current_app.config["BASE_URL"] else _("Settings, Log")
            body = _("%(what)s\n\nLook at the log: %(where)s", what=alarm_text(alarm), where=where)
            write_letter(to=owner.email or "", subject=_("Voronka: something unusual"), body=body, actor=None, secret=True)
