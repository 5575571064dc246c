"""Invoices past due are spoken of; several times a day, so that it happens in the morning whenever the server was started."""

import datetime as dt

from crm.accounts.queries import organization
from crm.accounts.speaking import speak_for_company
from crm.billing import operations
from crm.core import dates, jobs, modules
from crm.core.db import db


@jobs.every(dt.timedelta(hours=3), "billing.overdue")
def overdue() -> None:
    """A task for the manager, a letter to the client, once for each invoice."""
    speak_for_company()
    if organization() is not None and modules.on("payments"):
        operations.remind(dates.today())
        db.session.commit()
