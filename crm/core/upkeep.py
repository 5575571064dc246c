"""What the database needs now and then to stay quick, and the folder of files to stay tidy."""

import datetime as dt

import sqlalchemy as sa

from crm.core import files, jobs
from crm.core.db import db, utcnow

SAMPLE = 1000  # entries read of each index: some hundredths of a second under the write lock, however large the base


@jobs.every(dt.timedelta(days=1), "base.statistics")
def renew_statistics() -> None:
    """SQLite chooses its indexes by what this has counted; PostgreSQL counts by itself. Commits.

    ANALYZE and not PRAGMA optimize: that one only looks at tables which the same connection has asked before.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.execute(sa.text(f"PRAGMA analysis_limit = {SAMPLE}"))
    db.session.execute(sa.text("ANALYZE"))
    db.session.commit()
    db.engine.dispose()  # open connections would keep to the old figures


@jobs.every(dt.timedelta(days=1), "files.parts")
def remove_parts() -> None:
    """Parts of files whose writing a kill or a full disk broke off, once nobody can be at them any more. Commits."""
    files.remove_parts((utcnow() - dt.timedelta(days=1)).timestamp())
    db.session.commit()
