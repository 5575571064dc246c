"""The rows of a table one after another, some hundreds to a transaction, so that others can work meanwhile."""

from collections.abc import Callable

from crm.accounts.models import User
from crm.core.db import db
from crm.core.events import record
from crm.imports import events
from crm.imports.reading import Table
from crm.imports.report import Report

CHUNK = 200
Progress = Callable[[int, Report], None]


def take_rows(table: Table, take: Callable[[int, list[str]], None], report: Report, actor: User | None, progress: Progress) -> Report:
    """Give each row to `take` with its number in the file, commit after each 200, and record the end."""
    for start in range(0, len(table.rows), CHUNK):
        for number, row in enumerate(table.rows[start:start + CHUNK], start + 2):
            take(number, row)
        progress(min(start + CHUNK, len(table.rows)), report)
        db.session.commit()
    return finish(report, actor)


def finish(report: Report, actor: User | None) -> Report:
    """The import is done: say so in the log."""
    record(events.IMPORT_DONE, actor_id=actor.id if actor else None, **report.counts())
    db.session.commit()
    return report
