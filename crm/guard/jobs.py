"""The guard's rounds: sealing the log, checking it, taking off what is too old, looking at what was read."""

import datetime as dt

from crm.core import jobs
from crm.core.db import db
from crm.guard.operations import chain, readings


@jobs.every(dt.timedelta(minutes=1), "log.seal")
def seal() -> None:
    """Seal what is new in the log."""
    chain.seal()


@jobs.every(dt.timedelta(minutes=10), "log.check")
def check() -> None:
    """Check the next part of the chain; a small one wholly."""
    chain.check_slice()


@jobs.handler("log.check_now")
def check_now() -> None:
    """Check the whole chain, a part a time, letting other jobs in between."""
    if not chain.check_slice():
        jobs.enqueue("log.check_now")
        db.session.commit()


@jobs.every(dt.timedelta(hours=1), "log.trim")
def trim() -> None:
    """Take off what is older than the owner wants."""
    chain.trim()


@jobs.every(dt.timedelta(minutes=10), "guard.look")
def look() -> None:
    """Look at what was read in the last hours."""
    readings.look()
