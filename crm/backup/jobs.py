"""Backups are made after the request; whether one is due is looked at every few minutes."""

import datetime as dt

from crm.accounts.speaking import speak_for_company
from crm.backup import operations, queries
from crm.core.db import db
from crm.core.jobs import every, handler, long_job


@handler("backup.make")
def make(backup_id: int) -> None:
    """Make one backup; the lease of the job is kept while it takes."""
    with long_job():
        operations.run_backup(backup_id)


@every(dt.timedelta(minutes=10), "backup.watch")
def watch() -> None:
    """Ask for a backup when one is due."""
    speak_for_company()
    operations.end_broken_off()
    if queries.due():
        operations.ask_backup(why="schedule")
    db.session.commit()
