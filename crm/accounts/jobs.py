"""What is over goes: sessions, links for a new password, counts of misses."""

import datetime as dt

from crm.accounts import clocks, operations, sessions
from crm.core import jobs


@jobs.every(dt.timedelta(hours=2), "accounts.tidy")
def tidy() -> None:
    """Rows that open nothing any more are of no use to anybody."""
    clocks.mend()
    sessions.remove_over()
    operations.remove_over()
