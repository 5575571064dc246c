"""What a clock that was wrong has stamped in the future lasts no longer, from now on, than its rule allows.

Nobody is put out for it: a clock that is set back by an hour is no fault of theirs.
"""

import datetime as dt

import sqlalchemy as sa

from crm.accounts import operations, resets
from crm.accounts.models import PasswordReset, User, UserSession
from crm.core.db import CLOCKS_DIFFER, db, utcnow

NONE = dt.timedelta()
FARTHEST = {UserSession.created_at: NONE, UserSession.last_seen_at: NONE, PasswordReset.until: resets.BY_HAND,
            User.invite_until: dt.timedelta(days=operations.INVITE_DAYS)}


def mend() -> None:
    """Bring every such moment back to the farthest that could be given now."""
    now = utcnow()
    for column, ahead in FARTHEST.items():
        late = sa.update(column.class_).where(column > now + ahead + CLOCKS_DIFFER).values({column.key: now + ahead})
        db.session.execute(late.execution_options(synchronize_session=False))
